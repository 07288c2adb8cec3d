"""The rules of UAX #29 for word boundaries (WB3 to WB999), for texts that are not plain.

``words`` asks them where a character before or behind a boundary may have a part in them.
"""

import numpy as np

from transforms.text.compiled import inlined
from transforms.text.unicode import Bytes, char_at
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

_LETTERS = 1 << ALETTER | 1 << HEBREW_LETTER
_WORDY = _LETTERS | 1 << NUMERIC
_MID_WORD = 1 << MIDLETTER | 1 << MIDNUMLET | 1 << SINGLE_QUOTE
_MID_NUMBER = 1 << MIDNUM | 1 << MIDNUMLET | 1 << SINGLE_QUOTE
_IGNORED = 1 << EXTEND | 1 << FORMAT | 1 << ZWJ


@inlined
def next_boundary(text: Bytes, start: int, breaks: Bytes) -> int:  # pragma: no cover
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


@inlined
def _plain(value: int) -> int:  # pragma: no cover
    """Forget that a character is an emoji: only WB3c asks."""
    return value if value < PICT else value - PICT  # OTHER is 0, ALETTER is 1


@inlined
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


@inlined
def _leads(previous: int, kind: int, text: Bytes, i: int, breaks: Bytes) -> bool:  # pragma: no cover
    """Say whether ``previous × kind`` because of what follows at ``i`` (WB6, WB7b, WB12)."""
    if 1 << previous & _WORDY == 0 or 1 << kind & (_MID_WORD | _MID_NUMBER | 1 << DOUBLE_QUOTE) == 0:
        return False
    return _joins(previous, kind, _next(text, i, breaks))


@inlined
def _next(text: Bytes, i: int, breaks: Bytes) -> int:  # pragma: no cover
    """Give the property of the next character that WB4 does not ignore; OTHER at the end."""
    while i < len(text):
        code, size = char_at(text, i)
        kind = _plain(np.int64(breaks[code]))
        if not 1 << kind & _IGNORED:
            return kind
        i += size
    return OTHER
