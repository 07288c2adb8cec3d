"""Word and Gopher quality measures, one pass over UTF-8 bytes (definitions: schemas/measures.py).

Each kernel function measures one thing of one text; ``text_rules`` runs them over a batch. They agree exactly
with plain Python's ``str`` methods: the tests hold the reference.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from transforms.text.text_lines import FIRST, LAST
from transforms.text.unicode import ALNUM, ALPHA, SPACE, Bytes, Doubles, Ints, Longs, char_at, classes

# What DCLM and Gopher ask for, packed as big-endian ASCII behind a 1, so that a NUL counts as a character.
_STOP_WORDS = tuple(int.from_bytes(b"\1" + w, "big") for w in b"the be to of and that have with".split())


class WordCounts(NamedTuple):
    """What is counted of a text's words, as ``str.split`` cuts them."""

    n_chars: int
    n_words: int
    n_word_chars: int
    n_alpha: int
    """Words with a letter."""
    n_stop: int
    """Stop words, in any case."""
    n_counted: int
    """Words as fastText cuts them, whose first character is alphanumeric."""


@njit(cache=True, nogil=True)
def describe_size(text: Bytes, counts: WordCounts, row: Doubles) -> None:  # pragma: no cover
    """Measure one text into ``row``, in the order of ``WordMeasures``; zeros before."""
    row[0], row[1], row[2] = counts.n_chars, len(text), counts.n_words
    if counts.n_words > 0:
        row[3] = counts.n_word_chars / counts.n_words


@njit(cache=True, nogil=True)
def describe(text: Bytes, lines: Ints, counts: WordCounts, row: Doubles) -> None:  # pragma: no cover
    """Measure one text into ``row``, in the order of ``GopherMeasures``.

    Args:
        text: Valid UTF-8 of one text.
        lines: Its lines, as ``text_lines.cut_lines`` gives them.
        counts: What ``count_words`` gives of it.
        row: One number per measure, to be filled; zeros before.
    """
    n_lines, n_bullets, n_ellipses = _lines(text, lines)
    row[0], row[5] = counts.n_counted, counts.n_stop
    if counts.n_words > 0:
        row[1] = _symbols(text) / counts.n_words
        row[4] = (counts.n_words - counts.n_alpha) / counts.n_words
    if n_lines > 0:
        row[2] = n_bullets / n_lines
        row[3] = n_ellipses / n_lines


def counted_words(data: Bytes, offsets: Longs) -> Longs:
    """Give ``n_counted_words`` of each text of a batch, alone."""
    return _batch_counted(data, offsets, classes())


@njit(cache=True, nogil=True)
def _batch_counted(data: Bytes, offsets: Longs, table: Bytes) -> Longs:  # pragma: no cover
    found = np.empty(len(offsets) - 1, np.int64)
    for i in range(len(found)):
        found[i] = _counted_words(data[offsets[i] : offsets[i + 1]], table)
    return found


@njit(cache=True, nogil=True)
def count_words(text: Bytes, table: Bytes) -> WordCounts:  # pragma: no cover
    """Count characters, words and kinds of words of one text; ``table`` is ``unicode.classes()``."""
    n_chars = n_word_chars = n_words = n_alpha = n_stop = n_counted = 0
    seen, n_inside, packed, i = 0, 0, 1, 0  # of the word so far: kinds of characters, how many; lower-cased ASCII
    is_token = False  # whether fastText's token goes on: it ends at ASCII white space and NUL
    while i < len(text):
        code, size = char_at(text, i)
        kind = table[code]
        is_gap = code <= 32 and (code == 32 or 9 <= code <= 13 or code == 0)
        n_counted += not is_token and not is_gap and kind & ALNUM != 0
        is_token = not is_gap
        n_chars += 1
        i += size
        if kind & SPACE:
            n_alpha += seen & ALPHA != 0
            n_stop += 1 < n_inside < 5 and packed in _STOP_WORDS
            seen, n_inside, packed = 0, 0, 1
            continue
        n_words += n_inside == 0
        n_inside += 1
        n_word_chars += 1
        seen |= kind
        packed = (
            packed << 8 | (code | 32 if 65 <= code <= 90 else code)
            if packed > 0 and n_inside < 5 and code < 128
            else -1
        )
    n_alpha += seen & ALPHA != 0
    n_stop += 1 < n_inside < 5 and packed in _STOP_WORDS
    return WordCounts(n_chars, n_words, n_word_chars, n_alpha, n_stop, n_counted)


@njit(cache=True, nogil=True)
def _counted_words(data: Bytes, table: Bytes) -> int:  # pragma: no cover
    """Count fastText tokens (cut at ASCII white space and NUL) whose first character is alphanumeric."""
    n = i = 0
    is_inside = False
    while i < len(data):
        code, size = char_at(data, i)
        if code == 32 or 9 <= code <= 13 or code == 0:
            is_inside = False
        elif not is_inside:
            is_inside = True
            n += table[code] & ALNUM != 0
        i += size
    return n


@njit(cache=True, nogil=True)
def _symbols(data: Bytes) -> int:  # pragma: no cover
    """Count ``#``, ``...``, ``. . .`` and ``…``, each as ``str.count`` does, without overlaps."""
    n = after_dots = after_spaced = 0
    end = len(data)
    for i in range(end):
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
def _lines(text: Bytes, lines: Ints) -> tuple[int, int, int]:  # pragma: no cover
    """Count lines that are not blank, those that start with a bullet, those that end in an ellipsis."""
    n_lines = n_bullets = n_ellipses = 0
    for k in range(len(lines)):
        first, last = lines[k, FIRST], lines[k, LAST]
        if first < last:
            n_lines += 1
            n_bullets += _is_bullet(text, first)
            n_ellipses += _ends_in_ellipsis(text, first, last)
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
