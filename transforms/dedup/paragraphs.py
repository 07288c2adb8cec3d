"""Texts → their paragraphs' n-grams → what of each text was seen before: n-grams are shuffled, texts never are.

A shard's documents are judged one after another, in the order of their ids, by one task that remembers n-grams.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.pandas.types import to_arrow_schema
from pyspark.sql.types import ArrayType, IntegerType, LongType, StructField, StructType

from schemas.searches import PARAGRAPH_SHARDS
from schemas.tables import UNIT_KEY, columns
from transforms.columns import Texts
from transforms.dedup.thinned import FOUND
from transforms.text.paragraph_dedup import Deduplicated, ParagraphDedup
from transforms.text.paragraph_rules import DedupRules
from transforms.text.paragraphs import CutTexts
from transforms.workers import map_batches

Transform = Callable[[DataFrame], DataFrame]

_KEPT = ("doc_id", *UNIT_KEY)
_PARTS = ("ends", "words_to", "grams_to", "grams")
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

_OF_SHARD = StructType([field for field in PARAGRAPH_SHARDS.schema if field.name not in ("crawl", "step_id")])
JUDGED = StructType([StructField("document", FOUND, True), StructField("shard", _OF_SHARD, True)])
"""A row holds one of both: what goes of a document, or what a shard came to."""


def shard_of(n_shards: int) -> Column:
    """Give the shard of a document, 0 to ``n_shards - 1``, by its id alone."""
    return F.pmod(F.xxhash64("doc_id"), F.lit(n_shards)).cast("int")


def cut(rules: DedupRules) -> Transform:
    """Give rows of ``CUT``, of frames with doc_id, crawl, unit, attempt and text."""

    def step(documents: DataFrame) -> DataFrame:
        return map_batches(documents.select(*_KEPT, "text"), _cut, CUT)

    def _cut(stream: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in stream:
            texts = Texts.of(batch.column("text"))
            told = rules.cut(texts.data, texts.offsets)
            lists = [_lists(part, told.firsts) for part in (told.ends, told.words_to, told.grams_to)]
            lists.append(_lists(told.grams.view(np.int64), told.first_grams))
            yield _batch([*(batch.column(name) for name in _KEPT), *lists], CUT)

    return step


def judged(begin: Callable[[], ParagraphDedup], n_shards: int) -> Transform:
    """Give rows of ``JUDGED``, of frames of ``CUT``.

    Args:
        begin: Gives what knows nothing yet; called in the worker, for each shard.
        n_shards: One task each.
    """

    def step(texts: DataFrame) -> DataFrame:
        sharded = texts.withColumn("shard", shard_of(n_shards))
        in_order = sharded.repartition(n_shards, "shard").sortWithinPartitions("shard", "doc_id")
        return map_batches(in_order, _judged, JUDGED)

    def _judged(stream: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        shard: Shard | None = None
        for batch in stream:
            for number, part in _by_shard(batch):
                if shard is None or shard.number != number:
                    yield from [shard.row()] if shard else []
                    shard = Shard(number, begin())
                yield shard.judge(part)
        yield from [shard.row()] if shard else []

    return step


class Shard:
    """What one shard has come to so far."""

    def __init__(self, number: int, dedup: ParagraphDedup) -> None:
        """Begin with no document."""
        self.number, self.dedup = number, dedup
        self.sums = np.zeros(5, np.int64)

    def judge(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Judge the next documents, rows of ``CUT``; gives rows of ``JUDGED``."""
        found = self.dedup.judge(_texts(batch))
        is_empty = found.is_emptied | (found.n_words_left == 0)
        counted = (found.n_paragraphs, found.n_removed, found.n_grams)
        self.sums += [batch.num_rows, is_empty.sum(), *(one.sum() for one in counted)]
        told = [*counted, found.n_contained, is_empty]
        parts = pa.StructArray.from_arrays([pa.array(one) for one in told], fields=[*_arrow(FOUND)[4].type])
        values = [*(batch.column(name) for name in _KEPT), parts, _spans(found)]
        return _either("document", _batch(values, FOUND))

    def row(self) -> pa.RecordBatch:
        """Sum the shard up, in one row of ``JUDGED``."""
        seen = self.dedup.seen
        held = [int(seen.n_new[0]), int(seen.capacity), seen.cells.nbytes, seen.false_positive_rate]
        values = [self.number, *self.sums.tolist(), *held]
        arrays = [pa.array([value], field.type) for value, field in zip(values, _arrow(_OF_SHARD), strict=True)]
        return _either("shard", _batch(arrays, _OF_SHARD))


def _by_shard(batch: pa.RecordBatch) -> Iterator[tuple[int, pa.RecordBatch]]:
    """Part a batch, which is sorted by shard."""
    numbers = batch.column("shard").to_numpy()
    bounds = [0, *(np.flatnonzero(np.diff(numbers)) + 1).tolist(), batch.num_rows]
    for start, end in pairwise(bounds):
        if start < end:
            yield int(numbers[start]), batch.slice(start, end - start)


def _texts(batch: pa.RecordBatch) -> CutTexts:
    arrays = [batch.column(name) for name in _PARTS]
    ends, words_to, grams_to, grams = (array.flatten().to_numpy() for array in arrays)
    firsts, first_grams = (
        np.cumsum([0, *array.value_lengths().to_numpy()], dtype=np.int64) for array in (arrays[0], arrays[3])
    )
    return CutTexts(firsts, first_grams, ends, words_to, grams_to, grams.view(np.uint64))


def _spans(found: Deduplicated) -> pa.ListArray:
    cuts = found.cuts
    spans = pa.StructArray.from_arrays([pa.array(cuts.starts), pa.array(cuts.ends)], names=["start", "end"])
    return pa.ListArray.from_arrays(pa.array(cuts.firsts, pa.int32()), spans)


def _lists(values: npt.NDArray[np.generic], offsets: npt.NDArray[np.int64]) -> pa.ListArray:
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), pa.array(values))


def _arrow(schema: StructType) -> pa.Schema:
    return to_arrow_schema(schema)


def _batch(values: list[pa.Array], schema: StructType) -> pa.RecordBatch:
    fields = _arrow(schema)
    return pa.RecordBatch.from_arrays(
        [value.cast(field.type) for value, field in zip(values, fields, strict=True)], schema=fields
    )


def _either(name: str, rows: pa.RecordBatch) -> pa.RecordBatch:
    fields = _arrow(JUDGED)
    arrays = [rows.to_struct_array() if field.name == name else pa.nulls(rows.num_rows, field.type) for field in fields]
    return pa.RecordBatch.from_arrays(arrays, schema=fields)
