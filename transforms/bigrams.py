"""Texts → how often tokens, and pairs of neighbouring tokens, occur in each domain: exact, in whatever partitions.

The sequences that pairs are counted over are the documents as they are: a pair lies within one document, and a document
of n tokens has n - 1 of them. (BiMix counts over packed sequences of 1,024 tokens: one pair less for each 1,024 tokens,
and pairs across documents.) No token is added at either end.

Workers count into a hash table. What is shuffled are its contents, packed by hash of the token; in the second step
all that is known of a token comes together, and only how many tokens and pairs are equally frequent is told.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from schemas.errors import RecipeError
from transforms.text.token_frequencies import frequencies, tallied
from transforms.text.token_pairs import (
    MAX_GROUPS,
    MAX_TOKENS,
    Counts,
    Tokens,
    add_packed,
    count_tokens,
    grown,
    make_counts,
    taken_out,
    with_room,
)
from transforms.text.unicode import Longs
from transforms.token_counts import Encode
from transforms.workers import map_batches

Batches = Iterable[pa.RecordBatch]
Transform = Callable[[DataFrame], DataFrame]

PACKED = "bucket int, counts binary"
"""Codes and counts of one bucket of tokens, as ``token_pairs.taken_out`` gives them: 64-bit integers."""
FREQUENCIES = "domain string, kind int, n long, n_alike long"
"""How many of a kind (``token_frequencies.TOKEN``, …) occur n times in a domain; a row may come in several parts."""

_MOST_SLOTS = 1 << 23  # of a worker's table: 128 MB, 4,600,000 codes
_STEP = 1 << 15  # tokens counted at once, and domains at most
_BUCKET_BITS = 10
_PACK = 64  # buckets given to Spark at once


def packed_counts(load: Callable[[], Encode], domains: Sequence[str]) -> Transform:
    """Tokenise and count texts, in one pass.

    Args:
        load: Gives what tokenises; called in the worker, and quick from the second call on.
        domains: All that rows name.

    Returns:
        Rows of ``PACKED``, of frames with domain, is_counted (where false, the text only adds to how many tokens
        its domain has) and text.

    Raises:
        ValueError: there are too many domains.
    """
    if len(domains) > MAX_GROUPS:
        raise ValueError(f"given {len(domains):,} domains; allowed: {MAX_GROUPS:,}")
    work = partial(count_batches, load, domains)
    return lambda texts: map_batches(texts.select("domain", "is_counted", "text"), work, PACKED)


def with_frequencies(domains: Sequence[str]) -> Transform:
    """Add counts up; gives rows of ``FREQUENCIES``, of rows of ``PACKED`` that were made with the same domains."""

    def step(packed: DataFrame) -> DataFrame:
        gathered = packed.repartition("bucket").sortWithinPartitions("bucket")
        rows = map_batches(gathered, partial(add_batches, domains), FREQUENCIES)
        return rows.groupBy("domain", "kind", "n").agg(F.sum("n_alike").alias("n_alike"))

    return step


def count_batches(load: Callable[[], Encode], domains: Sequence[str], stream: Batches) -> Iterator[pa.RecordBatch]:
    """Do the work of ``packed_counts`` in a worker.

    Raises:
        RecipeError: the tokenizer has too many tokens.
        ValueError: a text is of none of the domains.
    """
    encode, known, counts = load(), pa.array(domains, pa.string()), make_counts(2 * _STEP)
    for batch in stream:
        tokens = _tokens(encode, batch, known)
        for start in range(0, len(tokens.ids), _STEP):
            while not counts.has_room(2 * _STEP):  # a code for each token, and one for each domain
                if len(counts.slots) < _MOST_SLOTS:
                    counts = grown(counts)
                else:
                    yield from _packed(counts)
            count_tokens(tokens, start, min(start + _STEP, len(tokens.ids)), counts)
    yield from _packed(counts)


def add_batches(domains: Sequence[str], stream: Batches) -> Iterator[pa.RecordBatch]:
    """Do the work of ``with_frequencies`` in a worker, of rows sorted by bucket."""
    names = pa.array(domains, pa.string())
    tally = make_counts(0)
    for parts in _buckets(stream):
        counts = make_counts(max(map(len, parts)))
        for packed in parts:
            counts = with_room(counts, len(packed))
            add_packed(packed, counts)
        tally = tallied(counts, tally)
    found = frequencies(tally)
    group, kind = names.take(pa.array(found.group)), pa.array(found.kind, pa.int32())
    columns = {"domain": group, "kind": kind, "n": pa.array(found.n), "n_alike": pa.array(found.n_alike)}
    yield pa.RecordBatch.from_pydict(columns)


def _tokens(encode: Encode, batch: pa.RecordBatch, known: pa.Array) -> Tokens:
    ids, offsets = encode(batch.column("text").to_pylist())
    if len(ids) and not 0 <= ids.min() <= ids.max() < MAX_TOKENS:
        raise RecipeError(f"tokenizer: gives ids from {ids.min()} to {ids.max()}; allowed: 0 to {MAX_TOKENS - 1}")
    groups = pc.index_in(batch.column("domain"), value_set=known)
    if groups.null_count:
        raise ValueError("a document is of a domain that is not among those named")
    is_counted = batch.column("is_counted").to_numpy(zero_copy_only=False).astype(np.uint8)
    return Tokens(ids, offsets, groups.to_numpy().astype(np.int64), is_counted)


def _packed(counts: Counts) -> Iterator[pa.RecordBatch]:
    """Empty a table into rows of ``PACKED``, some at a time."""
    packed, starts = taken_out(counts, _BUCKET_BITS)
    for first in range(0, 1 << _BUCKET_BITS, _PACK):
        buckets = [b for b in range(first, first + _PACK) if starts[b] < starts[b + 1]]
        parts = [packed[starts[b] : starts[b + 1]].tobytes() for b in buckets]
        arrays = [pa.array(buckets, pa.int32()), pa.array(parts, pa.binary())]
        yield pa.RecordBatch.from_arrays(arrays, names=["bucket", "counts"])


def _buckets(stream: Batches) -> Iterator[list[Longs]]:
    """Put together the rows of each bucket, which come sorted."""
    bucket, parts = -1, list[Longs]()
    for batch in stream:
        for number, data in zip(batch.column("bucket").to_pylist(), batch.column("counts"), strict=True):
            if number != bucket and parts:
                yield parts
                parts = []
            bucket = number
            parts.append(np.frombuffer(data.as_buffer(), np.int64))
    if parts:
        yield parts
