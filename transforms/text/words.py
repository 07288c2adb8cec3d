"""The one splitter: words by UAX #29, shared by every rule that counts words this way.

A segment is what lies between two word boundaries (rules WB3 to WB999). Rules count those that
are not white space; punctuation is a segment of its own, which some of them count and others not.
"""

import numpy as np
from numba import njit

from transforms.text.marks import MARK
from transforms.text.unicode import ALNUM, ALPHA, SPACE, Bytes, Ints, char_at
from transforms.text.word_breaks import (
    ALETTER,
    DOUBLE_QUOTE,
    EXTEND,
    EXTENDNUMLET,
    FORMAT,
    HEBREW_LETTER,
    KATAKANA,
    MIDLETTER,
    MIDNUM,
    MIDNUMLET,
    NEWLINE,
    NUMERIC,
    OTHER,
    PICT,
    REGIONAL_INDICATOR,
    SINGLE_QUOTE,
    WSEGSPACE,
    ZWJ,
)
from transforms.text.word_tables import AS_DIGIT, AS_END, AS_MARK, AS_MID, AS_SPACE, ASK, Tables

FIRST_ALNUM, HAS_ALPHA, HAS_NON_MARK = 1, 2, 4
"""Bits of a segment: its first character is alphanumeric; one is a letter; one is no punctuation mark."""

_LETTERS = 1 << ALETTER | 1 << HEBREW_LETTER
_WORDY = _LETTERS | 1 << NUMERIC
_MID_WORD = 1 << MIDLETTER | 1 << MIDNUMLET | 1 << SINGLE_QUOTE
_MID_NUMBER = 1 << MIDNUM | 1 << MIDNUMLET | 1 << SINGLE_QUOTE
_BLANK = -1
_IGNORED = 1 << EXTEND | 1 << FORMAT | 1 << ZWJ


@njit(cache=True, nogil=True)
def segments(text: Bytes, known: Tables) -> Ints:  # pragma: no cover
    """Cut a text into its segments that are not white space.

    Most segments of most texts are plain: ASCII words, spaces and marks that no rule can lengthen.
    They are taken here, in a fifth of the time that the rules need.

    Args:
        text: Valid UTF-8 of one text.
        known: ``word_tables.tables()``.

    Returns:
        A row for each: first byte, byte behind the last, characters, bits.
    """
    # Room for the most that there may be: memory that is not written costs nothing, but in a loop that
    # replaces an array numba counts references to it at every turn, which costs more than the work.
    found = np.empty((len(text), 4), np.int32)
    kinds, size = known.ascii, len(text)
    n = i = 0
    while i < size:
        first, kind, seen = i, kinds[text[i]], 0
        while kind <= AS_DIGIT:
            seen |= kind + 1
            i += 1
            kind = kinds[text[i]] if i < size else AS_END
        if seen:
            bits = FIRST_ALNUM | HAS_NON_MARK | (HAS_ALPHA if seen & 1 else 0)
            is_sure = kind != ASK and (kind != AS_MID or i + 1 == size or AS_SPACE <= kinds[text[i + 1]] <= AS_MARK)
        else:
            i += 1
            while kind == AS_SPACE and i < size and kinds[text[i]] == AS_SPACE:
                i += 1
            bits = 0 if kind >= AS_MID else _BLANK
            is_sure = kind == AS_END or (kind != ASK and (i == size or kinds[text[i]] != ASK))
        n_chars = i - first
        if not is_sure:
            i = _next_boundary(text, first, known.breaks)
            n_chars, bits = _describe(text, first, i, known.classes)
        if bits != _BLANK:
            found[n, 0], found[n, 1], found[n, 2], found[n, 3] = first, i, n_chars, bits
            n += 1
    return found[:n]


