"""Paragraphs and documents whose n-grams were seen before, as DCLM removes them (BFF, Groeneveld 2023; ``dedup/bff``).

Texts are taken one after another. A paragraph goes if more than a share of its n-grams are known, and then adds
nothing; the n-grams of one that stays become known all at once, before the next is looked at. So the first copy stays,
and what stays depends on the order of texts.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from transforms.text.compiled import kernel
from transforms.text.cuts import Cuts, Spans, collected, put
from transforms.text.paragraph_rules import DedupRules
from transforms.text.paragraphs import CutTexts, Paragraphs
from transforms.text.seen import Seen, add, count_seen, grown, has_room
from transforms.text.unicode import Bytes, Longs

Bools = npt.NDArray[np.bool_]

_N_PARAGRAPHS, _N_REMOVED, _N_GRAMS, _N_CONTAINED, _N_WORDS_LEFT, _IS_EMPTIED = range(6)


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
        found = self.judge(self.rules.cut(data, offsets))
        starts = np.repeat(offsets[:-1], np.diff(found.cuts.firsts))
        return found._replace(cuts=Cuts(found.cuts.starts + starts, found.cuts.ends + starts, found.cuts.firsts))

    def judge(self, texts: CutTexts) -> Deduplicated:
        """Find what goes from the next texts, of which ``DedupRules.cut`` gave the paragraphs: bytes are not needed.

        Returns:
            As ``dedup``, but the offsets of cuts are into each text's own bytes.

        Raises:
            ValueError: as for ``dedup``.
        """
        for array in texts:  # as Arrow's are: every kernel is compiled for one kind of array
            array.flags.writeable = False
        rule = _Rule(float(self.rules.threshold), self.rules.removes != "paragraph")
        parts: list[tuple[Cuts, Longs]] = []
        at, n_texts = 0, len(texts.firsts) - 1
        while at < n_texts or not parts:
            spans, firsts, counts, n_more = _pass(texts, at, rule, self.seen)
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
def _pass(texts: CutTexts, at: int, rule: _Rule, seen: Seen) -> tuple[Spans, Longs, Longs, int]:  # pragma: no cover
    """Go through texts from ``at`` on, up to one whose n-grams find no room.

    Gives cuts and counts of those before, and its n-grams.
    """
    n_texts = len(texts.firsts) - 1 - at
    spans = np.empty((n_texts + 1, 2), np.int64)
    firsts, counts = np.zeros(n_texts + 1, np.int64), np.zeros((n_texts, 6), np.int64)
    n = n_more = done = 0
    while done < n_texts and n_more == 0:
        parts = _text(texts, at + done)
        if has_room(seen, len(parts.grams)):
            removed = _judge(parts, rule, seen, counts[done])
            if counts[done, _IS_EMPTIED]:
                spans, n = put(spans, n, n, np.int64(0), np.int64(parts.ends[-1]))
            else:
                spans, n = _put_removed(spans, n, parts, removed)
            done += 1
            firsts[done] = n
        else:
            n_more = len(parts.grams)
    return spans, firsts[: done + 1], counts[:done], n_more


@kernel
def _text(texts: CutTexts, i: int) -> Paragraphs:  # pragma: no cover
    first, behind = texts.firsts[i], texts.firsts[i + 1]
    grams = texts.grams[texts.first_grams[i] : texts.first_grams[i + 1]]
    return Paragraphs(texts.ends[first:behind], texts.words_to[first:behind], texts.grams_to[first:behind], grams)


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
def _put_removed(spans: Spans, n: int, parts: Paragraphs, removed: Bytes) -> tuple[Spans, int]:  # pragma: no cover
    """Add the paragraphs of one text that go to the cuts."""
    own, first = n, np.int64(0)
    for i in range(len(removed)):
        end = np.int64(parts.ends[i])
        if removed[i]:
            spans, n = put(spans, own, n, first, end)
        first = end
    return spans, n
