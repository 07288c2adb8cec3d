"""RedPajama-Data-V2's quality signals (Weber et al. 2024), one value per text.

Definitions: schemas/signals.py, ``SignalMeasures``.
"""

from functools import lru_cache
from math import log
from typing import NamedTuple

import numpy as np
from numba import njit

from schemas.signals import SignalMeasures
from transforms.text.cases import UPPER, cases
from transforms.text.cut import Cut, cut_text
from transforms.text.sentence_breaks import sentence_breaks
from transforms.text.sentences import count_sentences
from transforms.text.signal_lines import describe_lines
from transforms.text.symbols import count_symbols
from transforms.text.unicode import Bytes, Doubles, Ints, Longs, char_at
from transforms.text.word_tables import Tables, tables
from transforms.text.words import HAS_ALPHA, HAS_NON_MARK

_LOWER = 8  # a bit that `cases` leaves free: of characters that make a word not all upper-case
_STOP_WORDS = tuple(int.from_bytes(w, "big") for w in b"the be to of and that have with".split())
_JAVASCRIPT = b"javascript"
_N_SIGNALS = len(SignalMeasures._fields)


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
    return SignalTables(cases() | np.fromiter(is_lower, bool, 0x110000) * np.uint8(_LOWER), sentence_breaks())


def measure_signals(data: Bytes, offsets: Longs) -> SignalMeasures:
    """Measure a batch of texts; each field becomes an array of a value per text.

    Args:
        data: Valid UTF-8 bytes of all texts, one after another.
        offsets: Text ``i`` is ``data[offsets[i]:offsets[i + 1]]``.
    """
    rows = _batch(data, offsets, tables(), signal_tables())
    kinds = SignalMeasures.__annotations__.values()
    return SignalMeasures(*(rows[:, i].astype(np.int64) if kind is int else rows[:, i] for i, kind in enumerate(kinds)))


@njit(cache=True, nogil=True)
def _batch(data: Bytes, offsets: Longs, known: Tables, signals: SignalTables) -> Doubles:  # pragma: no cover
    rows = np.zeros((len(offsets) - 1, _N_SIGNALS), np.float64)
    for i in range(len(rows)):
        text = data[offsets[i] : offsets[i + 1]]
        describe(text, cut_text(text, known), signals, rows[i])
    return rows


@njit(cache=True, nogil=True)
def describe(text: Bytes, cut: Cut, tables: SignalTables, row: Doubles) -> None:  # pragma: no cover
    """Measure one text into ``row``, in the order of ``SignalMeasures``.

    Args:
        text: Valid UTF-8 of one text.
        cut: Its lines and words.
        tables: ``signal_tables()``.
        row: One number per measure, to be filled; zeros before.
    """
    row[0] = count_sentences(text, 0, len(text), tables.breaks)
    n_words = len(cut.words)
    words = _count_words(text, cut, tables.kinds)
    symbols = count_symbols(text)
    n_plain = words.plain.sum()
    if n_plain > 0:
        row[1] = len(words.plain) / n_plain
        row[2] = _entropy(words.plain, n_plain)
    if n_words > 0:
        row[3] = words.n_upper / n_words
        row[4] = (n_words - words.n_alpha) / n_words
        row[5] = words.n_stop / n_words
        row[6] = symbols.n_symbols / n_words
    if symbols.n_chars > 0:
        row[7] = symbols.n_curly_brackets / symbols.n_chars
        row[8] = symbols.n_lorem_ipsum / symbols.n_chars
    describe_lines(text, cut.lines, tables.kinds, row[9:14])
    row[14] = words.n_javascript


@njit(cache=True, nogil=True)
def _count_words(text: Bytes, cut: Cut, kinds: Bytes) -> _WordCounts:  # pragma: no cover
    """Look at each different word once, where it first occurs, and count its occurrences."""
    words, ids, counts = cut.words, cut.ids, cut.counts
    plain = np.empty(len(counts), np.int32)
    n_seen = n_unique = n_upper = n_alpha = n_stop = n_javascript = 0
    for i in range(len(words)):
        if ids[i] == n_seen:
            n = counts[n_seen]
            n_seen += 1
            first, last, bits = words[i, 0], words[i, 1], words[i, 3]
            plain[n_unique] = n
            n_unique += bits & HAS_NON_MARK != 0
            n_alpha += n if bits & HAS_ALPHA else 0
            n_upper += n if _is_upper(text, first, last, kinds) else 0
            if last - first <= 4:
                n_stop += n if _is_stop_word(text, first, last) else 0
            elif last - first == len(_JAVASCRIPT):
                n_javascript += n if _is_javascript(text, first) else 0
    return _WordCounts(plain[:n_unique], n_upper, n_alpha, n_stop, n_javascript)


@njit(cache=True, nogil=True)
def _entropy(counts: Ints, total: int) -> float:  # pragma: no cover
    """Give ``-Σ p log p`` of some counts, which are ``total`` together, added in their order."""
    once = 1 / total * log(1 / total)  # most words occur once: one logarithm is enough for them
    entropy = 0.0
    for n in counts:
        entropy -= once if n == 1 else n / total * log(n / total)
    return entropy


@njit(cache=True, nogil=True, forceinline=True)  # numba counts references to arrays that a call takes
def _is_upper(text: Bytes, first: int, last: int, kinds: Bytes) -> bool:  # pragma: no cover
    """Say what ``str.isupper`` does of a word."""
    seen = 0
    while first < last and not seen & _LOWER:
        code, size = char_at(text, first)
        seen |= kinds[code]
        first += size
    return seen & (_LOWER | UPPER) == UPPER


@njit(cache=True, nogil=True, forceinline=True)
def _is_stop_word(text: Bytes, first: int, last: int) -> bool:  # pragma: no cover
    packed = 0
    for i in range(first, last):
        packed = packed << 8 | np.int64(text[i] | 32)  # this bit makes a letter of nothing but a letter
    return packed in _STOP_WORDS


@njit(cache=True, nogil=True)
def _is_javascript(text: Bytes, first: int) -> bool:  # pragma: no cover
    i = 0
    while i < len(_JAVASCRIPT) and text[first + i] | 32 == _JAVASCRIPT[i]:
        i += 1
    return i == len(_JAVASCRIPT)