@njit(cache=True, nogil=True)
def _describe(text: Bytes, start: int, end: int, table: Bytes) -> tuple[int, int]:  # pragma: no cover
    """Give a segment's characters and bits; ``_BLANK`` for white space."""
    any_of, all_of, n, i = 0, 0xFF, 0, start
    first = table[char_at(text, start)[0]]
    while i < end:
        code, size = char_at(text, i)
        kind = table[code]
        any_of |= kind
        all_of &= kind
        n += 1
        i += size
    if all_of & SPACE:
        return n, _BLANK
    alnum = FIRST_ALNUM if first & ALNUM else 0
    alpha = HAS_ALPHA if any_of & ALPHA else 0
    return n, alnum | alpha | (0 if all_of & MARK else HAS_NON_MARK)


@njit(cache=True, nogil=True)
def _next_boundary(text: Bytes, start: int, breaks: Bytes) -> int:  # pragma: no cover
    """Give the end of the segment that begins at the boundary ``start``, which is before the text's end."""
    code, size = char_at(text, start)
    last = np.int64(breaks[code])  # of the character before; `previous` is the same, without those that WB4 ignores
    i = start + size
    if last == NEWLINE:
        return i + 1 if code == 13 and i < len(text) and text[i] == 10 else i
    before, previous = OTHER, _plain(last)
    n_flags = 1 if previous == REGIONAL_INDICATOR else 0
    while i < len(text):
        code, size = char_at(text, i)
        this = np.int64(breaks[code])
        kind = _plain(this)
        if not 1 << kind & _IGNORED:
            is_glued = last == ZWJ and this >= PICT  # WB3c
            is_glued |= last == WSEGSPACE and this == WSEGSPACE  # WB3d
            is_glued |= n_flags % 2 == 1 and kind == REGIONAL_INDICATOR  # WB15, WB16
            is_glued = is_glued or _joins(before, previous, kind)
            if not is_glued and not _leads(previous, kind, text, i + size, breaks):
                return i
            n_flags = n_flags + 1 if kind == REGIONAL_INDICATOR else 0
            before, previous = previous, kind
        last = this
        i += size
    return i


@njit(cache=True, nogil=True, forceinline=True)
def _plain(value: int) -> int:  # pragma: no cover
    """Forget that a character is an emoji: only WB3c asks."""
    return value if value < PICT else value - PICT  # OTHER is 0, ALETTER is 1


@njit(cache=True, nogil=True, forceinline=True)
def _joins(before: int, previous: int, kind: int) -> bool:  # pragma: no cover
    """Say whether ``previous × kind`` by WB5 and WB7 to WB13b; ``before`` stands before ``previous``."""
    here, left, far = 1 << kind, 1 << previous, 1 << before
    if left & _WORDY:
        return here & (_WORDY | 1 << EXTENDNUMLET) != 0 or (kind == SINGLE_QUOTE and previous == HEBREW_LETTER)
    if left & (1 << KATAKANA | 1 << EXTENDNUMLET):
        is_joined = here & (1 << KATAKANA | 1 << EXTENDNUMLET) != 0
        return is_joined or (previous == EXTENDNUMLET and here & _WORDY != 0)
    if left & _MID_WORD and far & _LETTERS and here & _LETTERS:
        return True
    if left & _MID_NUMBER and before == NUMERIC and kind == NUMERIC:
        return True
    return previous == DOUBLE_QUOTE and before == HEBREW_LETTER and kind == HEBREW_LETTER


@njit(cache=True, nogil=True, forceinline=True)
def _leads(previous: int, kind: int, text: Bytes, i: int, breaks: Bytes) -> bool:  # pragma: no cover
    """Say whether ``previous × kind`` because of what follows at ``i`` (WB6, WB7b, WB12)."""
    if 1 << previous & _WORDY == 0 or 1 << kind & (_MID_WORD | _MID_NUMBER | 1 << DOUBLE_QUOTE) == 0:
        return False
    return _joins(previous, kind, _next(text, i, breaks))


@njit(cache=True, nogil=True)
def _next(text: Bytes, i: int, breaks: Bytes) -> int:  # pragma: no cover
    """Give the property of the next character that WB4 does not ignore; OTHER at the end."""
    while i < len(text):
        code, size = char_at(text, i)
        kind = _plain(np.int64(breaks[code]))
        if not 1 << kind & _IGNORED:
            return kind
        i += size
    return OTHER
