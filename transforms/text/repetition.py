"""Gopher repetition measures (Rae et al. 2021, Table A1) as DCLM counts them: every copy, the first one too.

Definitions: schemas/measures.py, ``RepetitionMeasures``.
"""

import numpy as np
from numba import njit

from transforms.text.cut import Cut, numbered
from transforms.text.ngrams import longer, repeated, repeated_chars, top_gram_chars
from transforms.text.text_lines import FIRST, LAST, count_chars, paragraphs, stripped
from transforms.text.unicode import Bytes, Doubles, Ints
from transforms.text.words import FIRST_ALNUM


@njit(cache=True, nogil=True)
def describe(text: Bytes, cut: Cut, table: Bytes, row: Doubles) -> None:  # pragma: no cover
    """Measure one text into ``row``, in the order of ``RepetitionMeasures``.

    Args:
        text: Valid UTF-8 of one text.
        cut: Its lines and words.
        table: ``unicode.classes()``.
        row: One number per measure, to be filled; zeros before.
    """
    inked = cut.lines[cut.lines[:, FIRST] < cut.lines[:, LAST]][:, FIRST:]
    row[0] = len(inked)
    row[1], row[2] = _repeated_shares(text, inked)
    row[3], row[4] = _repeated_shares(text, stripped(text, paragraphs(cut.lines), table))
    is_counted = cut.words[:, 3] & FIRST_ALNUM != 0
    chars = sums(cut.words[is_counted][:, 2])
    ids = cut.ids[is_counted]
    counts = np.zeros(len(cut.counts), np.int32)
    for number in ids:
        counts[number] += 1
    grams = repeated(ids, counts)
    for size in range(2, 11):
        grams = longer(grams, ids, size)
        if len(grams.positions) == 0:
            break
        if size < 5:
            most, longest = top_gram_chars(grams, chars, size)
            row[3 + size] = most * longest / chars[-1]
        else:
            row[3 + size] = repeated_chars(grams, chars, size) / chars[-1]


@njit(cache=True, nogil=True)
def sums(values: Ints) -> Ints:  # pragma: no cover
    """Give the sums of the first 0, 1, 2, … values."""
    found = np.zeros(len(values) + 1, np.int32)
    for i in range(len(values)):
        found[i + 1] = found[i] + values[i]
    return found


@njit(cache=True, nogil=True)
def _repeated_shares(text: Bytes, spans: Ints) -> tuple[float, float]:  # pragma: no cover
    """Give the share of spans that have an equal one, and the share of characters in them; 0 without spans."""
    if len(spans) < 2:
        return 0.0, 0.0
    ids, counts = numbered(text, spans)
    n_again = n_chars = n_chars_again = 0
    for i in range(len(spans)):
        size = count_chars(text, spans[i, 0], spans[i, 1])
        n_chars += size
        if counts[ids[i]] > 1:
            n_again += 1
            n_chars_again += size
    return n_again / len(spans), n_chars_again / n_chars
