"""How many tokens, and pairs of them, of a table of counts occur equally often in their group."""

from typing import NamedTuple

import numpy as np

from transforms.text.compiled import inlined, kernel
from transforms.text.token_pairs import ALL_TOKENS, BITS, END, FREE, Counts, add, make_counts, with_room
from transforms.text.unicode import Longs

TOKEN, FIRST, PAIR, ALL = 0, 1, 2, 3
"""What is counted: a token wherever it stands; one that another follows; that pair; all tokens of a group."""

_N_BITS = 46  # of a count: 70 trillion tokens
_STEP = 1 << 11  # codes tallied at once: there are far fewer tokens and counts than pairs, so tables stay in the cache


class Frequencies(NamedTuple):
    """How many of a kind, in a group, occur ``n`` times."""

    group: Longs
    kind: Longs
    """``TOKEN``, ``FIRST``, ``PAIR`` or ``ALL``."""
    n: Longs
    n_alike: Longs


def tallied(counts: Counts, tally: Counts) -> Counts:
    """Add to a tally, which begins as an empty table, how often tokens and pairs of a table of counts occur.

    Of each token ``counts`` must hold all codes, or none. Gives the tally, which may be a larger table than before.
    """
    tokens = make_counts(2 * _STEP)
    for start in range(0, len(counts.slots), _STEP):
        tokens, tally = with_room(tokens, 2 * _STEP), with_room(tally, _STEP)
        _tally_codes(counts.slots[start : start + _STEP], tokens, tally)
    for start in range(0, len(tokens.slots), _STEP):
        tally = with_room(tally, _STEP)
        _tally_tokens(tokens.slots[start : start + _STEP], tally)
    return tally


def frequencies(tally: Counts) -> Frequencies:
    """Say what a tally holds."""
    found = tally.slots[tally.slots[:, 0] != FREE]
    keys, n_alike = found[np.argsort(found[:, 0])].T
    return Frequencies(keys >> 2 * BITS, keys >> _N_BITS & 3, keys & (1 << _N_BITS) - 1, n_alike)


@kernel
def _tally_codes(pairs: Longs, tokens: Counts, tally: Counts) -> None:  # pragma: no cover
    """Count how often each token occurs at all, and before another; and how many pairs occur how often."""
    for i in range(len(pairs)):
        code, n = pairs[i, 0], pairs[i, 1]
        if code == FREE:
            continue
        if code & ALL_TOKENS == ALL_TOKENS:
            add(tally, _key(code, ALL, n), 1)
            continue
        add(tokens, code | ALL_TOKENS, n)
        if code & ALL_TOKENS != END:
            add(tokens, code & ~ALL_TOKENS, n)
            add(tally, _key(code, PAIR, n), 1)


@kernel
def _tally_tokens(pairs: Longs, tally: Counts) -> None:  # pragma: no cover
    """Count how many tokens occur how often."""
    for i in range(len(pairs)):
        code, n = pairs[i, 0], pairs[i, 1]
        if code != FREE:
            add(tally, _key(code, TOKEN if code & ALL_TOKENS else FIRST, n), 1)


@inlined
def _key(code: int, kind: int, n: int) -> int:  # pragma: no cover
    """Give what of the same group and kind, counted as often, has in common."""
    return code >> 2 * BITS << 2 * BITS | kind << _N_BITS | n
