"""The tokens of many texts as one sequence, and what is left of the texts without runs of them.

Tokens are BFF's (``paragraphs``): segments between UAX #29 word boundaries that are not white space.
"""

from typing import NamedTuple

import numpy as np

from transforms.text.compiled import inlined, kernel
from transforms.text.cuts import Cuts, Spans, collected, put
from transforms.text.paragraphs import paragraph_tables
from transforms.text.scanning import next_byte
from transforms.text.unicode import Bytes, Longs
from transforms.text.word_tables import Tables
from transforms.text.words import segments


class Tokens(NamedTuple):
    """Of all texts, one after another; behind each text stands an empty one."""

    starts: Longs
    """Byte in the data of all texts."""
    ends: Longs
    firsts: Longs
    """Number of each text's first token, and at last the number of tokens."""


class WithoutRuns(NamedTuple):
    """What goes from texts; numbers are ``[n_texts]``."""

    cuts: Cuts
    """Runs of tokens. Of the white space on both sides of one that is in a text, one side is left: that with a
    new-line; else that before it, if there is any. Of a text that loses all its tokens nothing is left."""
    n_tokens: Longs
    n_removed: Longs
    """Tokens that go."""


def count_tokens(data: Bytes, offsets: Longs) -> Longs:
    """Count the tokens of each text."""
    return _count(data, offsets, paragraph_tables())


def tokens_of(data: Bytes, offsets: Longs) -> Tokens:
    """Cut texts into tokens.

    Args:
        data: Valid UTF-8 bytes of all texts, one after another; below 2^31 bytes each.
        offsets: Text ``i`` is ``data[offsets[i]:offsets[i + 1]]``.
    """
    return Tokens(*_tokens(data, offsets, count_tokens(data, offsets).sum(), paragraph_tables()))


def without_runs(data: Bytes, offsets: Longs, tokens: Tokens, goes: Bytes) -> WithoutRuns:
    """Cut tokens from texts.

    Args:
        data: As it was given to ``tokens_of``.
        offsets: The same.
        tokens: What that gave.
        goes: 1 for each token that goes, else 0; 0 for empty ones.
    """
    spans, firsts, n_removed = _cut(data, offsets, tokens, goes)
    return WithoutRuns(collected(spans, firsts), np.diff(tokens.firsts) - 1, n_removed)


@kernel
def _count(data: Bytes, offsets: Longs, known: Tables) -> Longs:  # pragma: no cover
    n_tokens = np.empty(len(offsets) - 1, np.int64)
    for i in range(len(n_tokens)):
        n_tokens[i] = len(segments(data[offsets[i] : offsets[i + 1]], known))
    return n_tokens


@kernel
def _tokens(
    data: Bytes, offsets: Longs, n_tokens: int, known: Tables
) -> tuple[Longs, Longs, Longs]:  # pragma: no cover
    n_all = n_tokens + len(offsets) - 1
    starts, ends = np.empty(n_all, np.int64), np.empty(n_all, np.int64)
    firsts = np.zeros(len(offsets), np.int64)
    n = 0
    for i in range(len(offsets) - 1):
        words = segments(data[offsets[i] : offsets[i + 1]], known)
        for k in range(len(words)):
            starts[n], ends[n] = offsets[i] + words[k, 0], offsets[i] + words[k, 1]
            n += 1
        starts[n] = ends[n] = offsets[i + 1]
        n += 1
        firsts[i + 1] = n
    return starts, ends, firsts


@kernel
def _cut(data: Bytes, offsets: Longs, tokens: Tokens, goes: Bytes) -> tuple[Spans, Longs, Longs]:  # pragma: no cover
    spans = np.empty((len(offsets), 2), np.int64)
    firsts, n_removed = np.zeros(len(offsets), np.int64), np.zeros(len(offsets) - 1, np.int64)
    n = 0
    for i in range(len(offsets) - 1):
        first, last = tokens.firsts[i], tokens.firsts[i + 1] - 1
        k = first
        while k < last:
            behind = k
            while goes[behind]:
                behind += 1
            if k == first and behind == last:
                spans, n = put(spans, firsts[i], n, offsets[i], offsets[i + 1])
            elif k < behind:
                start, end = _bounds(data, tokens, (first, last), (k, behind))
                spans, n = put(spans, firsts[i], n, start, end)
            n_removed[i] += behind - k
            k = behind + 1
        firsts[i + 1] = n
    return spans, firsts, n_removed


@inlined
def _bounds(
    data: Bytes, tokens: Tokens, text: tuple[int, int], run: tuple[int, int]
) -> tuple[int, int]:  # pragma: no cover
    """Give the bytes to cut for a run of a text's tokens that is not all of them."""
    start, end = tokens.starts[run[0]], tokens.ends[run[1] - 1]
    next_start = tokens.starts[run[1]]
    if run[0] == text[0]:
        return start, next_start
    before = tokens.ends[run[0] - 1]
    breaks_before = next_byte(data, 10, before, start) < start
    breaks_behind = next_byte(data, 10, end, next_start) < next_start
    if run[1] == text[1] or before == start or (breaks_behind and not breaks_before):
        return before, end
    return start, next_start
