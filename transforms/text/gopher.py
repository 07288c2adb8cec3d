"""Word and Gopher quality measures, one pass over UTF-8 bytes (definitions: schemas/measures.py).

Each kernel function measures one thing of one text ``data[start:end]``; ``measure`` runs them over
a batch. They agree exactly with plain Python's ``str`` methods: the tests hold the reference.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from transforms.text.unicode import ALNUM, ALPHA, SPACE, Bytes, classes

Longs = npt.NDArray[np.int64]
Doubles = npt.NDArray[np.float64]

# What DCLM and Gopher ask for, packed as big-endian ASCII behind a 1, so that a NUL counts as a character.
_STOP_WORDS = tuple(int.from_bytes(b"\1" + w, "big") for w in b"the be to of and that have with".split())


class TextMeasures(NamedTuple):
    """One value per text, in batch order; names as in schemas/measures.py."""

    n_chars: Longs
    n_bytes: Longs
    n_words: Longs
    mean_word_chars: Doubles
    n_counted_words: Longs
    symbol_word_ratio: Doubles
    bullet_line_ratio: Doubles
    ellipsis_line_ratio: Doubles
    non_alpha_word_ratio: Doubles
    n_stop_words: Longs


def measure(data: Bytes, offsets: Longs) -> TextMeasures:
    """Measure a batch of texts.

    Args:
        data: Valid UTF-8 bytes of all texts, one after another.
        offsets: Text ``i`` is ``data[offsets[i]:offsets[i + 1]]``.
    """
    counts, ratios = _batch(data, offsets, classes())
    chars, size, words, counted, stop = counts.T
    mean, symbols, bullets, ellipses, non_alpha = ratios.T
    return TextMeasures(chars, size, words, mean, counted, symbols, bullets, ellipses, non_alpha, stop)


@njit(cache=True, nogil=True)
def _batch(data: Bytes, offsets: Longs, table: Bytes) -> tuple[Longs, Doubles]:  # pragma: no cover
    n = len(offsets) - 1
    counts = np.zeros((n, 5), np.int64)
    ratios = np.zeros((n, 5), np.float64)
    for i in range(n):
        start, end = offsets[i], offsets[i + 1]
        n_chars, n_word_chars, n_words, n_alpha, n_stop = _words(data, start, end, table)
        n_lines, n_bullets, n_ellipses = _lines(data, start, end, table)
        counts[i] = (n_chars, end - start, n_words, _counted_words(data, start, end, table), n_stop)
        if n_words > 0:
            ratios[i, 0] = n_word_chars / n_words
            ratios[i, 1] = _symbols(data, start, end) / n_words
            ratios[i, 4] = (n_words - n_alpha) / n_words
        if n_lines > 0:
            ratios[i, 2] = n_bullets / n_lines
            ratios[i, 3] = n_ellipses / n_lines
    return counts, ratios


@njit(cache=True, nogil=True)
def char_at(data: Bytes, i: int) -> tuple[int, int]:  # pragma: no cover
    """Decode the code point at byte ``i`` of valid UTF-8; gives it and its length in bytes."""
    b = np.int64(data[i])
    if b < 0x80:
        return b, 1
    if b < 0xE0:
        return (b & 0x1F) << 6 | (data[i + 1] & 0x3F), 2
    if b < 0xF0:
        return (b & 0x0F) << 12 | (data[i + 1] & 0x3F) << 6 | (data[i + 2] & 0x3F), 3
    return (b & 0x07) << 18 | (data[i + 1] & 0x3F) << 12 | (data[i + 2] & 0x3F) << 6 | (data[i + 3] & 0x3F), 4


@njit(cache=True, nogil=True)
def _words(data: Bytes, start: int, end: int, table: Bytes) -> tuple[int, int, int, int, int]:  # pragma: no cover
    """Count code points, those in words, words, words with a letter, and stop words."""
    n_chars = n_word_chars = n_words = n_alpha = n_stop = 0
    is_inside = has_alpha = False
    packed, n_packed = 1, 0  # the word so far, lower-cased ASCII; too long to be a stop word: 5
    i = start
    while i <= end:
        code, size = (32, 1) if i == end else char_at(data, i)
        kind = table[code]
        if kind & SPACE:
            if is_inside:
                n_alpha += has_alpha
                n_stop += n_packed < 5 and packed in _STOP_WORDS
            is_inside = False
        else:
            if not is_inside:
                is_inside, has_alpha, packed, n_packed = True, False, 1, 0
                n_words += 1
            has_alpha |= kind & ALPHA != 0
            n_packed = n_packed + 1 if code < 128 and n_packed < 4 else 5
            if n_packed < 5:
                packed = packed << 8 | (code + 32 if 65 <= code <= 90 else code)
            n_word_chars += 1
        n_chars += i < end
        i += size
    return n_chars, n_word_chars, n_words, n_alpha, n_stop


@njit(cache=True, nogil=True)
def _counted_words(data: Bytes, start: int, end: int, table: Bytes) -> int:  # pragma: no cover
    """Count fastText tokens (cut at ASCII white space and NUL) whose first character is alphanumeric."""
    n = 0
    is_inside = False
    i = start
    while i < end:
        code, size = char_at(data, i)
        if code == 32 or 9 <= code <= 13 or code == 0:
            is_inside = False
        elif not is_inside:
            is_inside = True
            n += table[code] & ALNUM != 0
        i += size
    return n


@njit(cache=True, nogil=True)
def _symbols(data: Bytes, start: int, end: int) -> int:  # pragma: no cover
    """Count ``#``, ``...``, ``. . .`` and ``…``, each as ``str.count`` does, without overlaps."""
    n = 0
    after_dots = after_spaced = start
    for i in range(start, end):
        b = data[i]
        if b == 35 or (b == 0xE2 and _is_ellipsis_char(data, i)):
            n += 1
        elif b == 46:
            if i >= after_dots and i + 2 < end and data[i + 1] == 46 and data[i + 2] == 46:
                n += 1
                after_dots = i + 3
            if i >= after_spaced and i + 4 < end and _is_spaced_dots(data, i):
                n += 1
                after_spaced = i + 5
    return n


