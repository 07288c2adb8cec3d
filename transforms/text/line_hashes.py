r"""Lines as hashes, so that the same line is found in other texts, and texts without some of their lines.

A line ends at ``\n`` only. Two lines count as equal if they are without white space around: as they are, or as CCNet
compares lines (``ccnet``), which takes "12 comments" and "7 comments" for two, and "12 comments" and "34 Comments" for
one. Among 10^9 different lines two share a hash with a chance of 3 %; how lines are hashed is no secret.
"""

from typing import Literal, NamedTuple

import numpy as np

from transforms.text.ccnet import normalised_lines
from transforms.text.compiled import inlined, kernel
from transforms.text.cuts import Cuts, Spans, collected, put
from transforms.text.ids import hash_bytes, mixed
from transforms.text.scanning import next_byte
from transforms.text.text_lines import FIRST, LAST, count_chars, cut_lines
from transforms.text.unicode import Bytes, Longs, classes

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_1 = np.uint64(1)


class Comparing(NamedTuple):
    """Which lines count, and when two are equal."""

    normaliser: Literal["none", "ccnet"] = "none"
    min_chars: int = 1
    """Fewest characters of a line that counts, as it is compared; a blank line never does."""


class LineHashes(NamedTuple):
    """Those of text ``i`` are ``hashes[offsets[i]:offsets[i + 1]]``."""

    hashes: Longs
    """0 for a line that does not count."""
    offsets: Longs


class WithoutLines(NamedTuple):
    """What is cut from texts."""

    cuts: Cuts
    """Lines that go, each with one new-line beside it: what is left is ``"\\n".join`` of the other lines."""
    n_removed: Longs
    """Lines that go, ``[n_texts]``."""


def line_hashes(data: Bytes, offsets: Longs, comparing: Comparing) -> LineHashes:
    r"""Hash every line of every text, in order; an empty text has one line.

    Args:
        data: Valid UTF-8 bytes of all texts, one after another; below 2^31 bytes each.
        offsets: Text ``i`` is ``data[offsets[i]:offsets[i + 1]]``.
        comparing: Which lines count, and when two are equal. Equal lines have equal hashes in all calls and versions.

    Raises:
        ValueError: the normaliser is unknown, or ``min_chars`` less than 1.
    """
    if comparing.normaliser not in ("none", "ccnet"):
        raise ValueError(f"normaliser: given {comparing.normaliser!r}; allowed: none, ccnet")
    if comparing.min_chars < 1:
        raise ValueError(f"min_chars: given {comparing.min_chars}; allowed: 1 or more")
    if comparing.normaliser == "ccnet":
        data, offsets = normalised_lines(data, offsets)
    return LineHashes(*_hashes(data, offsets, comparing.min_chars, classes()))


def line_sets(lines: LineHashes) -> LineHashes:
    """Give each text's lines that count: ascending, none twice, and no 0."""
    hashes, offsets = _sets(lines.hashes, lines.offsets)
    hashes.flags.writeable = False  # as Arrow's are: `without_lines` is compiled for one kind only
    return LineHashes(hashes, offsets)


def without_lines(data: Bytes, offsets: Longs, lines: LineHashes, removed: LineHashes) -> WithoutLines:
    """Cut lines from texts.

    Args:
        data: As it was given to ``line_hashes``.
        offsets: The same.
        lines: What that gave.
        removed: Hashes of the lines that go from each text, ascending; a 0 among them says nothing.
    """
    spans, firsts, n_removed = _cut(data, offsets, lines, removed)
    return WithoutLines(collected(spans, firsts), n_removed)


@kernel
def _hashes(data: Bytes, offsets: Longs, min_chars: int, table: Bytes) -> tuple[Longs, Longs]:  # pragma: no cover
    n = len(offsets) - 1
    for i in range(offsets[0], offsets[-1]):
        n += data[i] == 10
    hashes, ends = np.empty(n, np.int64), np.zeros(len(offsets), np.int64)
    n = 0
    for i in range(len(offsets) - 1):
        text = data[offsets[i] : offsets[i + 1]]
        rows = cut_lines(text, table)
        for k in range(len(rows)):
            hashes[n] = _hash_line(text, np.int64(rows[k, FIRST]), np.int64(rows[k, LAST]), min_chars)
            n += 1
        ends[i + 1] = n
    return hashes, ends


@inlined
def _hash_line(text: Bytes, first: int, last: int, min_chars: int) -> int:  # pragma: no cover
    if first == last or count_chars(text, first, last) < min_chars:
        return np.int64(0)
    return np.int64(max(mixed(hash_bytes(text, first, last, _MULTIPLIER)), _1))


@kernel
def _sets(hashes: Longs, offsets: Longs) -> tuple[Longs, Longs]:  # pragma: no cover
    found, ends = np.empty(len(hashes), np.int64), np.zeros(len(offsets), np.int64)
    n = 0
    for i in range(len(offsets) - 1):
        of_text = np.sort(hashes[offsets[i] : offsets[i + 1]])
        last = 0
        for line in of_text:
            found[n] = line
            n += line != last and line != 0
            last = line
        ends[i + 1] = n
    return found[:n].copy(), ends


@kernel
def _cut(
    data: Bytes, offsets: Longs, lines: LineHashes, removed: LineHashes
) -> tuple[Spans, Longs, Longs]:  # pragma: no cover
    spans = np.empty((len(offsets), 2), np.int64)
    firsts, n_removed = np.zeros(len(offsets), np.int64), np.zeros(len(offsets) - 1, np.int64)
    n = 0
    for i in range(len(offsets) - 1):
        gone = removed.hashes[removed.offsets[i] : removed.offsets[i + 1]]
        at, end = offsets[i], offsets[i + 1]
        head = at  # all before it went
        for k in range(lines.offsets[i], lines.offsets[i + 1] if len(gone) > 0 else 0):
            last = next_byte(data, 10, at, end)
            if lines.hashes[k] != 0 and _holds(gone, lines.hashes[k]):
                # The new-line before it goes too; at the head of the text, where there is none, that behind it.
                is_head = at == head
                head = min(last + 1, end) if is_head else head
                spans, n = put(spans, firsts[i], n, at if is_head else at - 1, head if is_head else last)
                n_removed[i] += 1
            at = last + 1
        firsts[i + 1] = n
    return spans, firsts, n_removed


@inlined
def _holds(values: Longs, wanted: int) -> bool:  # pragma: no cover
    """Say whether ascending values hold one."""
    low, high = 0, len(values)
    while low < high:
        middle = (low + high) // 2
        if values[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return low < len(values) and values[low] == wanted
