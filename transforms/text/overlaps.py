"""Texts held against a few sets of shingles, each with each: what truly is alike, whatever bands find.

The sets' shingles are in one hash table, so a text asks for each of its own once, however many sets there are, and
counts only for those that hold it.
"""

from typing import NamedTuple

import numpy as np

from transforms.text.compiled import kernel
from transforms.text.ids import random_multiplier, slot_bits
from transforms.text.shingles import Hashes, Shingles, Shingling, distinct_shingles, known_shingles, make_room
from transforms.text.unicode import Bytes, Doubles, Longs

_FIRST_ROOM = 1024  # pairs
_1 = np.uint64(1)


class Sets(NamedTuple):
    """Sets of shingles, by shingle. Of ``sets_of``."""

    sizes: Longs
    """Shingles of each set."""
    starts: Longs
    """Shingle ``k`` is in the sets ``holders[starts[k]:starts[k + 1]]``."""
    holders: Longs
    slots: Hashes
    """A hash table of the shingles; 0 stands for a free slot."""
    places: Longs
    """Which ``k`` the shingle in a slot is."""
    multiplier: np.uint64
    """Of the hash table, drawn at random; what is found does not depend on it."""


class Overlaps(NamedTuple):
    """Pairs of a text and a set, in order of texts."""

    texts: Longs
    sets: Longs
    similarities: Doubles
    """Jaccard similarity: shingles that both hold, over those that one of them holds."""


def sets_of(hashes: Hashes, offsets: Longs) -> Sets:
    """Make sets ready to be held against.

    Args:
        hashes: As ``shingle_sets`` gives them: none is 0, and none twice in a set.
        offsets: Set ``i`` is ``hashes[offsets[i]:offsets[i + 1]]``.
    """
    shingles, counts = np.unique(hashes, return_counts=True)
    sizes = np.diff(offsets)
    holders = np.repeat(np.arange(len(sizes)), sizes)[np.argsort(hashes, kind="stable")]
    multiplier = np.uint64(random_multiplier())
    slots, places = _table(shingles, multiplier)
    return Sets(sizes, np.cumsum([0, *counts]), holders, slots, places, multiplier)


def overlaps(data: Bytes, offsets: Longs, shingling: Shingling, sets: Sets, least: float) -> Overlaps:
    """Give every pair of a text and a set that is so similar or more.

    Args:
        data: Valid UTF-8 bytes of all texts, one after another.
        offsets: Text ``i`` is ``data[offsets[i]:offsets[i + 1]]``.
        shingling: What a shingle is, of the sets too.
        sets: What each text is held against.
        least: Least Jaccard similarity, above 0: a text and a set that share nothing are no pair. So an empty one is
            in none.

    Raises:
        ValueError: the least similarity is 0 or less, or the shingling is unknown.
    """
    if not least > 0:
        raise ValueError(f"least similarity: given {least}; allowed: above 0")
    return _overlaps(data, offsets, known_shingles(shingling), sets, least)


@kernel
def _table(shingles: Hashes, multiplier: np.uint64) -> tuple[Hashes, Longs]:  # pragma: no cover
    """Put different shingles at or behind their own slots, of which half or more stay free."""
    bits = slot_bits(2 * len(shingles))
    slots, places = np.zeros(1 << bits, np.uint64), np.zeros(1 << bits, np.int64)
    shift, last = np.uint64(64 - bits), np.uint64((1 << bits) - 1)
    for k in range(len(shingles)):
        slot = shingles[k] * multiplier >> shift
        while slots[slot] != 0:
            slot = (slot + _1) & last
        slots[slot], places[slot] = shingles[k], k
    return slots, places


@kernel
def _overlaps(data: Bytes, offsets: Longs, known: Shingles, sets: Sets, least: float) -> Overlaps:  # pragma: no cover
    room = make_room(offsets)
    counts, touched = np.zeros(len(sets.sizes), np.int64), np.empty(len(sets.sizes) + 1, np.int64)
    found = _make_pairs(_FIRST_ROOM)
    n_found = 0
    for i in range(len(offsets) - 1):
        n = distinct_shingles(data[offsets[i] : offsets[i + 1]], known, room)
        n_touched = _count(room.units[:n], sets, counts, touched)
        if n_found + n_touched > len(found.texts):
            found = _grown(found, 2 * (n_found + n_touched))
        for k in touched[:n_touched]:
            similarity = counts[k] / (n + sets.sizes[k] - counts[k])
            counts[k] = 0
            if similarity >= least:
                found.texts[n_found], found.sets[n_found], found.similarities[n_found] = i, k, similarity
                n_found += 1
    return Overlaps(found.texts[:n_found], found.sets[:n_found], found.similarities[:n_found])


@kernel
def _count(shingles: Hashes, sets: Sets, counts: Longs, touched: Longs) -> int:  # pragma: no cover
    """Count the shingles that each set holds too; gives how many sets hold any.

    Their numbers are the first of ``touched``; the one behind them is written too.
    """
    bits = slot_bits(len(sets.slots))
    shift, last = np.uint64(64 - bits), np.uint64(len(sets.slots) - 1)
    n_touched = 0
    for shingle in shingles:
        slot = shingle * sets.multiplier >> shift
        while sets.slots[slot] != 0 and sets.slots[slot] != shingle:
            slot = (slot + _1) & last
        if sets.slots[slot] == shingle:
            place = sets.places[slot]
            for k in sets.holders[sets.starts[place] : sets.starts[place + 1]]:
                touched[n_touched] = k
                n_touched += counts[k] == 0
                counts[k] += 1
    return n_touched


@kernel
def _make_pairs(n: int) -> Overlaps:  # pragma: no cover
    return Overlaps(np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n, np.float64))


@kernel
def _grown(found: Overlaps, n: int) -> Overlaps:  # pragma: no cover
    larger, known = _make_pairs(n), len(found.texts)
    larger.texts[:known] = found.texts
    larger.sets[:known] = found.sets
    larger.similarities[:known] = found.similarities
    return larger
