"""A text cut into lines and words, once, for all the rules that ask for them."""

from typing import NamedTuple

import numpy as np
from numba import njit

from transforms.text.ids import distinct
from transforms.text.text_lines import cut_lines
from transforms.text.unicode import Bytes, Ints
from transforms.text.word_tables import Tables
from transforms.text.words import segments


class Cut(NamedTuple):
    """The parts of one text."""

    lines: Ints
    """As ``text_lines.cut_lines`` gives them."""
    words: Ints
    """As ``words.segments`` gives them."""
    ids: Ints
    """A number for each word; equal words share it, and lower numbers first occur earlier."""
    counts: Ints
    """Occurrences of each number."""


@njit(cache=True, nogil=True)
def cut_text(text: Bytes, known: Tables) -> Cut:  # pragma: no cover
    """Cut a text."""
    words = segments(text, known)
    ids, counts = numbered(text, words)
    return Cut(cut_lines(text, known.classes), words, ids, counts)


@njit(cache=True, nogil=True)
def numbered(text: Bytes, spans: Ints) -> tuple[Ints, Ints]:  # pragma: no cover
    """Number equal spans (first byte, end, …) alike, by first occurrence; gives each one's number, and counts."""
    ids, n_ids = distinct(text, spans[:, 0], spans[:, 1])
    counts = np.zeros(n_ids, np.int32)
    for i in ids:
        counts[i] += 1
    return ids.astype(np.int32), counts
