r"""C4's line rules and what is measured by them (Raffel et al. 2020, section 2.2; paragraphs: mC4, Xue et al. 2021).

Counted as datatrove 0.10 does: lines are cut as ``str.splitlines`` does and stripped, words are those of ``str.split``.
Which lines stay is a matter of the lines alone; whether the text stays (placeholder text, curly brackets, too
few sentences or paragraphs) is decided on the measures.
"""

from typing import NamedTuple

import numpy as np

from schemas.datatrove import C4Measures
from transforms.text.c4_phrases import (
    CURLY_BRACKET,
    JAVASCRIPT,
    LOREM_IPSUM,
    POLICY,
    citation_size,
    find_phrases,
    may_hold,
)
from transforms.text.cases import cases
from transforms.text.compiled import inlined, kernel
from transforms.text.line_breaks import line_end
from transforms.text.scanning import after_spaces, before_spaces, count_words, next_byte
from transforms.text.sentence_breaks import sentence_breaks
from transforms.text.sentences import count_sentences
from transforms.text.text_lines import count_chars
from transforms.text.unicode import SPACE, Bytes, Longs, char_at

_MIN_PARAGRAPH_CHARS = 200
_N_LINES, _N_KEPT, _N_LOREM, _N_CURLY, _N_SENTENCES, _N_PARAGRAPHS, _N_COUNTS = range(7)


class C4Rules(NamedTuple):
    """What drops or changes a line, in order."""

    max_word_chars: int = 1000
    """A line with a longer word goes; 0 for no limit."""
    removes_citations: bool = True
    """Whether ``[1]``, ``[]``, ``[edit]`` and ``[citation needed]`` are taken out of a line."""
    needs_end_punctuation: bool = True
    """Whether a line must end in one of ``. ? ! " '``, and not in three dots."""
    min_words: int = 3
    """A line with fewer words, citations counted, goes."""
    drops_javascript: bool = True
    """Whether a line that names JavaScript goes."""
    drops_policies: bool = True
    """Whether a line that speaks of terms of use, privacy or cookies goes."""


class _Setup(NamedTuple):
    rules: C4Rules
    kinds: Bytes
    breaks: Bytes
    finds: bool = True
    """Whether any phrase may be in the text."""


def c4_lines(data: Bytes, offsets: Longs, rules: C4Rules) -> tuple[C4Measures, Bytes, Longs]:
    r"""Apply the line rules to every text.

    Args:
        data: Valid UTF-8 bytes of all texts, one after another.
        offsets: Text ``i`` is ``data[offsets[i]:offsets[i + 1]]``.
        rules: Which rules, and their limits.

    Returns:
        The measures, and the new texts: their bytes and offsets. The lines that stay are joined by ``\n``,
        whatever parted them before, and white space around the text is gone.
    """
    counts, out, out_offsets = _batch(data, offsets, _Setup(rules, cases(), sentence_breaks()))
    rest = out[: out_offsets[-1]]
    rest.flags.writeable = False  # as Arrow's buffers are: every kernel is compiled for one type only
    return C4Measures(*counts), rest, out_offsets


@kernel
def _batch(data: Bytes, offsets: Longs, setup: _Setup) -> tuple[Longs, Bytes, Longs]:  # pragma: no cover
    n_texts = len(offsets) - 1
    counts = np.zeros((_N_COUNTS, n_texts), np.int64)
    out = np.empty(offsets[-1] - offsets[0], np.uint8)
    out_offsets = np.zeros(n_texts + 1, np.int64)
    for i in range(n_texts):
        text = data[offsets[i] : offsets[i + 1]]
        n = _write_lines(text, out[out_offsets[i] :], setup, counts[:, i])
        out_offsets[i + 1] = out_offsets[i] + n
        counts[_N_PARAGRAPHS, i] = _count_paragraphs(text)
    return counts, out, out_offsets


@kernel
def _write_lines(text: Bytes, out: Bytes, setup: _Setup, counts: Longs) -> int:  # pragma: no cover
    """Write the lines that stay; gives the number of bytes written."""
    at = n = 0
    setup = _Setup(setup.rules, setup.kinds, setup.breaks, may_hold(text))
    while at < len(text):
        end, size = line_end(text, at)
        n = _write_line(text[at:end], out, n, setup, counts)
        counts[_N_LINES] += 1
        at = end + size
    n = before_spaces(out, 0, n, n, setup.kinds)
    counts[_N_SENTENCES] = count_sentences(out[:n], setup.breaks)
    return n


@kernel
def _write_line(line: Bytes, out: Bytes, n: int, setup: _Setup, counts: Longs) -> int:  # pragma: no cover
    """Write a line behind the ``n`` bytes that are there, if it stays; gives the new number of bytes."""
    rules, kinds = setup.rules, setup.kinds
    first = after_spaces(line, 0, len(line), kinds)
    line = line[first : before_spaces(line, first, len(line), len(line), kinds)]
    if count_words(line, 0, rules.min_words, kinds) < rules.min_words or _has_long_word(line, setup):
        return n
    start = n + (n > 0)
    end = _write_uncited(line, out, start, setup)
    if rules.needs_end_punctuation and not _ends_sentence(out[start:end]):
        return n
    found = find_phrases(out[start:end]) if setup.finds else 0
    counts[_N_LOREM] += found & LOREM_IPSUM != 0
    if rules.drops_javascript and found & JAVASCRIPT:
        return n
    counts[_N_CURLY] += found & CURLY_BRACKET != 0
    if rules.drops_policies and found & POLICY:
        return n
    counts[_N_KEPT] += 1
    if n > 0:
        out[n] = 10
        return end
    skipped = after_spaces(out[:end], 0, end, kinds)  # what a citation at the begin of the text leaves
    for i in range(skipped, end):
        out[i - skipped] = out[i]
    return end - skipped


@inlined
def _has_long_word(line: Bytes, setup: _Setup) -> bool:  # pragma: no cover
    most = setup.rules.max_word_chars
    if most <= 0 or len(line) <= most:
        return False
    at = n = 0
    while at < len(line) and n <= most:
        code, size = char_at(line, at)
        n = 0 if setup.kinds[code] & SPACE else n + 1
        at += size
    return n > most


@inlined
def _write_uncited(line: Bytes, out: Bytes, n: int, setup: _Setup) -> int:  # pragma: no cover
    """Write a line without its citations; gives where it ends."""
    at = 0
    while at < len(line):
        bracket = next_byte(line, 91, at, len(line)) if setup.rules.removes_citations else len(line)
        size = citation_size(line, bracket, setup.kinds)
        end = min(bracket + (size == 0), len(line))
        rest, part = out[n:], line[at:end]
        for i in range(len(part)):  # an assignment of the slice would take seconds more to compile
            rest[i] = part[i]
        n += end - at
        at = end + size
    return n


@inlined
def _ends_sentence(line: Bytes) -> bool:  # pragma: no cover
    n = len(line)
    last = line[n - 1] if n > 0 else 0
    if last == 46:
        return n < 3 or line[n - 2] != 46 or line[n - 3] != 46
    return last == 33 or last == 34 or last == 39 or last == 63


@kernel
def _count_paragraphs(text: Bytes) -> int:  # pragma: no cover
    n = at = 0
    while at < len(text):
        end = next_byte(text, 10, at, len(text))
        n += end - at >= _MIN_PARAGRAPH_CHARS and count_chars(text, at, end) >= _MIN_PARAGRAPH_CHARS
        at = end + 1
    return n
