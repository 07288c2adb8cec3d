"""Gopher quality measures (Rae et al. 2021, Table A1) as datatrove 0.10 counts them.

Definitions: schemas/measures.py, ``DatatroveQualityMeasures``.
"""

import numpy as np

from transforms.text.compiled import inlined, kernel
from transforms.text.cut import Cut
from transforms.text.eights import eight_at, first_bytes
from transforms.text.ellipses import SignCounts, ends_in_ellipsis
from transforms.text.stop_words import LONGEST, is_stop_word
from transforms.text.text_lines import FIRST, LAST, START
from transforms.text.unicode import SPACE, Bytes, Doubles, Ints, char_at
from transforms.text.words import HAS_ALPHA, HAS_NON_MARK


@kernel
def describe(text: Bytes, cut: Cut, signs: SignCounts, table: Bytes, row: Doubles) -> None:  # pragma: no cover
    """Measure one text into ``row``, in the order of ``DatatroveQualityMeasures``.

    Args:
        text: Valid UTF-8 of one text.
        cut: Its lines and words.
        signs: What ``ellipses.count_signs`` gives of it.
        table: ``unicode.classes()``.
        row: One number per measure, to be filled; zeros before.
    """
    words = cut.words
    n = len(words)
    n_plain = n_chars = n_alpha = 0
    for i in range(n):
        bits = words[i, 3]
        is_plain = bits & HAS_NON_MARK != 0
        n_alpha += bits & HAS_ALPHA != 0
        n_plain += is_plain
        n_chars += words[i, 2] * is_plain
    n_lines, n_bullets, n_ends = _lines(text, table) if _has_other_breaks(text) else _plain_lines(text, cut.lines)
    row[0], row[1] = n, n_plain
    row[2] = n_chars / max(n_plain, 1)
    row[3] = signs.n_hashes / max(n, 1)
    row[4] = (signs.n_dots + signs.n_ellipses) / max(n, 1)
    row[5], row[6] = n_bullets / max(n_lines, 1), n_ends / max(n_lines, 1)
    row[7] = n_alpha / max(n, 1)
    row[8] = _count_stop_words(text, cut)


@kernel
def _count_stop_words(text: Bytes, cut: Cut) -> int:  # pragma: no cover
    """Count the stop words that occur at all: each distinct word is looked at once."""
    n = 0
    for at in cut.firsts:
        word = np.uint64(at)
        first = np.int64(cut.words[word, 0])
        size = np.int64(cut.words[word, 1]) - first
        n += (size <= LONGEST) & is_stop_word(first_bytes(eight_at(text, first), min(size, LONGEST)))
    return n


@kernel
def _has_other_breaks(text: Bytes) -> bool:  # pragma: no cover
    r"""Say whether a line break other than ``\n`` may be in a text, or a control character.

    Without branches, and with flags of a byte, so that the compiler takes 32 places or more at once.
    """
    has_controls = has_lines = has_next = np.uint8(0)
    for b in text:
        has_controls = np.uint8(has_controls | np.uint8((b < 32) & (b != 10) & (b != 9)))
    one, two, three = text[:-1], text[1:], text[2:]
    for i in range(len(three)):  # U+2028 and U+2029
        is_one = (one[i] == 0xE2) & (two[i] == 0x80) & (three[i] | 1 == 0xA9)
        has_lines = np.uint8(has_lines | np.uint8(is_one))
    for i in range(len(two)):  # U+0085
        has_next = np.uint8(has_next | np.uint8((one[i] == 0xC2) & (two[i] == 0x85)))
    return has_controls + has_lines + has_next > 0


@kernel
def _plain_lines(text: Bytes, lines: Ints) -> tuple[int, int, int]:  # pragma: no cover
    r"""Do as ``_lines`` for a text in which only ``\n`` ends a line."""
    n_bullets = n_ends = 0
    for k in range(len(lines)):
        first, last = lines[k, FIRST], lines[k, LAST]
        if first < last:
            n_bullets += _is_bullet(text, first)
            n_ends += ends_in_ellipsis(text, first, last)
    return len(lines) - (lines[-1, START] == len(text)), n_bullets, n_ends


@kernel
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
            n_ends += first >= 0 and ends_in_ellipsis(text, first, last)
            first, start = -1, i + size
        elif not table[code] & SPACE:
            first = i if first < 0 else first
            last = i + size
        i += size
    if start < len(text):
        n_lines += 1
        n_bullets += first >= 0 and _is_bullet(text, first)
        n_ends += first >= 0 and ends_in_ellipsis(text, first, last)
    return n_lines, n_bullets, n_ends


@inlined
def _ends_line(code: int) -> bool:  # pragma: no cover
    return 10 <= code <= 13 or 28 <= code <= 30 or code == 0x85 or code == 0x2028 or code == 0x2029


@inlined
def _is_bullet(text: Bytes, i: int) -> bool:  # pragma: no cover
    """``-`` or ``•`` (E2 80 A2)."""
    return text[i] == 45 or (text[i] == 0xE2 and text[i + 1] == 0x80 and text[i + 2] == 0xA2)
