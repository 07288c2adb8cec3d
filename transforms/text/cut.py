"""A text cut into lines and words, once, for all the rules that ask for them."""

from typing import NamedTuple

from transforms.text.compiled import kernel
from transforms.text.ids import counted
from transforms.text.text_lines import cut_lines, inked
from transforms.text.unicode import Bytes, Ints
from transforms.text.word_tables import Tables
from transforms.text.words import segments


class Cut(NamedTuple):
    """The parts of one text."""

    lines: Ints
    """As ``text_lines.cut_lines`` gives them."""
    inked: Ints
    """As ``text_lines.inked`` gives them."""
    line_ids: Ints
    """A number for each of ``inked``; equal ones share it, and lower numbers first occur earlier."""
    line_counts: Ints
    """Occurrences of each number."""
    words: Ints
    """As ``words.segments`` gives them."""
    ids: Ints
    """A number for each word, as for lines."""
    counts: Ints
    """Occurrences of each number."""
    firsts: Ints
    """The first word of each number."""


@kernel
def cut_text(text: Bytes, known: Tables) -> Cut:  # pragma: no cover
    """Cut a text."""
    lines = cut_lines(text, known.classes)
    spans = inked(lines)
    line_ids, line_counts, _ = numbered(text, spans)
    words = segments(text, known)
    ids, counts, firsts = numbered(text, words)
    return Cut(lines, spans, line_ids, line_counts, words, ids, counts, firsts)


@kernel
def numbered(text: Bytes, spans: Ints) -> tuple[Ints, Ints, Ints]:  # pragma: no cover
    """Number equal spans (first byte, end, …) alike, by first occurrence; gives each one's number, counts, first ones.

    The first one of each number is given by its place among the spans.
    """
    return counted(text, spans[:, 0], spans[:, 1])
