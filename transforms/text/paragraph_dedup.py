"""Paragraphs and documents whose n-grams were seen before, as DCLM removes them (BFF, Groeneveld 2023; ``dedup/bff``).

Texts are taken one after another. A paragraph goes if more than a share of its n-grams are known, and then adds
nothing; the n-grams of one that stays become known all at once, before the next is looked at. So the first copy stays,
and what stays depends on the order of texts.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from transforms.text.compiled import kernel
from transforms.text.cuts import Cuts, Spans, collected, put
from transforms.text.paragraphs import Grams, Paragraphs, cut_paragraphs, paragraph_tables
from transforms.text.seen import Seen, add, count_seen, grown, has_room
from transforms.text.unicode import Bytes, Longs
from transforms.text.word_tables import Tables

Bools = npt.NDArray[np.bool_]
Removes = Literal["old-both", "paragraph", "document"]
"""``old-both``: paragraphs, and the whole text if more than that share of all its paragraphs' n-grams are known."""

_N_PARAGRAPHS, _N_REMOVED, _N_GRAMS, _N_CONTAINED, _N_WORDS_LEFT, _IS_EMPTIED = range(6)


@dataclass(frozen=True)
class DedupRules:
    """What is removed; the defaults are DCLM-Baseline's.

    Raises:
        ValueError: a field is not one of its values, or out of range.
    """

    removes: Removes = "old-both"
    threshold: float = 0.8
    """A paragraph or a text goes if a larger share of its n-grams than this is known, 0 to 1."""
    min_ngram: int = 13
    """Fewest words of a paragraph that may go; 1 or more."""
    max_ngram: int = 13
    """Words of an n-gram; a paragraph of fewer has one n-gram, of all its words."""

    def __post_init__(self) -> None:
        """Check every field."""
        if self.removes not in {"old-both", "paragraph", "document"}:
            raise ValueError(f"removes: given {self.removes!r}; allowed: old-both, paragraph, document")
        if not 0 <= self.threshold <= 1:
            raise ValueError(f"threshold: given {self.threshold}; allowed: 0 to 1")
        if not 1 <= self.min_ngram <= self.max_ngram < 1 << 31:
            raise ValueError(f"n-grams of {self.min_ngram} to {self.max_ngram} words; allowed: 1 or more, ascending")


class Deduplicated(NamedTuple):
    """What goes from each text of a batch; numbers are ``[n_texts]``."""

    cuts: Cuts
    """Paragraphs that go, or the whole text where it is emptied; offsets are into the bytes of the batch."""
    n_paragraphs: Longs
    n_removed: Longs
    """Paragraphs that were known; those of an emptied text that were not are not counted."""
    n_grams: Longs
    n_contained: Longs
    """N-grams that were known when their paragraph came."""
    n_words_left: Longs
    """Tokens (``paragraphs``) that are left. BFF writes no text without any."""
    is_emptied: Bools
    """Whether the text as a whole was known: by ``old-both`` and ``document`` only."""


class _Rule(NamedTuple):
    known: Tables
    grams: Grams
    threshold: float
    may_empty: bool


@dataclass
class ParagraphDedup:
    """Goes through texts in order, and remembers their n-grams from batch to batch.

    Attributes:
        rules: What is removed.
        seen: What is known, from ``seen.make_filter`` or ``make_set``; it is changed, or replaced by a larger one.
    """

    rules: DedupRules
    seen: Seen

    def dedup(self, data: Bytes, offsets: Longs) -> Deduplicated:
        """Find what goes from the next texts.

        Args:
            data: Valid UTF-8 bytes of all texts, one after another; below 2^31 bytes each.
            offsets: Text ``i`` is ``data[offsets[i]:offsets[i + 1]]``.

        Raises:
            ValueError: the set may hold no more n-grams. Some texts of the batch are known then: begin anew.
        """
        rules = self.rules
        grams = Grams(rules.min_ngram, rules.max_ngram, rules.removes == "document")
        rule = _Rule(paragraph_tables(), grams, float(rules.threshold), rules.removes != "paragraph")
        parts: list[tuple[Cuts, Longs]] = []
        at, n_texts = 0, len(offsets) - 1
        while at < n_texts or not parts:
            spans, firsts, counts, n_more = _pass(data, offsets[at:], rule, self.seen)
            parts.append((collected(spans, firsts), counts))
            at += len(counts)
            if at < n_texts:
                self.seen = grown(self.seen, n_more)
        return _joined([cuts for cuts, _ in parts], np.concatenate([counts for _, counts in parts]))


