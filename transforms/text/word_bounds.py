"""Where words of a list may begin and end in a text, for scripts with spaces between words and without.

A boundary is before every character but a combining mark, and but a letter or digit that follows another one, marks
between them left out. So a boundary is on both sides of Han, Kana, Thai, Lao, Khmer and Myanmar characters, which are
written without spaces. These are the classes of UAX #29, without its rules on what joins two words, such as an
apostrophe: "l'homme" has the words "l" and "homme".
"""

from functools import lru_cache

import numpy as np

from transforms.text.compiled import kernel
from transforms.text.lowering import ascii_end
from transforms.text.unicode import Bytes, char_at
from transforms.text.word_breaks import (
    ALETTER,
    EXTEND,
    EXTENDNUMLET,
    FORMAT,
    HEBREW_LETTER,
    NUMERIC,
    PICT_ALETTER,
    ZWJ,
    word_breaks,
)

LETTER, MARK = 1, 2
"""Bits of a character's kind: a letter or digit of a script with spaces, or ``_``; what belongs to the one before."""


@lru_cache(maxsize=1)
def bound_kinds() -> Bytes:
    """Give the kind of every code point, 0x110000 bytes."""
    breaks = word_breaks()
    is_letter = np.isin(breaks, (ALETTER, PICT_ALETTER, HEBREW_LETTER, NUMERIC, EXTENDNUMLET))
    return (LETTER * is_letter + MARK * np.isin(breaks, (EXTEND, FORMAT, ZWJ))).astype(np.uint8)


@kernel
def find_bounds(text: Bytes, kinds: Bytes, found: Bytes, room: Bytes) -> None:  # pragma: no cover
    """Write for every byte whether a boundary is before it; what is written inside a character means nothing.

    Loops without a way out, but for longer characters, so that the compiler does many bytes at once.

    Args:
        text: Valid UTF-8 of one text.
        kinds: ``bound_kinds()``.
        found: To be filled with 0 and 1; one byte more than the text, for its end, where a boundary always is.
        room: As long as the text; what is in it is overwritten.
    """
    size = len(text)
    has_longer = np.uint8(0)
    for i in range(size):
        b = text[i]
        has_longer |= b
        room[i] = np.uint8((b | 32 >= 97) & (b | 32 <= 122)) | np.uint8((b >= 48) & (b <= 57)) | np.uint8(b == 95)
    if has_longer >= 0x80:
        _write_longer(text, kinds, room)
    before, here, told = room[: max(size - 1, 0)], room[1:size], found[1:size]
    for i in range(len(told)):
        told[i] = ((before[i] & here[i]) | here[i] >> 1) & 1 ^ 1
    found[size] = 1
    if size > 0:
        found[0] = room[0] >> 1 ^ 1


@kernel
def _write_longer(text: Bytes, kinds: Bytes, room: Bytes) -> None:  # pragma: no cover
    """Write the kind of every character beyond ASCII into all its bytes; a mark is a letter as well if behind one."""
    at = ascii_end(text, 0)
    while at < len(text):
        code, size = char_at(text, at)
        kind = kinds[code]
        if kind == MARK and at > 0:
            kind |= room[at - 1] & LETTER
        for i in range(at, at + size):
            room[i] = kind
        at = ascii_end(text, at + size)
