"""Word and Gopher quality measures (definitions: schemas/measures.py).

Each kernel function measures one thing of one text; ``text_rules`` runs them over a batch. They agree exactly
with plain Python's ``str`` methods: the tests hold the reference.
"""

import numpy as np

from transforms.text.compiled import inlined, kernel
from transforms.text.ellipses import SignCounts, ends_in_ellipsis, ends_in_spaced_dots
from transforms.text.text_lines import FIRST, LAST
from transforms.text.unicode import ALNUM, Bytes, Doubles, Ints, Longs, char_at, classes
from transforms.text.word_counts import WordCounts


@kernel
def describe_size(text: Bytes, counts: WordCounts, row: Doubles) -> None:  # pragma: no cover
    """Measure one text into ``row``, in the order of ``WordMeasures``; zeros before."""
    row[0], row[1], row[2] = counts.n_chars, len(text), counts.n_words
    if counts.n_words > 0:
        row[3] = counts.n_word_chars / counts.n_words


@kernel
def describe(text: Bytes, lines: Ints, words: WordCounts, signs: SignCounts, row: Doubles) -> None:  # pragma: no cover
    """Measure one text into ``row``, in the order of ``GopherMeasures``.

    Args:
        text: Valid UTF-8 of one text.
        lines: Its lines, as ``text_lines.cut_lines`` gives them.
        words: What ``word_counts.count_words`` gives of it.
        signs: What ``ellipses.count_signs`` gives of it.
        row: One number per measure, to be filled; zeros before.
    """
    n_lines, n_bullets, n_ellipses = _lines(text, lines)
    row[0], row[5] = words.n_counted, words.n_stop
    if words.n_words > 0:
        n_signs = signs.n_hashes + signs.n_ellipses + signs.n_dots + signs.n_spaced_dots
        row[1] = n_signs / words.n_words
        row[4] = (words.n_words - words.n_alpha) / words.n_words
    if n_lines > 0:
        row[2] = n_bullets / n_lines
        row[3] = n_ellipses / n_lines


def counted_words(data: Bytes, offsets: Longs) -> Longs:
    """Give ``n_counted_words`` of each text of a batch, alone."""
    return _batch_counted(data, offsets, classes())


@kernel
def _batch_counted(data: Bytes, offsets: Longs, table: Bytes) -> Longs:  # pragma: no cover
    found = np.empty(len(offsets) - 1, np.int64)
    for i in range(len(found)):
        found[i] = _counted_words(data[offsets[i] : offsets[i + 1]], table)
    return found


@kernel
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


@kernel
def _lines(text: Bytes, lines: Ints) -> tuple[int, int, int]:  # pragma: no cover
    """Count lines that are not blank, those that start with a bullet, those that end in an ellipsis."""
    n_lines = n_bullets = n_ellipses = 0
    for k in range(len(lines)):
        first, last = lines[k, FIRST], lines[k, LAST]
        if first < last:
            n_lines += 1
            n_bullets += _is_bullet(text, first)
            n_ellipses += ends_in_ellipsis(text, first, last) or ends_in_spaced_dots(text, first, last)
    return n_lines, n_bullets, n_ellipses


@inlined
def _is_bullet(text: Bytes, i: int) -> bool:  # pragma: no cover
    """``*``, ``-``, ``•`` (E2 80 A2) or ``●`` (E2 97 8F)."""
    b = text[i]
    if b == 0xE2:
        return (text[i + 1] == 0x80 and text[i + 2] == 0xA2) or (text[i + 1] == 0x97 and text[i + 2] == 0x8F)
    return b == 42 or b == 45
