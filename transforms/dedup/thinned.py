"""What a ``dedup_text`` step writes: rows of ``edits`` and ``measures``, from where texts are cut."""

from collections.abc import Callable, Mapping

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import StructField, StructType

from schemas.measures import FAMILIES
from schemas.tables import EDITS, MEASURES, UNIT_KEY, columns, struct_of

FOUND = StructType(
    [
        *columns("doc_id string, crawl string, unit int, attempt int"),
        StructField("parts", MEASURES.schema["parts"].dataType, nullable=False),
        StructField("removed", EDITS.schema["removed"].dataType, nullable=False),
    ]
)
"""What goes of one document, and how much that is."""


def without(text: Column, removed: Column) -> Column:
    """Give what is left of a text, natively.

    Args:
        text: A string.
        removed: Array of (start, end), byte offsets between characters, ascending and apart from each other.
    """
    data = F.encode(text, "UTF-8")
    starts = F.concat(F.array(F.lit(0).cast("long")), removed["end"])
    ends = F.concat(removed["start"], F.array(F.octet_length(text).cast("long")))
    pieces = F.zip_with(starts, ends, lambda start, end: _between(data, start, end))
    return F.array_join(pieces, "")


def _between(data: Column, start: Column, end: Column) -> Column:
    return F.decode(F.substr(data, (start + 1).cast("int"), (end - start).cast("int")), "UTF-8")


def found_of(counts: Mapping[str, Column]) -> Callable[[DataFrame], DataFrame]:
    """Give rows of ``FOUND``.

    Args:
        counts: Of ``parts``, what is known; the others are null. ``is_emptied`` is found: no letter or digit is left.

    Returns:
        Of frames with doc_id, crawl, unit, attempt, ``text`` as it is left, and ``removed``.
    """
    told = {**counts, "is_emptied": ~F.col("text").rlike(r"[\p{L}\p{N}]")}

    def step(left: DataFrame) -> DataFrame:
        fields = struct_of(FAMILIES["parts"])
        parts = [told.get(field.name, F.lit(None)).cast(field.dataType).alias(field.name) for field in fields]
        return left.select("doc_id", *UNIT_KEY, F.struct(*parts).alias("parts"), "removed")

    return step


def edits_of(step_id: str) -> Callable[[DataFrame], DataFrame]:
    """Give rows of ``edits``, of documents with ``removed`` (as in ``edits``; not null, not empty)."""

    def step(documents: DataFrame) -> DataFrame:
        told = {"text": without(F.col("text"), F.col("removed")), "step_id": F.lit(step_id)}
        return documents.withColumns(told).select(*EDITS.schema.names)

    return step


def measures_of(step_id: str) -> Callable[[DataFrame], DataFrame]:
    """Give rows of ``measures``, of rows with doc_id, crawl, unit, attempt and ``parts``."""

    def step(rows: DataFrame) -> DataFrame:
        told = rows.withColumn("step_id", F.lit(step_id))
        missing = [field for field in MEASURES.schema if field.name not in told.columns]
        nulls = {field.name: F.lit(None).cast(field.dataType) for field in missing}
        return told.withColumns(nulls).select(*MEASURES.schema.names)

    return step
