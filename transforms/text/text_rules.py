"""Families of a text's measures that share its lines and words: cut once, for all of them."""

from collections.abc import Collection
from typing import Any, NamedTuple

import numpy as np

from schemas.measures import FAMILIES
from transforms.text.compiled import kernel
from transforms.text.cut import cut_text
from transforms.text.datatrove_quality import describe as describe_datatrove_quality
from transforms.text.datatrove_repetition import describe as describe_datatrove_repetition
from transforms.text.ellipses import count_signs
from transforms.text.fineweb import describe as describe_fineweb
from transforms.text.gopher import describe as describe_gopher
from transforms.text.gopher import describe_size
from transforms.text.marks import terminal_punctuation
from transforms.text.repetition import describe as describe_repetition
from transforms.text.signals import SignalTables, no_tables, signal_tables
from transforms.text.signals import describe as describe_signals
from transforms.text.unicode import Bytes, Doubles, Longs
from transforms.text.word_counts import count_words
from transforms.text.word_tables import Tables, tables

CUT_FAMILIES = ("words", "gopher", "repetition", "datatrove_quality", "datatrove_repetition", "fineweb", "signals")
_N_COLUMNS = tuple(len(FAMILIES[name].__annotations__) for name in CUT_FAMILIES)
_FIRSTS = tuple(sum(_N_COLUMNS[:i]) for i in range(len(CUT_FAMILIES) + 1))


class _Known(NamedTuple):
    words: Tables
    signals: SignalTables
    stops: Bytes


def measure(data: Bytes, offsets: Longs, families: Collection[str]) -> dict[str, dict[str, Any]]:
    """Measure a batch of texts.

    Args:
        data: Valid UTF-8 bytes of all texts, one after another.
        offsets: Text ``i`` is ``data[offsets[i]:offsets[i + 1]]``.
        families: Which of ``CUT_FAMILIES``; others are left to others.

    Returns:
        Family → measure → array of a value per text.
    """
    asked = np.array([name in families for name in CUT_FAMILIES])
    signals = signal_tables() if "signals" in families else no_tables()
    rows = _batch(data, offsets, _Known(tables(), signals, terminal_punctuation()), asked)
    places = zip(CUT_FAMILIES, _FIRSTS, _FIRSTS[1:], strict=False)
    return {name: _named(FAMILIES[name], rows[:, i:j]) for name, i, j in places if name in families}


def _named(family: Any, values: Doubles) -> dict[str, Any]:
    """Name columns after the family's measures; counts become whole numbers."""
    kinds = family.__annotations__.items()
    return {
        name: values[:, i].astype(np.int64) if kind is int else values[:, i] for i, (name, kind) in enumerate(kinds)
    }


@kernel
def _batch(data: Bytes, offsets: Longs, known: _Known, asked: Bytes) -> Doubles:  # pragma: no cover
    classes = known.words.classes
    rows = np.zeros((len(offsets) - 1, _FIRSTS[-1]), np.float64)
    for i in range(len(rows)):
        text, row = data[offsets[i] : offsets[i + 1]], rows[i]
        words = count_words(text, classes)
        describe_size(text, words, row[: _FIRSTS[1]])
        if not asked[1:].any():
            continue
        cut, signs = cut_text(text, known.words), count_signs(text)
        if asked[1]:
            describe_gopher(text, cut.lines, words, signs, row[_FIRSTS[1] : _FIRSTS[2]])
        if asked[2]:
            describe_repetition(text, cut, classes, row[_FIRSTS[2] : _FIRSTS[3]])
        if asked[3]:
            describe_datatrove_quality(text, cut, signs, classes, row[_FIRSTS[3] : _FIRSTS[4]])
        if asked[4]:
            describe_datatrove_repetition(text, cut, row[_FIRSTS[4] : _FIRSTS[5]])
        if asked[5]:
            describe_fineweb(text, cut, words.n_chars, known.stops, row[_FIRSTS[5] : _FIRSTS[6]])
        if asked[6]:
            describe_signals(text, cut, (words, signs), known.signals, row[_FIRSTS[6] :])
    return rows
