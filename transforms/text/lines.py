r"""Lines that are no prose, and what is left of a text without them (RefinedWeb; DCLM's recipe, steps 18 to 24).

Each rule sees the whole text that the rule before it left. A line ends at ``\n`` only.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

import numpy as np

from transforms.text.cases import DIGIT, UPPER, cases
from transforms.text.compiled import kernel
from transforms.text.counters import is_counter
from transforms.text.cuts import Cuts, Spans, apply, collected, compose, no_cuts, put
from transforms.text.phrases import Phrase, cut_phrase
from transforms.text.scanning import after_spaces, before_spaces, count_words, next_byte
from transforms.text.unicode import Bytes, Longs, char_at

_COUNTER, _FEW_WORDS = 1, 2  # rules beside UPPER and DIGIT, the characters that a line may have too many of


class LineRules(NamedTuple):
    """What drops a line, or cuts a part of it; every rule is off unless it is given."""

    max_upper_ratio: float = 1.0
    """Most upper-case characters, by all characters of the line; at 1 the rule is off."""
    max_digit_ratio: float = 1.0
    """Most digits (``str.isdigit``), by all characters of the line; at 1 the rule is off."""
    drops_counters: bool = False
    """Whether "1.2K likes" goes."""
    min_words: int = 0
    """Fewest words (``str.split``) of a line that is not quite empty."""
    phrases: tuple[Phrase, ...] = ()
    """What is cut from lines of at most ``max_phrase_words`` words."""
    max_phrase_words: int = 10


def clean_lines(data: Bytes, offsets: Longs, rules: LineRules) -> Cuts:
    """Apply the rules, in the order of their fields, to every text.

    White space around the text goes after each rule but ``min_words`` (as in DCLM), even if it dropped no line.

    Args:
        data: Valid UTF-8 bytes of all texts, one after another.
        offsets: Text ``i`` is ``data[offsets[i]:offsets[i + 1]]``.
        rules: Which rules, and their limits.
    """
    total = no_cuts(offsets)
    rest, rest_offsets = data, offsets
    for step in _steps(rules):
        cuts = step(rest, rest_offsets)
        rest, rest_offsets = apply(rest, rest_offsets, cuts)
        total = compose(offsets, total, cuts)
    return total


def _steps(rules: LineRules) -> Iterator[Callable[[Bytes, Longs], Cuts]]:
    for kind, limit in ((UPPER, rules.max_upper_ratio), (DIGIT, rules.max_digit_ratio)):
        if limit < 1:
            yield partial(_drop, rule=(kind, limit))
            yield _strip
    if rules.drops_counters:
        yield partial(_drop, rule=(_COUNTER, 0.0))
        yield _strip
    if rules.min_words > 0:
        yield partial(_drop, rule=(_FEW_WORDS, float(rules.min_words)))
    for phrase in rules.phrases:
        yield partial(cut_phrase, phrase=phrase, max_words=rules.max_phrase_words)
        yield _strip


def _drop(data: Bytes, offsets: Longs, rule: tuple[int, float]) -> Cuts:
    return collected(*_dropped(data, offsets, rule, cases()))


def _strip(data: Bytes, offsets: Longs) -> Cuts:
    return collected(*_stripped(data, offsets, cases()))


@kernel
def _dropped(
    data: Bytes, offsets: Longs, rule: tuple[int, float], kinds: Bytes
) -> tuple[Spans, Longs]:  # pragma: no cover
    spans = np.empty((len(offsets), 2), np.int64)
    firsts = np.zeros(len(offsets), np.int64)
    n = 0
    for i in range(len(offsets) - 1):
        first, end = offsets[i], offsets[i + 1]
        kept = first - 1  # end of the last line that stays; its new-line goes with the next that does
        while first <= end:
            last = next_byte(data, 10, first, end)
            if first == last or not _is_dropped(data[:last], first, rule, kinds):
                if kept + 1 < first:
                    spans, n = put(spans, firsts[i], n, kept + 1, first)
                kept = last
            first = last + 1
        spans, n = put(spans, firsts[i], n, max(kept, offsets[i]), end)
        firsts[i + 1] = n
    return spans, firsts


@kernel
def _is_dropped(line: Bytes, first: int, rule: tuple[int, float], kinds: Bytes) -> bool:  # pragma: no cover
    kind, limit = rule
    if kind == _COUNTER:
        return is_counter(line, first, kinds)
    if kind == _FEW_WORDS:
        return count_words(line, first, int(limit), kinds) < limit
    return _has_share(line, first, kind, limit, kinds)


@kernel
def _has_share(line: Bytes, first: int, kind: int, limit: float, kinds: Bytes) -> bool:  # pragma: no cover
    """Say whether more than this share of the line's characters are of a kind."""
    n_bytes = len(line) - first
    enough = int((1 - limit) * n_bytes)  # so many others, and the share is within the limit whatever follows
    while (n_bytes - enough) / n_bytes > limit:
        enough += 1
    n_chars = n_others = 0
    at = first
    while at < len(line) and n_others < enough:
        code, size = char_at(line, at)
        n_others += kinds[code] & kind == 0
        n_chars += 1
        at += size
    return n_others < enough and (n_chars - n_others) / n_chars > limit


@kernel
def _stripped(data: Bytes, offsets: Longs, kinds: Bytes) -> tuple[Spans, Longs]:  # pragma: no cover
    """Collect the white space around each text."""
    spans = np.empty((len(offsets), 2), np.int64)
    firsts = np.zeros(len(offsets), np.int64)
    n = 0
    for i in range(len(offsets) - 1):
        start, end = offsets[i], offsets[i + 1]
        first = after_spaces(data[:end], start, end - start, kinds)
        last = before_spaces(data, first, end, end - first, kinds)
        spans, n = put(spans, firsts[i], n, start, first)
        spans, n = put(spans, firsts[i], n, last, end)
        firsts[i + 1] = n
    return spans, firsts
