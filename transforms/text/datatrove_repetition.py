"""Gopher repetition measures (Rae et al. 2021, Table A1) as datatrove 0.10 counts them: extra copies only.

Definitions: schemas/measures.py, ``DatatroveRepetitionMeasures``. Its long n-grams are compared as one
string without spaces, so that ``a bc`` and ``ab c`` are alike; ours are too.
"""

import numpy as np

from transforms.text.compiled import kernel
from transforms.text.cut import Cut
from transforms.text.ids import distinct
from transforms.text.long_grams import greedy_chars
from transforms.text.ngrams import Grams, longer, repeated
from transforms.text.repetition import sums
from transforms.text.text_lines import END, FIRST, LAST, START, count_chars, paragraphs
from transforms.text.unicode import Bytes, Doubles, Ints


@kernel
def describe(text: Bytes, cut: Cut, row: Doubles) -> None:  # pragma: no cover
    """Measure one text into ``row``, in the order of ``DatatroveRepetitionMeasures``.

    Args:
        text: Valid UTF-8 of one text.
        cut: Its lines and words.
        row: One number per measure, to be filled; zeros before.
    """
    if len(text) == 0:
        return
    n_chars = count_chars(text, 0, len(text))
    may_have_copies = _may_have_copies(text, cut)
    if may_have_copies:
        row[0], row[1] = _extra_copies(text, _lines(text, cut.lines), n_chars)
    if len(cut.words) == 0:
        return
    if may_have_copies:
        row[2], row[3] = _extra_copies(text, _paragraphs(cut.lines), n_chars)
    chars = sums(cut.words[:, 2])
    grams, n = repeated(cut.ids, cut.counts)
    for size in range(2, min(len(cut.words), 4) + 1):
        n = longer(grams, n, cut.ids, size)
        row[2 + size] = _top_chars(grams, n, chars, size) / n_chars
    greedy_chars(text, cut.words, chars, row[7:])
    for k in range(7, len(row)):
        row[k] /= n_chars


@kernel
def _may_have_copies(text: Bytes, cut: Cut) -> bool:  # pragma: no cover
    """Say whether there may be equal lines or paragraphs.

    That takes two equal lines with ink, two of white space, or two of nothing: before and behind all others.
    """
    n_blank = 0
    for k in range(len(cut.lines)):
        n_blank += cut.lines[k, FIRST] == cut.lines[k, LAST] and cut.lines[k, START] < cut.lines[k, END]
    return len(cut.line_counts) < len(cut.inked) or n_blank > 1 or (text[0] == 10 and text[-1] == 10)


@kernel
def _lines(text: Bytes, lines: Ints) -> Ints:  # pragma: no cover
    r"""Give the spans that ``\n+`` leaves: one of nothing where the text begins or ends with it."""
    kept = lines[:, START] < lines[:, END]
    kept[0] |= text[0] == 10
    kept[-1] |= text[-1] == 10
    return lines[kept]


@kernel
def _paragraphs(lines: Ints) -> Ints:  # pragma: no cover
    r"""Give the spans that ``\n{2,}`` leaves of the stripped text."""
    inked = np.flatnonzero(lines[:, FIRST] < lines[:, LAST])
    spans = paragraphs(lines[inked[0] : inked[-1] + 1])
    spans[0, 0], spans[-1, 1] = lines[inked[0], FIRST], lines[inked[-1], LAST]
    return spans


@kernel
def _extra_copies(text: Bytes, spans: Ints, n_chars: int) -> tuple[float, float]:  # pragma: no cover
    """Give the share of spans that repeat an earlier one, and their characters per character of the text."""
    ids, n_ids = distinct(text, spans[:, 0], spans[:, 1])
    n_again = seen = 0
    for i in range(len(ids)):
        if ids[i] == seen:
            seen += 1  # ids are numbered by first occurrence
        else:
            n_again += count_chars(text, spans[i, 0], spans[i, 1])
    return (len(ids) - n_ids) / len(ids), n_again / n_chars


@kernel
def _top_chars(grams: Grams, n_grams: int, chars: Ints, n: int) -> int:  # pragma: no cover
    """Give occurrences × characters of the most frequent n-gram, the first of them; spaces between words count."""
    most, at = 1, 0
    for k in range(n_grams):
        count = grams.counts[grams.numbers[k]]
        if count > most:
            most, at = count, grams.positions[k]
    return most * (chars[at + n] - chars[at] + n - 1)
