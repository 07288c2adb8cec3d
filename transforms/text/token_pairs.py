"""Tokens, and what is behind each of them in its text, counted by group in one hash table.

What is counted is a code of 63 bits: the group (15), the token (24), and the token behind it or a mark for the end of
the text (24). How often a token occurs is the sum of its codes. Tables of different tasks are added up by their codes.
"""

from typing import NamedTuple

import numpy as np

from transforms.text.compiled import inlined, kernel
from transforms.text.ids import mixed, random_multiplier, slot_bits
from transforms.text.unicode import Bytes, Ints, Longs

_BITS = 24
MAX_TOKENS, MAX_GROUPS = (1 << _BITS) - 2, 1 << 15
"""Ids of tokens, and numbers of groups, are below."""

TOKEN, FIRST, PAIR, ALL = 0, 1, 2, 3
"""What is counted: a token wherever it stands; one that another follows; that pair; all tokens of a group."""

_END, _ALL = MAX_TOKENS, MAX_TOKENS + 1  # behind a text's last token; code (_ALL, _ALL) is all tokens of a group
_LOAD = 0.55  # of the table's slots: the larger, the longer searches become
_FREE = -1
_N_BITS = 46  # of a count: 70 trillion tokens


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


class Frequencies(NamedTuple):
    """How many of a kind, in a group, occur ``n`` times."""

    group: Longs
    kind: Longs
    """``TOKEN``, ``FIRST``, ``PAIR`` or ``ALL``."""
    n: Longs
    n_alike: Longs


def make_counts(n_codes: int) -> Counts:
    """Make an empty table with room for so many codes."""
    slots = np.zeros((1 << int(slot_bits(int(n_codes / _LOAD) + 1)), 2), np.int64)
    slots[:, 0] = _FREE
    return Counts(slots, np.zeros(1, np.int64), np.uint64(random_multiplier()))


def grown(counts: Counts) -> Counts:
    """Give a table of twice the slots with the same counts; the old one is not to be used again."""
    larger = make_counts(int(2 * _LOAD * len(counts.slots)) - 1)
    add_pairs(counts.slots, larger)
    return larger


@kernel
def count_tokens(tokens: Tokens, start: int, stop: int, counts: Counts) -> None:  # pragma: no cover
    """Count the tokens ``ids[start:stop]``, and each with the one behind it in its text.

    The span may begin and end within texts. The table must have room for a code a token, and one a text.
    """
    ids, offsets, groups, is_counted = tokens
    text = np.searchsorted(offsets, start, "right") - 1
    while text < len(groups) and offsets[text] < stop:
        first, end, last = max(start, offsets[text]), min(stop, offsets[text + 1]), offsets[text + 1] - 1
        group = np.int64(groups[text]) << _BITS
        _add(counts, (group | _ALL) << _BITS | _ALL, end - first)
        if is_counted[text]:
            for i in range(first, end):
                behind = np.int64(ids[i + 1]) if i < last else _END
                _add(counts, (group | np.int64(ids[i])) << _BITS | behind, 1)
        text += 1


@kernel
def add_pairs(pairs: Longs, counts: Counts) -> None:  # pragma: no cover
    """Add counts that were made before: ``[n, 2]``, code (-1 for none) and count; the table must have room for them."""
    for i in range(len(pairs)):
        if pairs[i, 0] != _FREE:
            _add(counts, pairs[i, 0], pairs[i, 1])


@kernel
def taken_out(counts: Counts, bits: int) -> tuple[Longs, Longs]:  # pragma: no cover
    """Empty a table.

    Args:
        counts: The table.
        bits: 1 or more: its codes are put into ``2**bits`` buckets, by a hash of group and token that is the same
            everywhere.

    Returns:
        Codes and counts, ``[n, 2]``, bucket by bucket, and where each bucket begins and the last one ends.
    """
    slots, shift = counts.slots, np.uint64(64 - bits)
    starts = np.zeros((1 << bits) + 1, np.int64)
    for i in range(len(slots)):
        if slots[i, 0] != _FREE:
            starts[_bucket(slots[i, 0], shift) + 1] += 1
    starts = np.cumsum(starts)
    pairs, at = np.empty((starts[-1], 2), np.int64), starts.copy()
    for i in range(len(slots)):
        if slots[i, 0] != _FREE:
            bucket = _bucket(slots[i, 0], shift)
            pairs[at[bucket], 0], pairs[at[bucket], 1] = slots[i, 0], slots[i, 1]
            at[bucket] += 1
            slots[i, 0], slots[i, 1] = _FREE, 0
    counts.n_codes[0] = 0
    return pairs, starts


def frequencies(counts: Counts) -> Frequencies:
    """Say how often tokens and pairs occur; of each token a table must hold all codes, or none."""
    n = int(counts.n_codes[0])
    tokens, tally = make_counts(2 * n), make_counts(3 * n)
    _tally(counts.slots, tokens, tally)
    found = tally.slots[tally.slots[:, 0] != _FREE]
    keys, n_alike = found[np.argsort(found[:, 0])].T
    return Frequencies(keys >> 2 * _BITS, keys >> _N_BITS & 3, keys & (1 << _N_BITS) - 1, n_alike)


@kernel
def _tally(slots: Longs, tokens: Counts, tally: Counts) -> None:  # pragma: no cover
    """Fill two empty tables: how often each token occurs at all, and before another; how many occur how often."""
    for i in range(len(slots)):
        code, n = slots[i, 0], slots[i, 1]
        if code == _FREE or n == 0:
            continue
        if code & _ALL == _ALL:
            _add(tally, _key(code, ALL, n), 1)
            continue
        _add(tokens, code | _ALL, n)
        if code & _ALL != _END:
            _add(tokens, code & ~_ALL, n)
            _add(tally, _key(code, PAIR, n), 1)
    for i in range(len(tokens.slots)):
        code, n = tokens.slots[i, 0], tokens.slots[i, 1]
        if code != _FREE:
            _add(tally, _key(code, TOKEN if code & _ALL else FIRST, n), 1)


@inlined
def _key(code: int, kind: int, n: int) -> int:  # pragma: no cover
    """Give what of the same group and kind, counted as often, has in common."""
    return code >> 2 * _BITS << 2 * _BITS | kind << _N_BITS | n


@inlined
def _bucket(code: int, shift: np.uint64) -> int:  # pragma: no cover
    return np.int64(mixed(np.uint64(code >> _BITS)) >> shift)


@inlined
def _add(counts: Counts, code: int, n: int) -> None:  # pragma: no cover
    """Add to the count of a code, which may be new."""
    slots, mask = counts.slots, len(counts.slots) - 1
    slot = np.int64(mixed(np.uint64(code)) * counts.multiplier >> np.uint64(11)) & mask
    while slots[slot, 0] != code and slots[slot, 0] != _FREE:
        slot = (slot + 1) & mask
    counts.n_codes[0] += slots[slot, 0] == _FREE
    slots[slot, 0] = code
    slots[slot, 1] += n
