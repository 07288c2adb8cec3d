"""What an edit removes from texts, as byte ranges: made by kernels, applied here, and joined across edits."""

from typing import NamedTuple

import numpy as np

from transforms.text.compiled import kernel
from transforms.text.unicode import Bytes, Longs

Spans = Longs
"""Cuts while a kernel collects them: rows of (start, end), with room for more."""


class Cuts(NamedTuple):
    """Cuts of text ``i`` are those from ``firsts[i]`` to ``firsts[i + 1]``, which do not touch each other.

    ``starts`` and ``ends`` are byte offsets into the data of all texts, sorted; no cut is empty.
    """

    starts: Longs
    ends: Longs
    firsts: Longs


def no_cuts(offsets: Longs) -> Cuts:
    """Give the cuts of an edit that changed no text."""
    empty = np.zeros(0, np.int64)
    return Cuts(empty, empty, np.zeros(len(offsets), np.int64))


def apply(data: Bytes, offsets: Longs, cuts: Cuts) -> tuple[Bytes, Longs]:
    """Give the texts that the cuts leave; the very same arrays where there is no cut."""
    if not len(cuts.starts):
        return data, offsets
    rest, rest_offsets = _apply(data, offsets, cuts)
    rest.flags.writeable = False  # as Arrow's buffers are: every kernel is compiled for one type only
    return rest, rest_offsets


def compose(offsets: Longs, first: Cuts, second: Cuts) -> Cuts:
    """Give one set of cuts that does what two do, one after the other.

    Args:
        offsets: Where the texts lie that ``first`` was made in.
        first: Cuts in these texts.
        second: Cuts in the texts that ``apply`` gave for ``first``.
    """
    if not len(first.starts):
        return second
    if not len(second.starts):
        return first
    return collected(*_compose(offsets, first, second))


def collected(spans: Spans, firsts: Longs) -> Cuts:
    """Give the cuts that a kernel collected: all rows up to the last of ``firsts``."""
    n = firsts[-1]
    return Cuts(spans[:n, 0].copy(), spans[:n, 1].copy(), firsts)


@kernel
def put(spans: Spans, first: int, n: int, start: int, end: int) -> tuple[Spans, int]:  # pragma: no cover
    """Add a cut to the first ``n``, unless it is empty; cuts of the same text, ``first`` on, that touch become one.

    Gives the array, a larger one where it was full, and how many cuts it holds.
    """
    if start >= end:
        return spans, n
    if n > first and spans[n - 1, 1] == start:
        spans[n - 1, 1] = end
        return spans, n
    if n == len(spans):
        larger = np.empty((2 * n, 2), np.int64)
        larger[:n] = spans
        spans = larger
    spans[n, 0] = start
    spans[n, 1] = end
    return spans, n + 1


@kernel
def _apply(data: Bytes, offsets: Longs, cuts: Cuts) -> tuple[Bytes, Longs]:  # pragma: no cover
    rest = np.empty(offsets[-1] - offsets[0] - (cuts.ends - cuts.starts).sum(), np.uint8)
    rest_offsets = np.zeros(len(offsets), np.int64)
    n, at = 0, offsets[0]  # bytes written, and the first byte that is neither written nor cut
    for i in range(len(offsets) - 1):
        for k in range(cuts.firsts[i], cuts.firsts[i + 1]):
            n += _copy(data[at : cuts.starts[k]], rest[n:])
            at = cuts.ends[k]
        n += _copy(data[at : offsets[i + 1]], rest[n:])
        at = offsets[i + 1]
        rest_offsets[i + 1] = n
    return rest, rest_offsets


@kernel
def _copy(source: Bytes, target: Bytes) -> int:  # pragma: no cover
    """Copy the source to the begin of the target; gives its length. A slice's assignment is twelve times slower."""
    for i in range(len(source)):
        target[i] = source[i]
    return len(source)


@kernel
def _compose(offsets: Longs, first: Cuts, second: Cuts) -> tuple[Spans, Longs]:  # pragma: no cover
    spans = np.empty((len(first.starts) + len(second.starts), 2), np.int64)
    firsts = np.zeros(len(offsets), np.int64)
    n = 0
    shift = offsets[0]  # from an offset after `first` to the one before it
    for i in range(len(offsets) - 1):
        k, k_end = first.firsts[i], first.firsts[i + 1]
        for j in range(second.firsts[i], second.firsts[i + 1]):
            while k < k_end and first.starts[k] - shift <= second.starts[j]:
                spans, n = put(spans, firsts[i], n, first.starts[k], first.ends[k])
                shift += first.ends[k] - first.starts[k]
                k += 1
            start = second.starts[j] + shift
            while k < k_end and first.starts[k] - shift <= second.ends[j]:
                shift += first.ends[k] - first.starts[k]
                k += 1
            spans, n = put(spans, firsts[i], n, start, second.ends[j] + shift)
        while k < k_end:
            spans, n = put(spans, firsts[i], n, first.starts[k], first.ends[k])
            shift += first.ends[k] - first.starts[k]
            k += 1
        firsts[i + 1] = n
    return spans, firsts
