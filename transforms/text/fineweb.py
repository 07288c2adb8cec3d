r"""FineWeb's measures of lines (Penedo et al. 2024, section 3.6), counted as datatrove 0.10 does.

A line ends at ``\n`` only, and counts if it holds anything but white space; it is not stripped.
"""

import numpy as np
from numba import njit

from schemas.datatrove import FineWebMeasures
from transforms.text.ids import distinct
from transforms.text.marks import terminal_punctuation
from transforms.text.scanning import after_spaces, char_before, next_byte
from transforms.text.text_lines import count_chars
from transforms.text.unicode import Bytes, Doubles, Longs, classes

_MAX_SHORT_CHARS = 30


def measure_fineweb(data: Bytes, offsets: Longs, n_words: Longs) -> FineWebMeasures:
    """Measure a batch of texts.

    Args:
        data: Valid UTF-8 bytes of all texts, one after another.
        offsets: Text ``i`` is ``data[offsets[i]:offsets[i + 1]]``.
        n_words: Words of each text.
    """
    counts = _batch(data, offsets, (classes(), terminal_punctuation()))
    n_lines, n_punct, n_short, n_dup_chars, n_chars, n_newlines = counts
    return FineWebMeasures(
        n_lines,
        _ratio(n_punct, n_lines),
        _ratio(n_short, n_lines),
        _ratio(n_dup_chars, n_chars),
        _ratio(n_newlines, n_words),
    )


def _ratio(part: Longs, whole: Longs) -> Doubles:
    return np.divide(part, whole, out=np.zeros(len(part)), where=whole > 0)


@njit(cache=True, nogil=True)
def _batch(data: Bytes, offsets: Longs, tables: tuple[Bytes, Bytes]) -> Longs:  # pragma: no cover
    """Give lines, those that end in punctuation, short ones, characters repeated, characters, and new-lines."""
    counts = np.zeros((6, len(offsets) - 1), np.int64)
    for i in range(len(offsets) - 1):
        text = data[offsets[i] : offsets[i + 1]]
        n_newlines = 0
        for b in text:
            n_newlines += b == 10
        starts = np.empty(n_newlines + 1, np.int64)
        ends = np.empty(n_newlines + 1, np.int64)
        n_lines, n_punct, n_short = _cut_lines(text, starts, ends, tables)
        counts[0, i], counts[1, i], counts[2, i] = n_lines, n_punct, n_short
        counts[3, i] = _repeated_chars(text, starts[:n_lines], ends[:n_lines])
        counts[4, i], counts[5, i] = count_chars(text, 0, len(text)) - n_newlines, n_newlines
    return counts


@njit(cache=True, nogil=True)
def _cut_lines(
    text: Bytes, starts: Longs, ends: Longs, tables: tuple[Bytes, Bytes]
) -> tuple[int, int, int]:  # pragma: no cover
    """Write where the lines are; gives how many, those that end in punctuation, and short ones."""
    kinds, stops = tables
    n = n_punct = n_short = first = 0
    while first < len(text):
        last = next_byte(text, 10, first, len(text))
        if after_spaces(text, first, last - first, kinds) < last:
            starts[n], ends[n] = first, last
            n += 1
            n_punct += stops[char_before(text, first, last)[0]]
            n_short += last - first <= _MAX_SHORT_CHARS or count_chars(text, first, last) <= _MAX_SHORT_CHARS
        first = last + 1
    return n, n_punct, n_short


@njit(cache=True, nogil=True)
def _repeated_chars(text: Bytes, starts: Longs, ends: Longs) -> int:  # pragma: no cover
    """Count the characters of all lines that are equal to one before."""
    ids, _ = distinct(text, starts, ends)
    n = n_seen = 0
    for i in range(len(ids)):
        if ids[i] == n_seen:
            n_seen += 1
        else:
            n += count_chars(text, starts[i], ends[i])
    return n
