"""RedPajama-Data-V2's quality signals (Weber et al. 2024), one value per text.

Definitions: schemas/signals.py, ``SignalMeasures``.
"""

from functools import lru_cache
from math import log
from typing import NamedTuple

import numpy as np

from transforms.text.cases import UPPER, cases
from transforms.text.compiled import inlined, kernel
from transforms.text.cut import Cut
from transforms.text.eights import eight_at, first_bytes, letters, lower_cased
from transforms.text.ellipses import SignCounts
from transforms.text.sentence_breaks import sentence_breaks
from transforms.text.sentences import count_sentences
from transforms.text.signal_lines import describe_lines
from transforms.text.stop_words import LONGEST, is_stop_word
from transforms.text.symbols import count_curly_brackets, count_lorem_ipsum
from transforms.text.unicode import Bytes, Doubles, Ints, char_at
from transforms.text.word_counts import WordCounts
from transforms.text.words import HAS_ALPHA, HAS_NON_MARK

_LOWER = 8  # a bit that `cases` leaves free: of characters that make a word not all upper-case
_JAVASCRIPT = b"javascript"


class SignalTables(NamedTuple):
    """Built once per process by ``signal_tables``."""

    kinds: Bytes
    """``cases.cases()``, and a bit for lower-case and title-case characters."""
    breaks: Bytes
    """``sentence_breaks.sentence_breaks()``."""


class _WordCounts(NamedTuple):
    plain: Ints
    """Occurrences of each plain word."""
    n_upper: int
    n_alpha: int
    n_stop: int
    n_javascript: int


@lru_cache(maxsize=1)
def signal_tables() -> SignalTables:
    """Give the tables (0.8 s the first time)."""
    characters = map(chr, range(0x110000))
    is_lower = (one.islower() or (one.istitle() and not one.isupper()) for one in characters)
    kinds = cases() | np.fromiter(is_lower, bool, 0x110000) * np.uint8(_LOWER)
    kinds.flags.writeable = False
    return SignalTables(kinds, sentence_breaks())


@lru_cache(maxsize=1)
def no_tables() -> SignalTables:
    """Give tables of nothing, of the same types, for batches whose signals nobody asks for."""
    nothing = np.empty(0, np.uint8)
    nothing.flags.writeable = False
    return SignalTables(nothing, nothing)


@kernel
def describe(
    text: Bytes, cut: Cut, counted: tuple[WordCounts, SignCounts], tables: SignalTables, row: Doubles
) -> None:  # pragma: no cover
    """Measure one text into ``row``, in the order of ``SignalMeasures``.

    Args:
        text: Valid UTF-8 of one text.
        cut: Its lines and words.
        counted: What ``word_counts.count_words`` and ``ellipses.count_signs`` give of it.
        tables: ``signal_tables()``.
        row: One number per measure, to be filled; zeros before.
    """
    row[0] = count_sentences(text, tables.breaks)
    n_chars, signs, n_words = counted[0].n_chars, counted[1], len(cut.words)
    words = _count_words(text, cut, tables.kinds)
    n_plain = words.plain.sum()
    if n_plain > 0:
        row[1] = len(words.plain) / n_plain
        row[2] = _entropy(words.plain, n_plain)
    if n_words > 0:
        row[3] = words.n_upper / n_words
        row[4] = (n_words - words.n_alpha) / n_words
        row[5] = words.n_stop / n_words
        row[6] = (signs.n_hashes + signs.n_dots + signs.n_ellipses) / n_words
    if n_chars > 0:
        row[7] = count_curly_brackets(text) / n_chars
        row[8] = count_lorem_ipsum(text) / n_chars
    describe_lines(text, cut.lines, tables.kinds, row[9:14])
    row[14] = words.n_javascript


@kernel
def _count_words(text: Bytes, cut: Cut, kinds: Bytes) -> _WordCounts:  # pragma: no cover
    """Look at each different word once, where it first occurs, and count its occurrences."""
    plain = np.empty(len(cut.counts), np.int32)
    n_unique = n_upper = n_alpha = n_stop = n_javascript = 0
    for k in range(len(cut.counts)):
        n, word = np.int64(cut.counts[k]), np.uint64(cut.firsts[k])
        first, bits = np.int64(cut.words[word, 0]), cut.words[word, 3]
        size = np.int64(cut.words[word, 1]) - first
        eight = eight_at(text, first)
        plain[n_unique] = n
        n_unique += bits & HAS_NON_MARK != 0
        n_alpha += n * (bits & HAS_ALPHA != 0)
        is_short = size <= LONGEST  # as in `lower_cased`: nothing but a letter becomes one
        n_stop += n * (is_short & is_stop_word(first_bytes(lower_cased(eight), min(size, LONGEST))))
        if not _has_lower(eight, size):
            n_upper += n * _is_upper(text, first, first + size, kinds)
        if size == len(_JAVASCRIPT):
            n_javascript += n * _is_javascript(text, first)
    return _WordCounts(plain[:n_unique], n_upper, n_alpha, n_stop, n_javascript)


@kernel
def _entropy(counts: Ints, total: int) -> float:  # pragma: no cover
    """Give ``-Σ p log p`` of some counts, which are ``total`` together, added in their order."""
    once = 1 / total * log(1 / total)  # most words occur once: one logarithm is enough for them
    entropy = 0.0
    for n in counts:
        entropy -= once if n == 1 else n / total * log(n / total)
    return entropy


@inlined
def _is_upper(text: Bytes, first: int, last: int, kinds: Bytes) -> bool:  # pragma: no cover
    """Say what ``str.isupper`` does of a word."""
    seen = 0
    while first < last and not seen & _LOWER:
        code, size = char_at(text, first)
        seen |= kinds[code]
        first += size
    return seen & (_LOWER | UPPER) == UPPER


@inlined
def _has_lower(eight: np.uint64, size: int) -> bool:  # pragma: no cover
    """Say whether a lower-case letter of ASCII is surely in a word, whose first bytes these are."""
    lower = letters(eight) & eight << np.uint64(2)  # the bit of lower case, where the marks are
    return first_bytes(lower, min(size, 7)) != 0


@inlined
def _is_javascript(text: Bytes, first: int) -> bool:  # pragma: no cover
    i = 0
    while i < len(_JAVASCRIPT) and text[first + i] | 32 == _JAVASCRIPT[i]:
        i += 1
    return i == len(_JAVASCRIPT)
