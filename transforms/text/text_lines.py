r"""The lines of a text, cut once for every rule that counts lines or paragraphs: at ``\n`` only."""

import numpy as np

from transforms.text.compiled import inlined, kernel
from transforms.text.scanning import after_spaces, before_spaces, next_byte
from transforms.text.unicode import Bytes, Ints

START, END, FIRST, LAST = range(4)
"""Columns of a line: where it lies, and where it lies without white space around; FIRST = LAST for a blank line."""


@kernel
def cut_lines(text: Bytes, table: Bytes) -> Ints:  # pragma: no cover
    r"""Cut a text at every ``\n``, as ``str.split`` does; an empty text has one empty line.

    Args:
        text: Valid UTF-8 of one text.
        table: ``unicode.classes()``.

    Returns:
        A row of START, END, FIRST, LAST for each line, in bytes.
    """
    n_lines = 1
    for b in text:
        n_lines += b == 10
    rows = np.empty((n_lines, 4), np.int32)
    start = 0
    for k in range(n_lines):
        end = next_byte(text, 10, start, len(text))
        first, last = _stripped(text, start, end, table)
        rows[k, START], rows[k, END], rows[k, FIRST], rows[k, LAST] = start, end, first, last
        start = end + 1
    return rows


@inlined
def _stripped(text: Bytes, start: int, end: int, table: Bytes) -> tuple[int, int]:  # pragma: no cover
    """Strip ``text[start:end]``; asks for the class of no more than two characters, if there is no white space."""
    first, last = start, end
    if first < last and not _is_printable(text[first]):
        first = after_spaces(text[:end], start, end - start, table)
    if first < last and not _is_printable(text[last - 1]):
        last = before_spaces(text, first, end, end - first, table)
    return first, last


@inlined
def _is_printable(byte: int) -> bool:  # pragma: no cover
    """Say whether a byte is an ASCII character which is surely no white space."""
    return 32 < byte < 128


@kernel
def inked(lines: Ints) -> Ints:  # pragma: no cover
    """Give first byte and end of each line that is not blank, without white space around."""
    spans = np.empty((len(lines), 2), np.int32)
    n = 0
    for k in range(len(lines)):
        spans[n, 0], spans[n, 1] = lines[k, FIRST], lines[k, LAST]
        n += lines[k, FIRST] < lines[k, LAST]
    return spans[:n]


@kernel
def paragraphs(lines: Ints) -> Ints:  # pragma: no cover
    r"""Give first and last byte of each run of lines that are not empty: what ``\n\n`` or more parts."""
    spans = np.empty((len(lines), 2), np.int32)
    n = 0
    was_empty = True
    for k in range(len(lines)):
        is_empty = lines[k, START] == lines[k, END]
        if not is_empty:
            if was_empty:
                spans[n, 0] = lines[k, START]
                n += 1
            spans[n - 1, 1] = lines[k, END]
        was_empty = is_empty
    return spans[:n]


@kernel
def stripped(text: Bytes, spans: Ints, table: Bytes) -> Ints:  # pragma: no cover
    """Strip each span of a text; those that are blank are left out."""
    rows = np.empty_like(spans)
    n = 0
    for k in range(len(spans)):
        first, last = _stripped(text, spans[k, 0], spans[k, 1], table)
        if first < last:
            rows[n, 0], rows[n, 1] = first, last
            n += 1
    return rows[:n]


@inlined
def count_chars(text: Bytes, start: int, end: int) -> int:  # pragma: no cover
    """Count the code points of ``text[start:end]``."""
    n = 0
    for b in text[start:end]:
        n += b & 0xC0 != 0x80
    return n
