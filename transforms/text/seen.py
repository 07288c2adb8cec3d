"""Which n-grams were seen before: a Bloom filter, or a set of their hashes, behind the same kernels.

The filter takes the memory that it is given and errs now and then: it takes a new n-gram for a known one. The set errs
only where two n-grams have one 64-bit hash, and grows: 11 to 23 bytes for each n-gram, and half as much again
while it grows.
"""

from typing import NamedTuple

import numpy as np

from transforms.text.bloom import bytes_for, count_hashers
from transforms.text.compiled import inlined, kernel
from transforms.text.ids import random_multiplier
from transforms.text.paragraphs import Hashes
from transforms.text.unicode import Longs

_FIRST_SLOTS = 1 << 12  # of a set
_CHUNK = 1 << 20  # cells whose bits are counted at once
_STEP = np.uint64(0x9FB21C651E98DF25)
_LOW = np.uint64(0xFFFFFFFF)
_1, _6, _32, _63, _64 = np.uint64(1), np.uint64(6), np.uint64(32), np.uint64(63), np.uint64(64)


class Seen(NamedTuple):
    """A filter or a set; kernels change its arrays in place. Every n-gram is a 64-bit hash, well mixed and not 0."""

    cells: Hashes
    """Of a filter: bits. Of a set: hashes, at or behind their own slots, 0 where there is none."""
    n_new: Longs
    """One number: n-grams that were added and not known; of a set, what it holds."""
    capacity: int
    """N-grams that a filter was made for, or the most that a set may hold."""
    n_hashers: int
    """Bits of an n-gram in a filter; 0 for a set."""
    multiplier: np.uint64
    """Odd; says which slot of a set is whose. Drawn at random, so that nobody can write a text whose n-grams all
    collide; what is known does not depend on it."""

    @property
    def false_positive_rate(self) -> float:
        """The chance that a new n-gram is taken for a known one, as the filter is now; 0 for a set."""
        if self.n_hashers == 0:
            return 0.0
        parts = range(0, len(self.cells), _CHUNK)
        n_set = sum(int(np.bitwise_count(self.cells[at : at + _CHUNK]).sum(dtype=np.int64)) for at in parts)
        return float((n_set / (64 * len(self.cells))) ** self.n_hashers)


