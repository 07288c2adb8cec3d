"""Phrases of a page's furniture ("Read more…"), removed from its short lines (DCLM's recipe, steps 22 to 24)."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from transforms.text.cases import cases, folds
from transforms.text.compiled import kernel
from transforms.text.cuts import Cuts, Spans, collected, put
from transforms.text.scanning import after_spaces, before_spaces, char_before, count_words, next_byte
from transforms.text.unicode import Bytes, Ints, Longs, char_at

ANYWHERE, PREFIX, SUFFIX = 0, 1, 2


class Phrase(NamedTuple):
    """A phrase that is found in any case, as ``re.IGNORECASE`` compares, and goes with one white space beside it."""

    text: str
    """Not empty, and begins and ends with no white space."""
    place: int
    """``PREFIX``: the line begins with it, white space behind goes too; else white space before."""
    n_any: int = 0
    """Characters of any kind that follow the text and belong to the phrase."""


# DCLM writes the second as a regular expression, "read more...", and so any three characters do.
DCLM_PHRASES = (Phrase("items in cart", ANYWHERE), Phrase("read more", SUFFIX, 3), Phrase("sign-in", PREFIX))


class _Pattern(NamedTuple):
    codes: Ints
    place: int
    n_any: int
    begins: Bytes
    """For every byte, whether a character may begin with it that is the phrase's first."""


def cut_phrase(data: Bytes, offsets: Longs, phrase: Phrase, max_words: int) -> Cuts:
    """Cut a phrase from lines of at most ``max_words`` words, and such lines whole that have only white space left.

    An empty line stays.
    """
    return collected(*_cut(data, offsets, _pattern(phrase), max_words, (cases(), folds())))


@lru_cache(maxsize=16)
def _pattern(phrase: Phrase) -> _Pattern:
    codes = folds()[list(map(ord, phrase.text))]
    begins = np.zeros(256, np.uint8)
    begins[[chr(code).encode()[0] for code in np.flatnonzero(folds() == codes[0])]] = 1
    return _Pattern(codes, phrase.place, phrase.n_any, begins)


@kernel
def _cut(
    data: Bytes, offsets: Longs, pattern: _Pattern, max_words: int, tables: tuple[Bytes, Ints]
) -> tuple[Spans, Longs]:  # pragma: no cover
    spans = np.empty((len(offsets), 2), np.int64)
    firsts = np.zeros(len(offsets), np.int64)
    n = 0
    for i in range(len(offsets) - 1):
        first, end = offsets[i], offsets[i + 1]
        kept = first - 1  # end of the last line that stays; its new-line goes with the next that does
        while first <= end:
            last = next_byte(data, 10, first, end)
            line = data[:last]
            is_found = _is_in_short(line, first, pattern, max_words, tables)
            if first == last or not _is_blank(line, first, pattern, is_found, tables):
                if kept + 1 < first:
                    spans, n = put(spans, firsts[i], n, kept + 1, first)
                kept = last
                at = first
                while is_found and at <= last:
                    start, at = _next(line, first, at, pattern, tables)
                    spans, n = put(spans, firsts[i], n, start, at)
            first = last + 1
        spans, n = put(spans, firsts[i], n, max(kept, offsets[i]), end)
        firsts[i + 1] = n
    return spans, firsts


@kernel
def _is_in_short(
    line: Bytes, first: int, pattern: _Pattern, max_words: int, tables: tuple[Bytes, Ints]
) -> bool:  # pragma: no cover
    """Say whether the phrase is in the line, and the line is of few words; the cheaper of the two is tried first."""
    if pattern.place == ANYWHERE and count_words(line, first, max_words + 1, tables[0]) > max_words:
        return False
    if _next(line, first, first, pattern, tables)[0] > len(line):
        return False
    return pattern.place == ANYWHERE or count_words(line, first, max_words + 1, tables[0]) <= max_words


@kernel
def _is_blank(
    line: Bytes, first: int, pattern: _Pattern, is_found: bool, tables: tuple[Bytes, Ints]
) -> bool:  # pragma: no cover
    """Say whether the line has only white space, but for the phrase if that is to be cut."""
    if not is_found:
        return count_words(line, first, 1, tables[0]) == 0
    at = first
    while at <= len(line):
        start, end = _next(line, first, at, pattern, tables)
        if after_spaces(line, at, start - at, tables[0]) < min(start, len(line)):
            return False
        at = end
    return True


@kernel
def _next(
    line: Bytes, first: int, floor: int, pattern: _Pattern, tables: tuple[Bytes, Ints]
) -> tuple[int, int]:  # pragma: no cover
    """Give begin and end of the next phrase in ``data[first:]`` from ``floor`` on; both behind the end if none."""
    kinds, same = tables
    if pattern.place == PREFIX:
        end = _phrase_end(line, floor, pattern, same) if floor == first else 0
        if end > 0:
            return first, after_spaces(line, end, 1, kinds)
    elif pattern.place == SUFFIX:
        at = len(line)
        for _ in range(len(pattern.codes) + pattern.n_any):
            at -= char_before(line, floor, at)[1]
        end = _phrase_end(line, at, pattern, same)
        if end > 0 and end == len(line):
            return before_spaces(line, floor, at, 1, kinds), end
    else:
        at = _next_begin(line, floor, pattern.begins)
        while at < len(line):
            end = _phrase_end(line, at, pattern, same)
            if end > 0:
                return before_spaces(line, floor, at, 1, kinds), end
            at = _next_begin(line, at + 1, pattern.begins)
    return len(line) + 1, len(line) + 1


@kernel
def _next_begin(line: Bytes, at: int, begins: Bytes) -> int:  # pragma: no cover
    """Give the next byte from ``at`` on that may begin the phrase, or the end."""
    while at < len(line) and not begins[line[at]]:
        at += 1
    return at


@kernel
def _phrase_end(line: Bytes, at: int, pattern: _Pattern, same: Ints) -> int:  # pragma: no cover
    """Give where the phrase that begins at ``at`` ends; 0 if none does."""
    for i in range(len(pattern.codes) + pattern.n_any):
        if at == len(line):
            return 0
        code, size = char_at(line, at)
        if i < len(pattern.codes) and same[code] != pattern.codes[i]:
            return 0
        at += size
    return at
