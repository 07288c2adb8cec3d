"""Texts → their paragraphs' n-grams, cut where the texts are: n-grams are shuffled to ``shards``, texts never are."""

from collections.abc import Callable, Iterable, Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.pandas.types import to_arrow_schema
from pyspark.sql.types import ArrayType, IntegerType, LongType, StructType

from schemas.tables import UNIT_KEY, columns
from transforms.columns import Texts
from transforms.text.paragraph_rules import DedupRules
from transforms.workers import map_batches

Transform = Callable[[DataFrame], DataFrame]

PLACED = ("doc_id", *UNIT_KEY)
_ARRAYS = {
    "ints": ArrayType(IntegerType(), containsNull=False),
    "longs": ArrayType(LongType(), containsNull=False),
}
CUT = StructType(
    columns(
        "doc_id string, crawl string, unit int, attempt int, ends ints, words_to ints, grams_to ints, grams longs",
        **_ARRAYS,
    )
)
"""A text's paragraphs as ``paragraphs.CutTexts`` tells them."""


def shard_of(n_shards: int) -> Column:
    """Give the shard of a document, 0 to ``n_shards - 1``, by its id alone."""
    return F.pmod(F.xxhash64("doc_id"), F.lit(n_shards)).cast("int")


def cut(rules: DedupRules) -> Transform:
    """Give rows of ``CUT``, of frames with doc_id, crawl, unit, attempt and text."""

    def step(documents: DataFrame) -> DataFrame:
        return map_batches(documents.select(*PLACED, "text"), _cut, CUT)

    def _cut(stream: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in stream:
            texts = Texts.of(batch.column("text"))
            told = rules.cut(texts.data, texts.offsets)
            lists = [_lists(part, told.firsts) for part in (told.ends, told.words_to, told.grams_to)]
            lists.append(_lists(told.grams.view(np.int64), told.first_grams))
            yield batch_of([*(batch.column(name) for name in PLACED), *lists], CUT)

    return step


def _lists(values: npt.NDArray[np.generic], offsets: npt.NDArray[np.int64]) -> pa.ListArray:
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), pa.array(values))


def arrow(schema: StructType) -> pa.Schema:
    """Give a Spark schema as Arrow's."""
    return to_arrow_schema(schema)


def batch_of(values: list[pa.Array], schema: StructType) -> pa.RecordBatch:
    """Make a batch of columns, each cast to the type that the schema says."""
    fields = arrow(schema)
    return pa.RecordBatch.from_arrays(
        [value.cast(field.type) for value, field in zip(values, fields, strict=True)], schema=fields
    )
