"""What shingles are runs of: a text's words or characters, each as a number that is hashed of it.

ASCII texts are cut without a branch at any byte: the lengths of words cannot be foretold, and a wrong guess costs more
than all that is done to a word.
"""

from typing import NamedTuple

import numpy as np

from transforms.text.compiled import inlined, kernel
from transforms.text.eights import count_before, eight_at, first_equal
from transforms.text.ids import hash_bytes, mixed
from transforms.text.unicode import Bytes, Ints, char_at
from transforms.text.unspaced import ALONE, GAP, RUN

MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)

# Beside kinds of characters: a byte of a lone character behind its first; the first byte of what the table is asked of.
_REST, _ASK = 3, 5
_1, _2, _27, _30, _31 = np.uint64(1), np.uint64(2), np.uint64(27), np.uint64(30), np.uint64(31)


class Cutting(NamedTuple):
    """Arrays that are used for one text after another, with room for the longest."""

    low: Bytes
    """The text with ASCII letters in lower case."""
    kinds: Bytes
    """Of each byte, as ``word_kinds`` tells them of characters; a gap before and behind the text."""
    edges: Bytes
    """At each byte and at the end: words that end there and words that begin there."""
    bounds: Ints
    """Where words begin and end, in turn."""


@kernel
def make_cutting(longest: int) -> Cutting:  # pragma: no cover
    """Give room for texts of up to so many bytes."""
    low, kinds = np.empty(longest, np.uint8), np.empty(longest + 2, np.uint8)
    return Cutting(low, kinds, np.empty(longest + 1, np.uint8), np.empty(2 * longest + 2, np.int32))


@kernel
def hash_words(text: Bytes, table: Bytes, units: Bytes, cutting: Cutting) -> int:  # pragma: no cover
    """Hash a text's words to ``units``; gives how many they are.

    Args:
        text: Valid UTF-8 of one text.
        table: ``unspaced.word_kinds()``.
        units: Room for as many numbers as the text has bytes.
        cutting: Room, used up.
    """
    low, kinds, edges, bounds = cutting
    n_bytes = len(text)
    kinds[0] = kinds[n_bytes + 1] = GAP
    if _fold(text, low, kinds):
        _ask_table(text, table, kinds)
    _find_edges(kinds[: n_bytes + 2], edges)
    n_words = _take_edges(edges[: n_bytes + 1], bounds) // 2
    within = low[:n_bytes]
    for i in range(n_words):
        start, end = np.int64(bounds[_2 * np.uint64(i)]), np.int64(bounds[_2 * np.uint64(i) + _1])
        units[i] = hash_bytes(within, start, end, MULTIPLIER)
    return n_words


@kernel
def hash_characters(text: Bytes, table: Bytes, units: Bytes, cutting: Cutting) -> int:  # pragma: no cover
    """Do as ``hash_words`` of characters: each run of white space is one space, and there is none around the text."""
    low, n = cutting.low[: len(text)], 0
    _fold(text, low, cutting.kinds)
    i, is_behind_gap = 0, False
    while i < len(low):
        code, size = char_at(low, i)
        is_gap = table[code] == GAP
        if is_behind_gap and not is_gap:
            units[n] = _hash_character(32)
            n += 1
        if not is_gap:
            units[n] = _hash_character(code)
            n += 1
        is_behind_gap = is_gap and n > 0
        i += size
    return n


@inlined
def _hash_character(code: int) -> np.uint64:  # pragma: no cover
    """Hash a code point; none becomes 0, so that a text of one and a text of two of them differ."""
    return mixed(np.uint64(code) + _1)


@kernel
def _fold(text: Bytes, low: Bytes, kinds: Bytes) -> bool:  # pragma: no cover
    """Copy the text in lower case, tell kinds by single bytes, and say whether some are ``_ASK``.

    Two-byte characters of other first bytes than 0xC2 (spaces) and 0xCB (tones of Bopomofo) are all runs, so that
    Cyrillic, say, is as fast as ASCII. LLVM takes many bytes at once.
    """
    asks = False
    for i in range(len(text)):
        b = text[i]
        is_upper = np.uint8(b - np.uint8(65)) < np.uint8(26)
        low[i] = b | np.uint8(np.uint8(is_upper) << np.uint8(5))
        is_gap = (np.uint8(b - np.uint8(9)) < np.uint8(5)) | (np.uint8(b - np.uint8(28)) < np.uint8(5))
        is_asked = (b >= np.uint8(0xE0)) | (b == np.uint8(0xC2)) | (b == np.uint8(0xCB))
        kinds[i + 1] = (np.uint8(RUN) ^ np.uint8(is_gap)) | np.uint8(np.uint8(is_asked) << np.uint8(2))
        asks |= is_asked
    return asks


@kernel
def _ask_table(text: Bytes, table: Bytes, kinds: Bytes) -> None:  # pragma: no cover
    """Tell the kinds of the characters whose first byte is ``_ASK``."""
    i = 0
    while i < len(text):
        asked = first_equal(eight_at(kinds, i + 1), _ASK)
        if asked == 0:
            i += 8  # foretold, so that the next eight bytes need not wait for these
            continue
        i += count_before(asked)
        if i < len(text):
            code, size = char_at(text, i)
            kind = table[code]
            kinds[i + 1] = kind
            if kind != RUN:
                for j in range(i + 2, i + size + 1):
                    kinds[j] = _REST if kind == ALONE else kind
            i += size


@kernel
def _find_edges(kinds: Bytes, edges: Bytes) -> None:  # pragma: no cover
    """Count at each byte the words that end there and those that begin: 0 to 2."""
    for i in range(len(kinds) - 1):
        before, here = kinds[i], kinds[i + 1]
        begins = (here == ALONE) | ((here == RUN) & (before != RUN))
        ends = (before != GAP) & ((here == GAP) | begins)
        edges[i] = np.uint8(begins) + np.uint8(ends)


@kernel
def _take_edges(edges: Bytes, bounds: Ints) -> int:  # pragma: no cover
    """Write where edges are, those that are two twice; gives how many bounds there are."""
    n = np.uint64(0)
    for i in range(len(edges)):
        bounds[n] = bounds[n + _1] = i
        n += np.uint64(edges[i])
    return np.int64(n)
