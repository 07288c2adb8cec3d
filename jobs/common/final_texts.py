"""The texts that a snapshot takes, or a step reads: as the last clean step left them."""

from collections.abc import Iterable, Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.common.context import Context
from jobs.common.earlier import text_population
from jobs.common.tables import Place, matches
from schemas.steps import AnyStep, RewritingStep
from schemas.tables import DOCUMENTS, EDITS, UNIT_KEY
from transforms.fields import Row
from transforms.lineage import rewriting_id
from transforms.local_rows import local_rows

_TAKEN = ("doc_id", "url", "host", "domain", "crawl", "unit", "fetched_at", "text")


def final_texts(context: Context, unit: Place, steps: Sequence[AnyStep]) -> DataFrame:
    """Give a unit's documents with the texts that these steps leave; only ids are broadcast, no text is shuffled."""
    documents, edits = (context.warehouse.read(table).where(matches(unit)) for table in (DOCUMENTS, EDITS))
    return _left_by(context, steps, documents, edits)


def texts_of(context: Context, unit: Place, steps: Sequence[AnyStep], ids: DataFrame) -> DataFrame:
    """Give, as ``final_texts`` does, the documents of a unit that are in ``ids``, with its columns and the attempt.

    Ids are broadcast to where the texts are: texts never take part in a shuffle.
    """
    texts = final_texts(context, unit, steps).withColumn("attempt", F.lit(unit["attempt"]).cast("int"))
    return texts.join(F.broadcast(ids), on="doc_id", how="inner")


def chosen_texts(context: Context, ids: DataFrame, steps: Sequence[AnyStep]) -> DataFrame:
    """Give, as ``final_texts`` does, the documents of a few ``ids`` (doc_id, crawl, unit, attempt)."""
    chosen = F.broadcast(ids.select("doc_id", *UNIT_KEY))
    documents, edits = (
        context.warehouse.read(table).join(chosen, on=["doc_id", *UNIT_KEY], how="left_semi")
        for table in (DOCUMENTS, EDITS)
    )
    return _left_by(context, steps, documents, edits)


def text_starts(context: Context, rows: Iterable[Row], steps: Sequence[AnyStep], n_chars: int) -> dict[str, str]:
    """Read the first characters of a few documents' texts, as ``chosen_texts`` gives them.

    Args:
        context: The command's surroundings.
        rows: doc_id, crawl, unit, attempt of each.
        steps: As for ``final_texts``.
        n_chars: Of each text.

    Returns:
        Text by doc_id.
    """
    ids = [tuple(row[name] for name in ("doc_id", *UNIT_KEY)) for row in rows]
    if not ids:
        return {}
    place = local_rows(context.warehouse.spark, ids, "doc_id string, crawl string, unit int, attempt int")
    starts = F.substring("text", 1, n_chars).alias("text")
    texts = chosen_texts(context, place, steps).select("doc_id", starts).collect()
    return {row["doc_id"]: row["text"] for row in texts}


def _left_by(context: Context, steps: Sequence[AnyStep], documents: DataFrame, edits: DataFrame) -> DataFrame:
    documents = documents.select(*_TAKEN)
    rewriting = [step for step in steps if isinstance(step, RewritingStep)]
    population = text_population(context) if rewriting else None
    ids = [rewriting_id(context.recipe, step, population) for step in rewriting]
    if not ids:
        return documents
    # An edit holds the whole text that its step left, so the last of a document's edits is its text.
    place = F.coalesce(*(F.when(F.col("step_id") == one, F.lit(number)) for number, one in enumerate(ids)))
    edits = edits.where(F.col("step_id").isin(ids)).withColumn("place", place)
    last = F.broadcast(edits.groupBy("doc_id").agg(F.max("place").alias("place")))
    edited = edits.join(last, ["doc_id", "place"], "left_semi").select(*_TAKEN)
    return documents.join(last, "doc_id", "left_anti").unionByName(edited)
