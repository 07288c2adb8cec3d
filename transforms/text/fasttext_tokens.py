"""Tokens of texts as fastText cuts them, and a cache of the words that a batch had before.

Kernels take some tokens at once: passing arrays to a function for each of them would take half of the time.
"""

from typing import NamedTuple

import numpy as np

from transforms.text.compiled import inlined, kernel
from transforms.text.fasttext_words import FNV, hashed
from transforms.text.unicode import Bytes, Ints, Longs

START, END, HASH, SLOT, NUMBER = 0, 1, 2, 3, 4
"""Columns of tokens: where it is, its hash, its slot in the cache or -1, and, of a new one, its number or -1."""

N_TOKENS = 256
"""How many tokens are taken at once."""

KEY, WHERE, FIRST, LAST = 0, 1, 2, 3
"""Columns of ``Cache.slots``: size and hash, or 0; where the word is; its rows."""

NEW = -1
"""In ``FIRST``: the rows are not there yet."""
LABEL, LONG = -2, -3
"""In ``LAST``: nothing of the token counts (in ``NUMBER``, too); there are too many rows to keep."""

ROOM = 1 << 9
"""Rows that are kept of a word, at most."""

EOS, EOS_HASH = np.frombuffer(b"</s>", np.uint8), 3617362777
"""fastText's own end of a line."""

_MIN_SLOTS, _MAX_SLOTS, _MAX_ROWS = 1 << 10, 1 << 16, 1 << 19  # a cache has at most 4 MB
_MAX_PROBES = 16
_MAX_SIZE = 1 << 16  # bytes of a word in the cache
_SPACES = 1 << 0 | 1 << 9 | 1 << 10 | 1 << 11 | 1 << 12 | 1 << 13 | 1 << 32


class Cache(NamedTuple):
    """Words of a batch that were seen before."""

    slots: Longs
    """Open addressing."""
    rows: Ints
    used: Longs
    """How many rows and how many slots are in use."""


@kernel
def make_cache(n_bytes: int) -> Cache:  # pragma: no cover
    """Make an empty cache for texts of so many bytes."""
    n_slots = _MIN_SLOTS
    while n_slots < _MAX_SLOTS and n_slots * 4 < n_bytes:
        n_slots *= 2
    return Cache(np.zeros((n_slots, 4), np.int64), np.empty(_MAX_ROWS, np.int32), np.zeros(2, np.int64))


@kernel
def make_room(cache: Cache) -> None:  # pragma: no cover
    """Empty a cache that might not have room for the next tokens, and for ``ROOM`` rows more."""
    slots, rows, used = cache
    if used[0] + (N_TOKENS + 1) * ROOM > len(rows) or (used[1] + N_TOKENS) * 4 > len(slots) * 3:
        slots[:] = 0
        used[:] = 0


@kernel
def read_tokens(data: Bytes, at: int, end: int, slots: Longs, tokens: Longs) -> tuple[int, int]:  # pragma: no cover
    """Cut the next tokens and look them up in the cache; new words are put there, without rows.

    Args:
        data: The batch, valid UTF-8.
        at: Where to begin.
        end: Where the text ends.
        slots: Those of the cache; there is room for all tokens.
        tokens: To be filled.

    Returns:
        How many tokens there are, and where to go on.
    """
    n = 0
    while n < len(tokens):
        while at < end and _is_space(data[at]):
            at += 1
        start, h = at, FNV
        while at < end and not _is_space(data[at]):
            h = hashed(h, np.int64(data[at]))
            at += 1
        is_end = h == EOS_HASH and at - start == len(EOS) and data[start] == 60 and data[start + 1] == 47
        if start == at or (is_end and data[start + 2] == 115 and data[start + 3] == 62):
            return n, end
        tokens[n, START], tokens[n, END], tokens[n, HASH] = start, at, h
        tokens[n, SLOT] = _find_slot(data, slots, start, at, h)
        n += 1
    return n, at


@inlined
def _is_space(b: int) -> bool:  # pragma: no cover
    return b <= 32 and (_SPACES >> np.int64(b)) & 1 == 1


@inlined
def _find_slot(data: Bytes, slots: Longs, start: int, end: int, h: int) -> int:  # pragma: no cover
    """Give the slot of a word, which may be new; -1 if it is very long or too many others share its hash."""
    key, slot, mask = (end - start) << 32 | h, h & (len(slots) - 1), len(slots) - 1
    left, found = _MAX_PROBES if end - start < _MAX_SIZE else 0, -1
    while left > 0:
        left -= 1
        if slots[slot, KEY] == key:
            at, shift = start, slots[slot, WHERE] - start
            while at < end and data[at] == data[at + shift]:
                at += 1
            if at == end:
                found, left = slot, 0
        elif slots[slot, KEY] == 0:
            slots[slot, KEY], slots[slot, WHERE], slots[slot, FIRST] = key, start, NEW
            found, left = slot, 0
        slot = (slot + 1) & mask
    return found