def _joined(parts: list[Cuts], counts: Longs) -> Deduplicated:
    before = np.cumsum([0, *(len(part.starts) for part in parts)])
    firsts = [part.firsts[1:] + n for part, n in zip(parts, before, strict=False)]
    cuts = Cuts(
        np.concatenate([part.starts for part in parts]),
        np.concatenate([part.ends for part in parts]),
        np.concatenate([np.zeros(1, np.int64), *firsts]),
    )
    n_paragraphs, n_removed, n_grams, n_contained, n_words_left, is_emptied = np.ascontiguousarray(counts.T)
    return Deduplicated(cuts, n_paragraphs, n_removed, n_grams, n_contained, n_words_left, is_emptied > 0)


@kernel
def _pass(data: Bytes, offsets: Longs, rule: _Rule, seen: Seen) -> tuple[Spans, Longs, Longs, int]:  # pragma: no cover
    """Go through texts up to one whose n-grams find no room; gives cuts and counts of those before, and its n-grams."""
    spans = np.empty((len(offsets), 2), np.int64)
    firsts, counts = np.zeros(len(offsets), np.int64), np.zeros((len(offsets) - 1, 6), np.int64)
    n = n_more = done = 0
    while done < len(counts) and n_more == 0:
        start = offsets[done]
        parts = cut_paragraphs(data[start : offsets[done + 1]], rule.known, rule.grams)
        if has_room(seen, len(parts.grams)):
            removed = _judge(parts, rule, seen, counts[done])
            if counts[done, _IS_EMPTIED]:
                spans, n = put(spans, n, n, start, offsets[done + 1])
            else:
                spans, n = _put_removed(spans, n, parts, removed, start)
            done += 1
            firsts[done] = n
        else:
            n_more = len(parts.grams)
    return spans, firsts[: done + 1], counts[:done], n_more


@kernel
def _judge(parts: Paragraphs, rule: _Rule, seen: Seen, counts: Longs) -> Bytes:  # pragma: no cover
    """Say for each paragraph of a text whether it goes, add those that stay, and count into ``counts``, all zeros."""
    removed = np.zeros(len(parts.ends), np.uint8)
    first = first_word = n_contained = n_words_left = 0
    for i in range(len(removed)):
        behind, behind_words = parts.grams_to[i], parts.words_to[i]
        n_known = count_seen(seen, parts.grams, first, behind)
        n_contained += n_known
        if _is_known(n_known, behind - first, rule.threshold):
            removed[i] = 1
        else:
            add(seen, parts.grams, first, behind)
            n_words_left += behind_words - first_word
        first, first_word = behind, behind_words
    counts[_N_PARAGRAPHS], counts[_N_REMOVED] = len(removed), removed.sum()
    counts[_N_GRAMS], counts[_N_CONTAINED] = first, n_contained
    counts[_IS_EMPTIED] = rule.may_empty and _is_known(n_contained, first, rule.threshold)
    counts[_N_WORDS_LEFT] = 0 if counts[_IS_EMPTIED] else n_words_left
    return removed


@kernel
def _is_known(n_contained: int, n: int, threshold: float) -> bool:  # pragma: no cover
    """Say whether more than this share is known; of no n-grams none is."""
    return n > 0 and n_contained / n > threshold


@kernel
def _put_removed(
    spans: Spans, n: int, parts: Paragraphs, removed: Bytes, start: int
) -> tuple[Spans, int]:  # pragma: no cover
    """Add the paragraphs of one text that go to the cuts."""
    own, first = n, np.int64(start)
    for i in range(len(removed)):
        end = start + parts.ends[i]
        if removed[i]:
            spans, n = put(spans, own, n, first, end)
        first = end
    return spans, n
