"""Where two texts differ: the regions, with a little of what is around them, and never more than a reader wants."""

from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import islice, pairwise
from typing import NamedTuple

import numpy as np

from transforms.text.unspaced import ALONE, GAP, RUN, word_kinds

MOST_CHARS = 100_000
"""Characters of a text that are looked at; who reads texts for this need not read more than one beyond."""

_MOST_WORDS = 2000  # of the part in which texts differ: difflib takes seconds for so many at worst
_AROUND = 8  # words before and after a difference
_MOST_PIECES = 40  # of a region
_MOST_PIECE_CHARS = 400


class Piece(NamedTuple):
    """A run of words that two texts share, or that stands in place of one another in them."""

    left: str
    right: str
    """Words of the two texts, white space written as one space; empty where a text has nothing there."""
    is_same: bool


class Differences(NamedTuple):
    """How two texts differ."""

    regions: tuple[tuple[Piece, ...], ...]
    """The first regions that differ; of texts with the same words their beginning."""
    n_regions: int
    """All regions that were found; 0: the words are the same."""
    is_cut: bool
    """Whether more of the texts is left that was not looked at."""


def differences(left: str, right: str, most_regions: int = 5) -> Differences:
    """Compare two texts word by word; in scripts without spaces, character by character. White space does not count.

    Args:
        left: Any text.
        right: Another.
        most_regions: How many regions to tell, 1 or more.
    """
    is_cut = max(len(left), len(right)) > MOST_CHARS
    a, b = _words(left[:MOST_CHARS]), _words(right[:MOST_CHARS])
    head = _n_shared(a, b)
    if head == len(a) == len(b):
        start = _piece(a[: 2 * _AROUND], b[: 2 * _AROUND], True)
        return Differences(((start,),), 0, is_cut)
    tail = _n_shared(a[head:][::-1], b[head:][::-1])
    first = max(head - _AROUND, 0)
    a, b = (words[first : len(words) - max(tail - _AROUND, 0)] for words in (a, b))
    is_cut |= max(len(a), len(b)) > _MOST_WORDS
    a, b = a[:_MOST_WORDS], b[:_MOST_WORDS]
    groups = list(SequenceMatcher(None, _plain(a), _plain(b)).get_grouped_opcodes(_AROUND))
    regions = tuple(_region(a, b, group) for group in groups[:most_regions])
    return Differences(regions, len(groups), is_cut)


def _words(text: str) -> list[str]:
    """Cut a text into words, each with one space behind it where white space follows."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    kinds = word_kinds()[points]
    before = np.concatenate([[GAP], kinds[:-1]])
    starts = np.flatnonzero((kinds == ALONE) | ((kinds == RUN) & (before != RUN))).tolist()
    words = (text[start:end] for start, end in pairwise([*starts, len(text)]))
    return [bare if (bare := word.rstrip()) == word else f"{bare} " for word in words]


def _plain(words: Sequence[str]) -> list[str]:
    return [word.rstrip() for word in words]


def _n_shared(a: Sequence[str], b: Sequence[str]) -> int:
    """Count the words that both begin with."""
    pairs = enumerate(zip(a, b, strict=False))
    return next((n for n, (x, y) in pairs if x.rstrip() != y.rstrip()), min(len(a), len(b)))


def _region(a: Sequence[str], b: Sequence[str], group: Sequence[tuple[str, int, int, int, int]]) -> tuple[Piece, ...]:
    told = (_piece(a[i:j], b[k:n], kind == "equal") for kind, i, j, k, n in group)
    return (*islice(told, _MOST_PIECES), *([Piece("…", "…", True)] if len(group) > _MOST_PIECES else []))


def _piece(left: Sequence[str], right: Sequence[str], is_same: bool) -> Piece:
    return Piece(_short("".join(left)), _short("".join(right)), is_same)


def _short(text: str) -> str:
    """Leave the middle of a long piece out."""
    half = _MOST_PIECE_CHARS // 2
    return text if len(text) <= _MOST_PIECE_CHARS else f"{text[:half]} … {text[-half:]}"
