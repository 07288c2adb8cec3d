"""Gopher repetition measures (Rae et al. 2021, Table A1) as DCLM counts them: every copy, the first one too.

Definitions: schemas/measures.py, ``RepetitionMeasures``.
"""

import numpy as np

from transforms.text.compiled import kernel
from transforms.text.cut import Cut, numbered
from transforms.text.ngrams import longer, repeated, repeated_chars, top_gram_chars
from transforms.text.text_lines import count_chars, paragraphs, stripped
from transforms.text.unicode import Bytes, Doubles, Ints
from transforms.text.words import FIRST_ALNUM


@kernel
def describe(text: Bytes, cut: Cut, table: Bytes, row: Doubles) -> None:  # pragma: no cover
    """Measure one text into ``row``, in the order of ``RepetitionMeasures``.

    Args:
        text: Valid UTF-8 of one text.
        cut: Its lines and words.
        table: ``unicode.classes()``.
        row: One number per measure, to be filled; zeros before.
    """
    row[0] = len(cut.inked)
    if len(cut.line_counts) < len(cut.inked):
        row[1], row[2] = _repeated_shares(text, cut.inked, (cut.line_ids, cut.line_counts))
        spans = stripped(text, paragraphs(cut.lines), table)  # without equal lines none of them are equal
        ids, counts, _ = numbered(text, spans)
        row[3], row[4] = _repeated_shares(text, spans, (ids, counts))
    ids, chars = _counted_words(cut)
    grams, n = repeated(ids, cut.counts)
    for size in range(2, 11):
        n = longer(grams, n, ids, size)
        if n == 0:
            break
        if size < 5:
            most, longest = top_gram_chars(grams, n, chars, size)
            row[3 + size] = most * longest / chars[-1]
        else:
            row[3 + size] = repeated_chars(grams.positions[:n], chars, size) / chars[-1]


@kernel
def sums(values: Ints) -> Ints:  # pragma: no cover
    """Give the sums of the first 0, 1, 2, … values."""
    found = np.empty(len(values) + 1, np.int32)
    found[0] = 0
    for i in range(len(values)):
        found[i + 1] = found[i] + values[i]
    return found


@kernel
def _counted_words(cut: Cut) -> tuple[Ints, Ints]:  # pragma: no cover
    """Give the numbers of the words whose first character is alphanumeric, and the ``sums`` of their characters."""
    ids, chars = np.empty(len(cut.ids), np.int32), np.empty(len(cut.ids) + 1, np.int32)
    n = n_chars = 0
    for i in range(len(cut.ids)):
        ids[n], chars[n] = cut.ids[i], n_chars
        is_counted = cut.words[i, 3] & FIRST_ALNUM != 0
        n_chars += cut.words[i, 2] * is_counted
        n += is_counted
    chars[n] = n_chars
    return ids[:n], chars[: n + 1]


@kernel
def _repeated_shares(text: Bytes, spans: Ints, numbers: tuple[Ints, Ints]) -> tuple[float, float]:  # pragma: no cover
    """Give the share of spans that have an equal one, and the share of characters in them.

    Args:
        text: What the spans are of; there is one or more, and none is empty.
        spans: First bytes and ends.
        numbers: As ``cut.numbered`` gives them: the number of each span, and the occurrences by number.
    """
    ids, counts = numbers
    n_again = n_chars = n_chars_again = 0
    for i in range(len(spans)):
        size = count_chars(text, spans[i, 0], spans[i, 1])
        n_chars += size
        if counts[ids[i]] > 1:
            n_again += 1
            n_chars_again += size
    return n_again / len(spans), n_chars_again / n_chars
