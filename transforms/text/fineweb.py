r"""FineWeb's measures of lines (Penedo et al. 2024, section 3.6), counted as datatrove 0.10 does.

A line ends at ``\n`` only, and counts if it holds anything but white space; it is not stripped.
"""

import numpy as np

from transforms.text.compiled import kernel
from transforms.text.cut import Cut, numbered
from transforms.text.scanning import char_before
from transforms.text.text_lines import END, FIRST, LAST, START, count_chars
from transforms.text.unicode import Bytes, Doubles, Ints

_MAX_SHORT_CHARS = 30


@kernel
def describe(text: Bytes, cut: Cut, n_chars: int, stops: Bytes, row: Doubles) -> None:  # pragma: no cover
    """Measure one text into ``row``, in the order of ``FineWebMeasures``.

    Args:
        text: Valid UTF-8 of one text.
        cut: Its lines and words.
        n_chars: Its characters.
        stops: ``marks.terminal_punctuation()``.
        row: One number per measure, to be filled; zeros before.
    """
    n_lines, n_newlines = len(cut.inked), len(cut.lines) - 1
    row[0] = n_lines
    if n_lines > 0:
        n_punct, n_short = _count_lines(text, cut.lines, stops)
        row[1], row[2] = n_punct / n_lines, n_short / n_lines
    if len(cut.line_counts) < n_lines:  # lines that differ when they are stripped differ
        row[3] = _repeated_chars(text, cut.lines) / (n_chars - n_newlines)
    if len(cut.words) > 0:
        row[4] = n_newlines / len(cut.words)


@kernel
def _count_lines(text: Bytes, lines: Ints, stops: Bytes) -> tuple[int, int]:  # pragma: no cover
    """Count lines that end in punctuation, and short ones."""
    n_punct = n_short = 0
    for k in range(len(lines)):
        start, end = np.int64(lines[k, START]), np.int64(lines[k, END])
        if lines[k, FIRST] < lines[k, LAST]:
            n_punct += stops[char_before(text, start, end)[0]]
            n_short += end - start <= _MAX_SHORT_CHARS or count_chars(text, start, end) <= _MAX_SHORT_CHARS
    return n_punct, n_short


@kernel
def _repeated_chars(text: Bytes, lines: Ints) -> int:  # pragma: no cover
    """Count the characters of all lines that are equal to one before."""
    spans = lines[lines[:, FIRST] < lines[:, LAST]]
    ids, _, _ = numbered(text, spans)
    n = n_seen = 0
    for i in range(len(ids)):
        if ids[i] == n_seen:
            n_seen += 1
        else:
            n += count_chars(text, spans[i, START], spans[i, END])
    return n
