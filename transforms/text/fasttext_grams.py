"""Parts of words, and runs of words, in a fastText model: their hashes are put into buckets, which may have rows."""

from typing import NamedTuple

import numpy as np

from transforms.text.compiled import inlined, kernel
from transforms.text.fasttext_words import FNV, hashed
from transforms.text.unicode import Bytes, Ints

_ODD = 2654435761
_BEGIN, _END = 957132539, 62  # the hash of "<"; ">"


class Grams(NamedTuple):
    """What rows parts of words, and runs of words, have."""

    min_chars: int
    max_chars: int
    """Characters of a part of ``<word>``; words have no parts where this is 0."""
    n_joined: int
    """The most words of a run."""
    n_buckets: int
    inverse: int
    """2**32 // n_buckets, below 2**32."""
    first_row: int
    """The row of bucket 0."""
    n_kept: int
    """Buckets that have a row, in ``slots``; all have where it is -1."""
    slots: Ints
    """Open addressing: bucket and place behind ``first_row``; -1 for none."""
    marks: Bytes
    """A bit for every hash of a bucket that has a row, and for few others: most buckets are looked up in vain."""


class Span(NamedTuple):
    """A word, ``data[start:end]``, whose parts are looked at from byte ``at`` on; ``<`` is at ``start - 1``."""

    start: int
    end: int
    at: int
    limit: int
    """Where the room for rows ends."""


@kernel
def fill_grams(slots: Ints, marks: Bytes, pairs: Ints) -> None:  # pragma: no cover
    """Fill slots and marks with pairs of bucket and place; of equal buckets the last one counts."""
    for i in range(len(pairs)):
        h = np.int64(pairs[i, 0]) * _ODD >> 8
        slot = _gram_slot(slots, np.int64(pairs[i, 0]))
        slots[slot, 0], slots[slot, 1] = pairs[i, 0], pairs[i, 1]
        marks[(h >> 3) & (len(marks) - 1)] |= np.uint8(1 << (h & 7))


@inlined
def _gram_slot(slots: Ints, bucket: int) -> int:  # pragma: no cover
    """Give the slot of a bucket, or the free one where it would go."""
    mask = len(slots) - 1
    slot = (bucket * _ODD >> 8) & mask
    while slots[slot, 0] != bucket and slots[slot, 0] >= 0:
        slot = (slot + 1) & mask
    return slot


@inlined
def resolve(grams: Grams, rows: Ints, first: int, last: int) -> int:  # pragma: no cover
    """Put rows in place of the buckets ``rows[first:last]``, leaving out those that have none.

    Returns:
        Where the rows end.
    """
    n = first
    for k in range(first, last):
        place: int = np.int64(rows[k])
        if grams.n_kept >= 0:
            place = grams.slots[_gram_slot(grams.slots, place), 1]
        rows[n] = grams.first_row + place
        n += place >= 0
    return n


@inlined
def write_parts(data: Bytes, span: Span, grams: Grams, rows: Ints, n: int) -> tuple[int, int]:  # pragma: no cover
    """Append the rows of the parts of ``<word>``, while there is room.

    Args:
        data: Valid UTF-8.
        span: The word, and where to begin.
        grams: What parts there are; at least one character long at most.
        rows: To be filled.
        n: How many rows are there.

    Returns:
        Where to go on, ``span.end`` when all are there, and the number of rows.
    """
    start, end, at, limit = span
    first = n
    while at < end and n <= limit - grams.max_chars:
        behind = max(at, start)
        if at < start or data[at] & 0xC0 != 0x80:
            h, n_chars = (_BEGIN, 1) if at < start else (FNV, 0)
            while behind < end and n_chars < grams.max_chars:
                h, behind = hashed(h, np.int64(data[behind])), behind + 1
                while behind < end and data[behind] & 0xC0 == 0x80:
                    h, behind = hashed(h, np.int64(data[behind])), behind + 1
                n_chars += 1
                if n_chars >= grams.min_chars:
                    n = _write_bucket(grams, h, rows, n)
            if behind == end and n_chars < grams.max_chars and n_chars + 1 >= grams.min_chars:
                n = _write_bucket(grams, hashed(h, _END), rows, n)
        at += 1
    return at, resolve(grams, rows, first, n)


@inlined
def _write_bucket(grams: Grams, h: int, rows: Ints, n: int) -> int:  # pragma: no cover
    """Append the bucket of the part with hash ``h``, if it may have a row; without a branch that is guessed wrong."""
    quotient = np.int64(np.uint64(h) * np.uint64(grams.inverse) >> np.uint64(32))  # or one less; quicker than dividing
    bucket = h - quotient * grams.n_buckets
    bucket -= grams.n_buckets if bucket >= grams.n_buckets else 0
    rows[n] = bucket
    mixed = bucket * _ODD >> 8
    return n + (np.int64(grams.marks[(mixed >> 3) & (len(grams.marks) - 1)]) >> (mixed & 7) & 1)
