"""Gopher quality measures (Rae et al. 2021, Table A1) as datatrove 0.10 counts them.

Definitions: schemas/measures.py, ``DatatroveQualityMeasures``.
"""

import numpy as np
from numba import njit

from transforms.text.cut import Cut
from transforms.text.text_lines import FIRST, LAST, START
from transforms.text.unicode import SPACE, Bytes, Doubles, Ints, char_at
from transforms.text.words import HAS_ALPHA, HAS_NON_MARK

# The stop words as numbers, first byte lowest; a segment's number counts its length by a 1 above its bytes.
_STOP_WORDS = tuple(int.from_bytes(w + b"\1", "little") for w in b"the be to of and that have with".split())


@njit(cache=True, nogil=True)
def describe(text: Bytes, cut: Cut, table: Bytes, row: Doubles) -> None:  # pragma: no cover
    """Measure one text into ``row``, in the order of ``DatatroveQualityMeasures``.

    Args:
        text: Valid UTF-8 of one text.
        cut: Its lines and words.
        table: ``unicode.classes()``.
        row: One number per measure, to be filled; zeros before.
    """
    words = cut.words
    n = len(words)
    n_plain = n_chars = n_alpha = stop_words = 0
    for i in range(n):
        bits = words[i, 3]
        n_alpha += bits & HAS_ALPHA != 0
        if bits & HAS_NON_MARK:
            n_plain += 1
            n_chars += words[i, 2]
            stop_words |= _stop_word(text, words[i, 0], words[i, 1])
    n_hashes, n_ellipses = _symbols(text)
    n_lines, n_bullets, n_ends = _lines(text, table) if _has_other_breaks(text) else _plain_lines(text, cut.lines)
    row[0], row[1] = n, n_plain
    row[2] = n_chars / max(n_plain, 1)
    row[3], row[4] = n_hashes / max(n, 1), n_ellipses / max(n, 1)
    row[5], row[6] = n_bullets / max(n_lines, 1), n_ends / max(n_lines, 1)
    row[7] = n_alpha / max(n, 1)
    for k in range(len(_STOP_WORDS)):
        row[8] += stop_words >> k & 1


@njit(cache=True, nogil=True)
def _stop_word(text: Bytes, first: int, last: int) -> int:  # pragma: no cover
    """Give the bit of the stop word ``text[first:last]``; 0: it is none."""
    if last - first > 4:
        return 0
    packed = 1
    for i in range(last - 1, first - 1, -1):
        packed = packed << 8 | np.int64(text[i])
    for k in range(len(_STOP_WORDS)):
        if packed == _STOP_WORDS[k]:
            return 1 << k
    return 0


@njit(cache=True, nogil=True)
def _symbols(text: Bytes) -> tuple[int, int]:  # pragma: no cover
    """Count ``#``, and ``...`` with ``…``, as ``str.count`` does."""
    n_hashes = n_ellipses = after = 0
    for i in range(len(text)):
        b = text[i]
        if b == 35:
            n_hashes += 1
        elif b == 0xE2:
            n_ellipses += text[i + 1] == 0x80 and text[i + 2] == 0xA6
        elif b == 46 and i >= after and _are_dots(text, i):
            n_ellipses += 1
            after = i + 3
    return n_hashes, n_ellipses


@njit(cache=True, nogil=True)
def _are_dots(text: Bytes, i: int) -> bool:  # pragma: no cover
    return i + 2 < len(text) and text[i] == 46 and text[i + 1] == 46 and text[i + 2] == 46


@njit(cache=True, nogil=True)
def _has_other_breaks(text: Bytes) -> bool:  # pragma: no cover
    r"""Say whether a byte may belong to a line break other than ``\n``."""
    n = 0
    for b in text:
        n += (b < 32 and b != 10 and b != 9) or b == 0xC2 or b == 0xE2
    return n > 0


@njit(cache=True, nogil=True)
def _plain_lines(text: Bytes, lines: Ints) -> tuple[int, int, int]:  # pragma: no cover
    r"""Do as ``_lines`` for a text in which only ``\n`` ends a line."""
    n_bullets = n_ends = 0
    for k in range(len(lines)):
        first, last = lines[k, FIRST], lines[k, LAST]
        if first < last:
            n_bullets += _is_bullet(text, first)
            n_ends += _is_ellipsis_before(text, first, last)
    return len(lines) - (lines[-1, START] == len(text)), n_bullets, n_ends


@njit(cache=True, nogil=True)
def _lines(text: Bytes, table: Bytes) -> tuple[int, int, int]:  # pragma: no cover
    """Count lines as ``str.splitlines`` cuts them, those that start with a bullet, those that end in an ellipsis."""
    n_lines = n_bullets = n_ends = start = i = 0
    first = last = -1  # the line without white space around is text[first:last]
    while i < len(text):
        code, size = char_at(text, i)
        if _ends_line(code):
            if code == 13 and i + 1 < len(text) and text[i + 1] == 10:
                size = 2
            n_lines += 1
            n_bullets += first >= 0 and _is_bullet(text, first)
            n_ends += first >= 0 and _is_ellipsis_before(text, first, last)
            first, start = -1, i + size
        elif not table[code] & SPACE:
            first = i if first < 0 else first
            last = i + size
        i += size
    if start < len(text):
        n_lines += 1
        n_bullets += first >= 0 and _is_bullet(text, first)
        n_ends += first >= 0 and _is_ellipsis_before(text, first, last)
    return n_lines, n_bullets, n_ends


@njit(cache=True, nogil=True, inline="always")
def _ends_line(code: int) -> bool:  # pragma: no cover
    return 10 <= code <= 13 or 28 <= code <= 30 or code == 0x85 or code == 0x2028 or code == 0x2029


@njit(cache=True, nogil=True)
def _is_bullet(text: Bytes, i: int) -> bool:  # pragma: no cover
    """``-`` or ``•`` (E2 80 A2)."""
    return text[i] == 45 or (text[i] == 0xE2 and text[i + 1] == 0x80 and text[i + 2] == 0xA2)


@njit(cache=True, nogil=True)
def _is_ellipsis_before(text: Bytes, first: int, last: int) -> bool:  # pragma: no cover
    if last - first < 3:
        return False
    i = last - 3
    return _are_dots(text, i) or (text[i] == 0xE2 and text[i + 1] == 0x80 and text[i + 2] == 0xA6)
