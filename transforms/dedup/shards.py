"""N-grams of a shard's texts → what of each text was seen before.

Texts are judged one after another, in the order of their ids, by one task that remembers n-grams. What it knows in the
end can be kept, and the same shard of a later crawl begins with that.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from itertools import pairwise

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import StructField, StructType

from schemas.searches import PARAGRAPH_SHARDS, SEEN_NGRAMS
from transforms.dedup.paragraphs import PLACED, arrow, batch_of, shard_of
from transforms.dedup.thinned import FOUND
from transforms.text.paragraph_dedup import Deduplicated, ParagraphDedup
from transforms.text.paragraphs import CutTexts
from transforms.text.seen_file import file_parts
from transforms.workers import map_batches

Transform = Callable[[DataFrame], DataFrame]
Begin = Callable[[bytearray], ParagraphDedup]

_PARTS = ("ends", "words_to", "grams_to", "grams")
PIECE = StructType([field for field in SEEN_NGRAMS.schema if field.name not in ("crawl", "step_id")])
_PIECE_BYTES, _PIECES_AT_ONCE = 1 << 16, 64  # who reads them gets a thousand in a batch
_OF_SHARD = StructType([field for field in PARAGRAPH_SHARDS.schema if field.name not in ("crawl", "step_id")])
JUDGED = StructType(
    [StructField("document", FOUND, True), StructField("shard", _OF_SHARD, True), StructField("piece", PIECE, True)]
)
"""A row holds one of them: what goes of a document, what a shard came to, or a piece of what it knew in the end."""


def judged(begin: Begin, n_shards: int, known: DataFrame | None = None, keeps_seen: bool = False) -> Transform:
    """Give rows of ``JUDGED``, of frames of ``CUT``.

    Args:
        begin: Gives what a shard begins with, from what was kept of it (no bytes: nothing); called in the worker.
        n_shards: One task each.
        known: Rows of ``PIECE``: what an earlier crawl's shards knew in the end.
        keeps_seen: Whether to give the same of these.
    """

    def step(texts: DataFrame) -> DataFrame:
        sharded = texts.withColumn("shard", shard_of(n_shards))
        if known is not None:
            sharded = sharded.unionByName(known, allowMissingColumns=True)
        else:
            sharded = sharded.withColumn("part", F.lit(None).cast("int"))
        order = F.col("shard"), F.asc_nulls_last("part"), F.col("doc_id")
        in_order = sharded.repartition(n_shards, "shard").sortWithinPartitions(*order)
        return map_batches(in_order, _judged, JUDGED)

    def _judged(stream: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        shard: Shard | None = None
        for batch in stream:
            for number, part in _by_shard(batch):
                if shard is None or shard.number != number:
                    yield from shard.end(keeps_seen) if shard else ()
                    shard = Shard(number, begin)
                yield from shard.take(part)
        yield from shard.end(keeps_seen) if shard else ()

    return step


class Shard:
    """What one shard has come to so far."""

    def __init__(self, number: int, begin: Begin) -> None:
        """Begin with no document."""
        self.number, self.begin = number, begin
        self.kept = bytearray()
        self.sums = np.zeros(5, np.int64)

    @cached_property
    def dedup(self) -> ParagraphDedup:
        """What it knows; begun when all that was kept has come."""
        dedup = self.begin(self.kept)
        self.kept = bytearray()
        return dedup

    def take(self, batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
        """Take what comes next, pieces of what was kept before documents; gives rows of ``JUDGED``."""
        if "data" in batch.schema.names:
            pieces = batch.filter(batch.column("data").is_valid()).column("data")
            for piece in pieces:
                self.kept += piece.as_buffer()
            batch = batch.slice(len(pieces))
        if batch.num_rows:
            yield self.judge(batch)

    def end(self, keeps_seen: bool) -> Iterator[pa.RecordBatch]:
        """Sum the shard up, in a row of ``JUDGED``, and give what it knows in others."""
        yield self.row()
        pieces = _pieces(self.dedup) if keeps_seen else []
        for first in range(0, len(pieces), _PIECES_AT_ONCE):
            some = pieces[first : first + _PIECES_AT_ONCE]
            numbers = pa.array(range(first, first + len(some)), pa.int32())
            yield _either("piece", batch_of([pa.repeat(self.number, len(some)), numbers, pa.array(some)], PIECE))

    def judge(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Judge the next documents, rows of ``CUT``; gives rows of ``JUDGED``."""
        found = self.dedup.judge(_texts(batch))
        is_empty = found.is_emptied | (found.n_words_left == 0)
        counted = (found.n_paragraphs, found.n_removed, found.n_grams)
        self.sums += [batch.num_rows, is_empty.sum(), *(one.sum() for one in counted)]
        told = [*counted, found.n_contained, is_empty]
        parts = pa.StructArray.from_arrays([pa.array(one) for one in told], fields=[*arrow(FOUND)[4].type])
        values = [*(batch.column(name) for name in PLACED), parts, _spans(found)]
        return _either("document", batch_of(values, FOUND))

    def row(self) -> pa.RecordBatch:
        """Sum the shard up, in one row of ``JUDGED``."""
        seen = self.dedup.seen
        held = [int(seen.n_new[0]), int(seen.capacity), seen.cells.nbytes, seen.false_positive_rate]
        values = [self.number, *self.sums.tolist(), *held]
        arrays = [pa.array([value], field.type) for value, field in zip(values, arrow(_OF_SHARD), strict=True)]
        return _either("shard", batch_of(arrays, _OF_SHARD))


def _pieces(dedup: ParagraphDedup) -> list[memoryview]:
    """Cut what is known into pieces, none of which is copied."""
    header, cells = file_parts(dedup)
    return [memoryview(header), *(cells[at : at + _PIECE_BYTES] for at in range(0, len(cells), _PIECE_BYTES))]


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


def _either(name: str, rows: pa.RecordBatch) -> pa.RecordBatch:
    fields = arrow(JUDGED)
    arrays = [rows.to_struct_array() if field.name == name else pa.nulls(rows.num_rows, field.type) for field in fields]
    return pa.RecordBatch.from_arrays(arrays, schema=fields)