def make_filter(n_grams: int, rate: float, max_bytes: int) -> Seen:
    """Make an empty Bloom filter.

    Args:
        n_grams: Different n-grams that are expected, 1 or more.
        rate: How often it may err when it holds so many, above 0 and below 1.
        max_bytes: The most memory that it may take.

    Raises:
        ValueError: a number is out of range, or the filter would be larger; nothing was allocated then.
    """
    n_bytes = bytes_for(n_grams, rate)
    if n_bytes > max_bytes:
        raise ValueError(
            f"a Bloom filter for {n_grams:,} n-grams and a false-positive rate of {rate:g} takes {n_bytes:,} bytes; "
            f"allowed: {max_bytes:,}. Cut the texts into more shards, or allow a higher rate or more memory"
        )
    cells = np.zeros(n_bytes // 8, np.uint64)
    return Seen(cells, np.zeros(1, np.int64), n_grams, count_hashers(n_bytes, n_grams), _1)


def make_set(max_grams: int) -> Seen:
    """Make an empty set that grows up to so many n-grams.

    Raises:
        ValueError: none is allowed.
    """
    if max_grams < 1:
        raise ValueError(f"n-grams of a set: given {max_grams}; allowed: 1 or more")
    cells = np.zeros(min(_FIRST_SLOTS, slots_for(max_grams)), np.uint64)
    return Seen(cells, np.zeros(1, np.int64), max_grams, 0, np.uint64(random_multiplier()))


def slots_for(n_grams: int) -> int:
    """Give the slots, of 8 bytes each, of a set that holds so many n-grams: 10 for 7, so that searches stay short."""
    return (10 * n_grams + 6) // 7


def grown(seen: Seen, n_more: int) -> Seen:
    """Give a set of twice the slots or more, with room for so many more n-grams; the old one is not to be used again.

    Raises:
        ValueError: it might come to hold more than it may.
    """
    n_grams = int(seen.n_new[0]) + n_more
    if n_grams > seen.capacity:
        raise ValueError(
            f"a set of n-grams holds {seen.n_new[0]:,} and the next text has {n_more:,}; allowed: {seen.capacity:,}. "
            "Cut the texts into more shards, allow more n-grams, or take a Bloom filter"
        )
    n_slots = max(slots_for(n_grams), min(2 * len(seen.cells), slots_for(seen.capacity)))
    larger = seen._replace(cells=np.zeros(n_slots, np.uint64), n_new=np.zeros(1, np.int64))
    _move(seen.cells, larger)
    return larger


@inlined
def has_room(seen: Seen, n_more: int) -> bool:  # pragma: no cover
    """Say whether so many n-grams can be added; a filter always takes more, and errs more often."""
    return seen.n_hashers > 0 or (
        10 * (seen.n_new[0] + n_more) <= 7 * len(seen.cells) and seen.n_new[0] + n_more <= seen.capacity
    )


@inlined
def count_seen(seen: Seen, grams: Hashes, first: int, behind: int) -> int:  # pragma: no cover
    """Count those of the n-grams from ``first`` to ``behind`` that are known."""
    n = 0
    for i in range(first, behind):
        n += _is_in_filter(seen, grams[i]) if seen.n_hashers > 0 else seen.cells[_slot(seen, grams[i])] != 0
    return n


@inlined
def add(seen: Seen, grams: Hashes, first: int, behind: int) -> None:  # pragma: no cover
    """Make the n-grams from ``first`` to ``behind`` known; ``has_room`` must have said that there is room."""
    n_new = 0
    for i in range(first, behind):
        if seen.n_hashers > 0:
            n_new += _set_bits(seen, grams[i])
        else:
            slot = _slot(seen, grams[i])
            n_new += seen.cells[slot] == 0
            seen.cells[slot] = grams[i]
    seen.n_new[0] += n_new


@inlined
def _is_in_filter(seen: Seen, gram: np.uint64) -> int:  # pragma: no cover
    """Give 1 if all bits of an n-gram are set, else 0; all are asked, since most will be set soon, and none waits."""
    n_bits, step = np.uint64(len(seen.cells)) * _64, _step(gram)
    bits = _1
    for _ in range(seen.n_hashers):
        place = _high_product(gram, n_bits)
        bits &= seen.cells[place >> _6] >> (place & _63)
        gram += step
    return np.int64(bits)


@inlined
def _set_bits(seen: Seen, gram: np.uint64) -> int:  # pragma: no cover
    """Set all bits of an n-gram; gives 1 if one was not set, else 0."""
    n_bits, step = np.uint64(len(seen.cells)) * _64, _step(gram)
    before = _1
    for _ in range(seen.n_hashers):
        place = _high_product(gram, n_bits)
        cell = seen.cells[place >> _6]
        before &= cell >> (place & _63)
        seen.cells[place >> _6] = cell | _1 << (place & _63)
        gram += step
    return np.int64(before ^ _1)


@inlined
def _step(gram: np.uint64) -> np.uint64:  # pragma: no cover
    """Give what leads from one place of an n-gram to the next: two hashes do for all (Kirsch and Mitzenmacher 2006)."""
    step = gram * _STEP
    return step ^ step >> _32


@inlined
def _slot(seen: Seen, gram: np.uint64) -> np.uint64:  # pragma: no cover
    """Give the slot of a set that holds an n-gram, or the free one where it would be."""
    n_slots = np.uint64(len(seen.cells))
    slot = _high_product(gram * seen.multiplier, n_slots)
    while seen.cells[slot] != 0 and seen.cells[slot] != gram:
        slot += _1
        if slot == n_slots:
            slot = np.uint64(0)
    return slot


@inlined
def _high_product(a: np.uint64, b: np.uint64) -> np.uint64:  # pragma: no cover
    """Give ``a * b`` divided by 2^64, rounded down: below ``b``, and as evenly spread as ``a``."""
    middle = (a >> _32) * (b & _LOW) + ((a & _LOW) * (b & _LOW) >> _32)
    low = (a & _LOW) * (b >> _32) + (middle & _LOW)
    return (a >> _32) * (b >> _32) + (middle >> _32) + (low >> _32)


@kernel
def _move(cells: Hashes, larger: Seen) -> None:  # pragma: no cover
    for i in range(len(cells)):
        if cells[i] != 0:
            add(larger, cells, i, i + 1)
