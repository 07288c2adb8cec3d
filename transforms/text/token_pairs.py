"""Tokens, and what is behind each of them in its text, counted by group in one hash table.

What is counted is a code of 63 bits: the group (15), the token (24), and the token behind it or a mark for the end of
the text (24). How often a token occurs is the sum of its codes. Tables of different tasks are added up by their codes.
"""

from typing import NamedTuple

import numpy as np

from transforms.text.compiled import inlined, kernel
from transforms.text.ids import mixed, random_multiplier, slot_bits
from transforms.text.unicode import Bytes, Ints, Longs

BITS = 24
MAX_TOKENS, MAX_GROUPS = (1 << BITS) - 2, 1 << 15
"""Ids of tokens, and numbers of groups, are below."""

END, ALL_TOKENS = MAX_TOKENS, MAX_TOKENS + 1
"""In place of a token behind: the text's end; of both: the number of all tokens of a group."""
FREE = -1
"""Code of a free slot."""
_LOAD = 0.55  # of the table's slots: the larger, the longer searches become
_AT_ONCE = 64  # codes that are looked for together


class Tokens(NamedTuple):
    """Texts as tokens."""

    ids: Ints
    """Of all texts, one text after another; below ``MAX_TOKENS``."""
    offsets: Longs
    """Text ``i`` is ``ids[offsets[i]:offsets[i + 1]]``."""
    groups: Longs
    """Of each text; below ``MAX_GROUPS``."""
    is_counted: Bytes
    """Not 0: its tokens and pairs are counted; 0: only how many tokens it has."""


class Counts(NamedTuple):
    """A table of codes and their counts; kernels change its arrays in place."""

    slots: Longs
    """``[slots, 2]``, a power of two of them: code (-1 for a free slot) and count; open addressing."""
    n_codes: Longs
    """One number: how many slots are taken."""
    multiplier: np.uint64
    """Odd; says which slot is whose. Drawn at random, so that nobody can write a text whose pairs all collide;
    counts do not depend on it."""

    def has_room(self, n_more: int) -> bool:
        """Say whether so many codes can be added."""
        return bool(self.n_codes[0] + n_more <= _LOAD * len(self.slots))


def make_counts(n_codes: int) -> Counts:
    """Make an empty table with room for so many codes."""
    slots = np.zeros((1 << int(slot_bits(int(n_codes / _LOAD) + 1)), 2), np.int64)
    slots[:, 0] = FREE
    return Counts(slots, np.zeros(1, np.int64), np.uint64(random_multiplier()))


def grown(counts: Counts) -> Counts:
    """Give a table of twice the slots with the same counts; the old one is not to be used again."""
    larger = make_counts(int(2 * _LOAD * len(counts.slots)) - 1)
    _add_slots(counts.slots, larger)
    return larger


def with_room(counts: Counts, n_more: int) -> Counts:
    """Give a table to which so many codes can be added, with the same counts: this one, or a larger one for it."""
    while not counts.has_room(n_more):
        counts = grown(counts)
    return counts


@kernel
def count_tokens(tokens: Tokens, start: int, stop: int, counts: Counts) -> None:  # pragma: no cover
    """Count the tokens ``ids[start:stop]``, and each with the one behind it in its text.

    The span may begin and end within texts. The table must have room for a code a token, and one a text.
    """
    ids, offsets, groups, is_counted = tokens
    codes, places = np.empty(_AT_ONCE, np.int64), np.empty((_AT_ONCE, 2), np.int64)
    text = np.searchsorted(offsets, start, "right") - 1
    while text < len(groups) and offsets[text] < stop:
        first, end, last = max(start, offsets[text]), min(stop, offsets[text + 1]), offsets[text + 1] - 1
        group = np.int64(groups[text]) << BITS
        if first < end:
            add(counts, (group | ALL_TOKENS) << BITS | ALL_TOKENS, end - first)
        while is_counted[text] and first < end:
            n = min(_AT_ONCE, end - first)
            for j in range(n):
                behind = np.int64(ids[first + j + 1]) if first + j < last else END
                codes[j] = (group | np.int64(ids[first + j])) << BITS | behind
            _count(counts, codes, n, places)
            first += n
        text += 1


@kernel
def add_packed(packed: Longs, counts: Counts) -> None:  # pragma: no cover
    """Add counts as ``taken_out`` gives them; the table must have room for as many codes as there are numbers."""
    for i in range(len(packed)):
        if packed[i] >= 0:
            is_once = i + 1 == len(packed) or packed[i + 1] >= 0
            add(counts, packed[i], 1 if is_once else -packed[i + 1])


@kernel
def taken_out(counts: Counts, bits: int) -> tuple[Longs, Longs]:  # pragma: no cover
    """Empty a table.

    Args:
        counts: The table.
        bits: 1 or more: its codes are put into ``2**bits`` buckets, by a hash of group and token that is the same
            everywhere.

    Returns:
        Codes, bucket by bucket, and where each bucket begins and the last one ends. Behind a code that was counted
        more than once stands how often, as a negative number: most are counted once.
    """
    slots, shift = counts.slots, np.uint64(64 - bits)
    starts = np.zeros((1 << bits) + 1, np.int64)
    for i in range(len(slots)):
        if slots[i, 0] != FREE:
            starts[_bucket(slots[i, 0], shift) + 1] += 1 + (slots[i, 1] > 1)
    starts = np.cumsum(starts)
    packed, at = np.empty(starts[-1], np.int64), starts.copy()
    for i in range(len(slots)):
        if slots[i, 0] != FREE:
            bucket = _bucket(slots[i, 0], shift)
            packed[at[bucket]] = slots[i, 0]
            if slots[i, 1] > 1:
                packed[at[bucket] + 1] = -slots[i, 1]
            at[bucket] += 1 + (slots[i, 1] > 1)
            slots[i, 0], slots[i, 1] = FREE, 0
    counts.n_codes[0] = 0
    return packed, starts


@kernel
def _add_slots(slots: Longs, counts: Counts) -> None:  # pragma: no cover
    for i in range(len(slots)):
        if slots[i, 0] != FREE:
            add(counts, slots[i, 0], slots[i, 1])


@inlined
def _bucket(code: int, shift: np.uint64) -> int:  # pragma: no cover
    return np.int64(mixed(np.uint64(code >> BITS)) >> shift)


@inlined
def _count(counts: Counts, codes: Longs, n: int, places: Longs) -> None:  # pragma: no cover
    """Add 1 to the counts of ``codes[:n]``: all are looked for first, so memory is waited for once.

    A code that was found stays where it is, so only the others are looked for again.
    """
    slots = counts.slots
    for j in range(n):
        places[j, 0] = _slot(counts, codes[j])
        places[j, 1] = slots[places[j, 0], 0]
    for j in range(n):
        if places[j, 1] == codes[j]:
            slots[places[j, 0], 1] += 1
        else:
            add(counts, codes[j], 1)


@inlined
def _slot(counts: Counts, code: int) -> int:  # pragma: no cover
    """Give the slot from which on a code is looked for."""
    return np.int64(mixed(np.uint64(code)) * counts.multiplier >> np.uint64(11)) & (len(counts.slots) - 1)


@inlined
def add(counts: Counts, code: int, n: int) -> None:  # pragma: no cover
    """Add to the count of a code, which may be new."""
    slots, mask = counts.slots, len(counts.slots) - 1
    slot = _slot(counts, code)
    while slots[slot, 0] != code and slots[slot, 0] != FREE:
        slot = (slot + 1) & mask
    counts.n_codes[0] += slots[slot, 0] == FREE
    slots[slot, 0] = code
    slots[slot, 1] += n
