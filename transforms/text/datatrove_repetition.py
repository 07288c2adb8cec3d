"""Gopher repetition measures (Rae et al. 2021, Table A1) as datatrove 0.10 counts them: extra copies only.

Definitions: schemas/measures.py, ``DatatroveRepetitionMeasures``. Its long n-grams are compared as one
string without spaces, so that ``a bc`` and ``ab c`` are alike; ours are too.
"""

import numpy as np
from numba import njit

from transforms.text.cut import Cut
from transforms.text.ids import distinct, equal_bytes, hash_bytes
from transforms.text.ngrams import Grams, longer, repeated
from transforms.text.repetition import sums
from transforms.text.text_lines import END, FIRST, LAST, START, count_chars, paragraphs
from transforms.text.unicode import Bytes, Doubles, Ints

_PROBE, _SHORTEST = 16, 5
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


@njit(cache=True, nogil=True)
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
    row[0], row[1] = _extra_copies(text, _lines(text, cut.lines), n_chars)
    if len(cut.words) == 0:
        return
    row[2], row[3] = _extra_copies(text, _paragraphs(cut.lines), n_chars)
    chars = sums(cut.words[:, 2])
    grams = repeated(cut.ids, cut.counts)
    for size in range(2, 5):
        if len(cut.words) >= size:
            grams = longer(grams, cut.ids, size)
            row[2 + size] = _top_chars(grams, chars, size) / n_chars
    joined, starts = _joined(text, cut.words)
    asked = _those_that_may_repeat(joined, starts)
    for size in range(5, 11):
        row[2 + size] = _greedy_chars((joined, starts, chars), asked, size) / n_chars


@njit(cache=True, nogil=True)
def _lines(text: Bytes, lines: Ints) -> Ints:  # pragma: no cover
    r"""Give the spans that ``\n+`` leaves: one of nothing where the text begins or ends with it."""
    kept = lines[:, START] < lines[:, END]
    kept[0] |= text[0] == 10
    kept[-1] |= text[-1] == 10
    return lines[kept]


@njit(cache=True, nogil=True)
def _paragraphs(lines: Ints) -> Ints:  # pragma: no cover
    r"""Give the spans that ``\n{2,}`` leaves of the stripped text."""
    inked = np.flatnonzero(lines[:, FIRST] < lines[:, LAST])
    spans = paragraphs(lines[inked[0] : inked[-1] + 1])
    spans[0, 0], spans[-1, 1] = lines[inked[0], FIRST], lines[inked[-1], LAST]
    return spans


@njit(cache=True, nogil=True)
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


@njit(cache=True, nogil=True)
def _top_chars(grams: Grams, chars: Ints, n: int) -> int:  # pragma: no cover
    """Give occurrences × characters of the most frequent n-gram, the first of them; spaces between words count."""
    most, at = 1, 0
    for k in range(len(grams.positions)):
        count = grams.counts[grams.numbers[k]]
        if count > most:
            most, at = count, grams.positions[k]
    return most * (chars[at + n] - chars[at] + n - 1)


@njit(cache=True, nogil=True)
def _joined(text: Bytes, words: Ints) -> tuple[Bytes, Ints]:  # pragma: no cover
    """Give the words' bytes without anything between, and where each begins; one more for the end."""
    starts = np.zeros(len(words) + 1, np.int32)
    joined = np.empty(len(text), np.uint8)
    n = 0
    for k in range(len(words)):
        for i in range(words[k, 0], words[k, 1]):
            joined[n] = text[i]
            n += 1
        starts[k + 1] = n
    return joined[:n], starts


@njit(cache=True, nogil=True)
def _those_that_may_repeat(joined: Bytes, starts: Ints) -> Ints:  # pragma: no cover
    """Give the words at which a long n-gram may begin that occurs twice; ``~k``: at word ``k``, if it is short.

    An n-gram of ``_PROBE`` bytes or more does only if its first ones are also found at another word,
    which saves nearly all of the work on most texts. Shorter ones are few, and taken without asking.
    """
    n = len(starts) - 1
    n_probed = 0
    while n_probed < n and starts[n_probed] + _PROBE <= len(joined):
        n_probed += 1
    ids, n_ids = distinct(joined, starts[:n_probed], starts[:n_probed] + np.int32(_PROBE))
    counts = np.zeros(n_ids, np.int32)
    for i in ids:
        counts[i] += 1
    found = np.empty(n, np.int32)
    n_found = 0
    for k in range(n - _SHORTEST + 1):
        is_short = k >= n_probed or starts[k + _SHORTEST] - starts[k] < _PROBE
        is_again = k < n_probed and counts[ids[k]] > 1
        if is_short or is_again:
            found[n_found] = k if is_again else ~k
            n_found += 1
    return found[:n_found]


@njit(cache=True, nogil=True)
def _greedy_chars(words: tuple[Bytes, Ints, Ints], asked: Ints, n: int) -> int:  # pragma: no cover
    """Read n-grams from left to right: one that was read before counts and is skipped, any other is remembered."""
    joined, starts, chars = words
    bits = 4
    while 1 << bits < 2 * len(asked):
        bits += 1
    slots = np.full(1 << bits, -1, np.int32)
    total = next_at = 0
    for told in asked:
        at = max(told, ~told)
        if at < next_at or at + n >= len(starts):
            continue
        first, last = starts[at], starts[at + n]
        if told < 0 and last - first >= _PROBE:
            continue
        slot = np.int64(hash_bytes(joined, first, last, _MULTIPLIER) >> np.uint64(64 - bits))
        is_known = False
        while not is_known and slots[slot] >= 0:
            other = slots[slot]
            is_known = equal_bytes(joined, starts[other], starts[other + n], first, last)
            slot = (slot + 1) & ((1 << bits) - 1)
        if is_known:
            total += chars[at + n] - chars[at]
            next_at = at + n
        else:
            slots[slot] = at
    return total
