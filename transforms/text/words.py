"""The one splitter: words by UAX #29, shared by every rule that counts words this way.

A segment is what lies between two word boundaries (rules WB3 to WB999). Rules count those that
are not white space; punctuation is a segment of its own, which some of them count and others not.
"""

import numpy as np

from transforms.text.byte_kinds import (
    ASK,
    DIGIT,
    END,
    IS_ASK,
    IS_BLANK,
    IS_LETTER,
    IS_MID,
    IS_NO_WORD,
    IS_START,
    MID,
    byte_kinds,
    starts,
)
from transforms.text.compiled import inlined, kernel
from transforms.text.marks import MARK
from transforms.text.unicode import ALNUM, ALPHA, SPACE, Bytes, Ints, char_at
from transforms.text.word_rules import next_boundary
from transforms.text.word_tables import Tables

FIRST_ALNUM, HAS_ALPHA, HAS_NON_MARK = 1, 2, 4
"""Bits of a segment: its first character is alphanumeric; one is a letter; one is no punctuation mark."""

_BLANK = 8  # in place of other bits: of white space
_0, _1 = np.uint64(0), np.uint64(1)


@kernel
def segments(text: Bytes, known: Tables) -> Ints:  # pragma: no cover
    """Cut a text into its segments that are not white space.

    Most segments of most texts are plain: ASCII words, spaces and marks that no rule can lengthen. They
    are taken here, in a small part of the time that the rules need.

    Args:
        text: Valid UTF-8 of one text.
        known: ``word_tables.tables()``.

    Returns:
        A row for each: first byte, byte behind the last, characters, bits.
    """
    kinds = byte_kinds(text)
    at = starts(kinds)
    # Room for the most that there may be: memory that is not written costs nothing, but in a loop that
    # replaces an array numba counts references to it at every turn, which costs more than the work.
    found = np.empty((len(at), 4), np.int32)
    n = j = _0  # without sign: a signed index that may be negative, for all the compiler knows, is made good first
    while j < len(at) - 1:
        first, end = np.uint64(at[j]), np.uint64(at[j + _1])
        j += _1
        kind, follows = np.int64(kinds[first]), np.int64(kinds[end])
        if follows & (IS_ASK | IS_MID) == IS_ASK and not kind & IS_ASK:
            # Not ASCII: most such characters end a segment like any mark, and letters any but a word.
            follows = _kind_at(text, np.int64(end), known.kinds)
            follows |= IS_ASK * ((kind | follows) & IS_NO_WORD == 0)
        if (kind | follows) & IS_ASK == 0:
            n_chars, bits = np.int64(end - first), _plain_bits(kinds, first, end)
        else:
            past, n_chars, bits = _segment(text, np.int64(first), known)
            end = np.uint64(past)
            while at[j] < past:
                j += _1
        found[n, 0], found[n, 1], found[n, 2], found[n, 3] = first, end, n_chars, bits
        n += np.uint64(bits < _BLANK)
    return found[:n]


@inlined
def _plain_bits(kinds: Bytes, first: int, end: int) -> int:  # pragma: no cover
    """Give the bits of an ASCII segment: a word, a mark or white space. Few begin with a digit: no other branch."""
    kind = np.int64(kinds[first])
    letter = kind & IS_LETTER
    if kind == DIGIT | IS_START:
        for i in range(first, end):
            letter |= kinds[i] & IS_LETTER
    word = (kind & IS_NO_WORD == 0) * (FIRST_ALNUM | HAS_NON_MARK)
    return word | letter * HAS_ALPHA | (kind & IS_BLANK) * (_BLANK // IS_BLANK)


@inlined
def _segment(text: Bytes, first: int, known: Tables) -> tuple[int, int, int]:  # pragma: no cover
    """Give end, characters and bits of the segment that begins at ``first``."""
    i, n_chars, bits = _word(text, first, known)
    kind = _kind_at(text, i, known.kinds)
    if i > first:
        follows = _kind_at(text, i + 1, known.kinds) if kind == MID else END
        is_sure = kind != ASK and follows & IS_NO_WORD != 0 and follows != ASK
    else:
        i, n_chars, bits = _mark(text, first, known.classes)
        is_sure = kind == END or (kind != ASK and _kind_at(text, i, known.kinds) != ASK)
    if not is_sure:
        i = next_boundary(text, first, known.breaks)
        n_chars, bits = _describe(text, first, i, known.classes)
    return i, n_chars, bits


@inlined
def _kind_at(text: Bytes, i: int, kinds: Bytes) -> int:  # pragma: no cover
    """Give the kind of the character at byte ``i``; behind the text is an end."""
    return np.int64(kinds[char_at(text, i)[0]]) if i < len(text) else END


@inlined
def _word(text: Bytes, start: int, known: Tables) -> tuple[int, int, int]:  # pragma: no cover
    """Give where the letters and digits from ``start`` on end, how many there are, and the segment's bits."""
    i, n, any_of, all_of = start, 0, 0, 0xFF
    while i < len(text):
        code, size = char_at(text, i)
        if known.kinds[code] & IS_NO_WORD:
            break
        any_of |= known.classes[code]
        all_of &= known.classes[code]
        n += 1
        i += size
    return i, n, _bits(known.classes[char_at(text, start)[0]], any_of, all_of)


@inlined
def _mark(text: Bytes, i: int, classes: Bytes) -> tuple[int, int, int]:  # pragma: no cover
    """Take the character at ``i``, or all spaces if it is one; gives the end, 1 for its length, and bits."""
    code, size = char_at(text, i)
    i += size
    while code == 32 and i < len(text) and text[i] == 32:
        i += 1
    return i, 1, _bits(classes[code], classes[code], classes[code])


@inlined
def _describe(text: Bytes, start: int, end: int, classes: Bytes) -> tuple[int, int]:  # pragma: no cover
    """Give a segment's characters and bits."""
    any_of, all_of, n, i = 0, 0xFF, 0, start
    while i < end:
        code, size = char_at(text, i)
        any_of |= classes[code]
        all_of &= classes[code]
        n += 1
        i += size
    return n, _bits(classes[char_at(text, start)[0]], any_of, all_of)


@inlined
def _bits(first: int, any_of: int, all_of: int) -> int:  # pragma: no cover
    """Give a segment's bits from classes: its first character's, and those that any and all of them have."""
    if all_of & SPACE:
        return _BLANK
    alnum = FIRST_ALNUM if first & ALNUM else 0
    alpha = HAS_ALPHA if any_of & ALPHA else 0
    return alnum | alpha | (0 if all_of & MARK else HAS_NON_MARK)