@njit(cache=True, nogil=True)
def _is_ellipsis_char(data: Bytes, i: int) -> bool:  # pragma: no cover
    return data[i] == 0xE2 and data[i + 1] == 0x80 and data[i + 2] == 0xA6


@njit(cache=True, nogil=True)
def _is_spaced_dots(data: Bytes, i: int) -> bool:  # pragma: no cover
    return data[i] == 46 and data[i + 1] == 32 and data[i + 2] == 46 and data[i + 3] == 32 and data[i + 4] == 46


@njit(cache=True, nogil=True)
def _lines(data: Bytes, start: int, end: int, table: Bytes) -> tuple[int, int, int]:  # pragma: no cover
    """Count non-empty stripped lines, those that start with a bullet, those that end in an ellipsis."""
    n_lines = n_bullets = n_ellipses = 0
    first = last = -1  # the stripped line is data[first:last]
    i = start
    while i <= end:
        code, size = (10, 1) if i == end else char_at(data, i)
        if code == 10:
            if first >= 0:
                n_lines += 1
                n_bullets += _is_bullet(data, first)
                n_ellipses += _ends_in_ellipsis(data, first, last)
            first = -1
        elif not table[code] & SPACE:
            if first < 0:
                first = i
            last = i + size
        i += size
    return n_lines, n_bullets, n_ellipses


@njit(cache=True, nogil=True)
def _is_bullet(data: Bytes, i: int) -> bool:  # pragma: no cover
    """``*``, ``-``, ``•`` (E2 80 A2) or ``●`` (E2 97 8F)."""
    b = data[i]
    if b == 0xE2:
        return (data[i + 1] == 0x80 and data[i + 2] == 0xA2) or (data[i + 1] == 0x97 and data[i + 2] == 0x8F)
    return b == 42 or b == 45


@njit(cache=True, nogil=True)
def _ends_in_ellipsis(data: Bytes, first: int, last: int) -> bool:  # pragma: no cover
    if last - first >= 3:
        if _is_ellipsis_char(data, last - 3):
            return True
        if data[last - 3] == 46 and data[last - 2] == 46 and data[last - 1] == 46:
            return True
    return last - first >= 5 and _is_spaced_dots(data, last - 5)
