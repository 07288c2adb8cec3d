r"""The paragraphs of a text and their n-grams of words, as BFF cuts them (DCLM's Bloom filter; ``dedup/bff``).

A paragraph begins at the begin of the text or at a ``\n``, which is its first byte, and goes on to the next. Its tokens
are the segments between UAX #29 word boundaries that are not white space; punctuation marks are tokens too. White space
is Unicode's ``White_Space`` here, as in Rust; ``str.isspace`` counts U+001C to U+001F as well.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from transforms.text.compiled import inlined, kernel
from transforms.text.ids import hash_bytes, mixed, power
from transforms.text.scanning import next_byte
from transforms.text.unicode import SPACE, Bytes, Ints, Longs
from transforms.text.word_tables import Tables, tables
from transforms.text.words import segments

Hashes = npt.NDArray[np.uint64]

HASHING = 1
"""To be raised when an n-gram's hash changes: hashes that were stored are of no use then."""

_WORD, _ORDER = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD1342543DE82EF95)  # odd; of a word, of words in a row
_1 = np.uint64(1)


class Grams(NamedTuple):
    """Which n-grams a paragraph has: all of ``most`` tokens, or one of all its tokens if they are fewer."""

    least: int
    """Fewest tokens of a paragraph that has an n-gram at all; 1 or more."""
    most: int
    """Tokens of an n-gram; ``least`` or more."""
    is_whole: bool
    """Whether the whole text is one paragraph."""


class Paragraphs(NamedTuple):
    """The paragraphs of one text, one or more. Those of ``i`` are what lies behind those of ``i - 1``."""

    ends: Ints
    """Byte behind each paragraph."""
    words_to: Ints
    """Tokens up to the end of each."""
    grams_to: Ints
    """N-grams up to the end of each."""
    grams: Hashes
    """A hash of each n-gram, in order, repeated ones too; of its tokens alone, and never 0."""


class CutTexts(NamedTuple):
    """The paragraphs of several texts, all that is needed to judge them: the texts themselves are not.

    ``ends``, ``words_to`` and ``grams_to`` are as in ``Paragraphs``, each text's own.
    """

    firsts: Longs
    """``[n_texts + 1]``: text ``i`` has the paragraphs from ``firsts[i]`` to ``firsts[i + 1]``."""
    first_grams: Longs
    """``[n_texts + 1]``: and the n-grams from ``first_grams[i]`` to ``first_grams[i + 1]``."""
    ends: Ints
    words_to: Ints
    grams_to: Ints
    grams: Hashes


@lru_cache(maxsize=1)
def paragraph_tables() -> Tables:
    """Give the splitter's tables, with U+001C to U+001F as tokens."""
    known = tables()
    kinds = known.classes.copy()
    kinds[0x1C:0x20] &= 0xFF - SPACE
    return known._replace(classes=kinds)


@kernel
def cut_texts(data: Bytes, offsets: Longs, known: Tables, asked: Grams) -> CutTexts:  # pragma: no cover
    """Cut texts ``data[offsets[i]:offsets[i + 1]]``; the others are as for ``cut_paragraphs``."""
    firsts, first_grams = np.zeros(len(offsets), np.int64), np.zeros(len(offsets), np.int64)
    for i in range(len(offsets) - 1):
        n = 1 if asked.is_whole else _count_paragraphs(data[offsets[i] : offsets[i + 1]])
        firsts[i + 1] = firsts[i] + n
    n = firsts[-1]
    ends, words_to, grams_to = np.empty(n, np.int32), np.empty(n, np.int32), np.empty(n, np.int32)
    grams = np.empty(0, np.uint64)
    for i in range(len(offsets) - 1):
        parts = cut_paragraphs(data[offsets[i] : offsets[i + 1]], known, asked)
        first, behind, at = firsts[i], firsts[i + 1], first_grams[i]
        ends[first:behind], words_to[first:behind], grams_to[first:behind] = parts.ends, parts.words_to, parts.grams_to
        if at + len(parts.grams) > len(grams):
            more = np.empty(2 * (at + len(parts.grams)), np.uint64)
            more[:at] = grams[:at]
            grams = more
        grams[at : at + len(parts.grams)] = parts.grams
        first_grams[i + 1] = at + len(parts.grams)
    return CutTexts(firsts, first_grams, ends, words_to, grams_to, grams[: first_grams[-1]].copy())


@kernel
def cut_paragraphs(text: Bytes, known: Tables, asked: Grams) -> Paragraphs:  # pragma: no cover
    r"""Cut a text into paragraphs and these into n-grams.

    The words are those of the whole text: a ``\n`` is between two boundaries, whatever is around it.

    Args:
        text: Valid UTF-8 of one text.
        known: ``paragraph_tables()``.
        asked: Which n-grams.
    """
    words = segments(text, known)
    hashes = _hash_words(text, words)
    n = 1 if asked.is_whole else _count_paragraphs(text)
    ends, words_to, grams_to = np.empty(n, np.int32), np.empty(n, np.int32), np.empty(n, np.int32)
    grams = np.empty(len(words), np.uint64)
    end = first = n_grams = 0
    for i in range(n):
        end = len(text) if asked.is_whole else next_byte(text, 10, end + (i > 0), len(text))
        behind = first
        while behind < len(words) and words[behind, 0] < end:
            behind += 1
        n_grams = _put_grams(grams, n_grams, (hashes, first, behind), asked)
        ends[i], words_to[i], grams_to[i] = end, behind, n_grams
        first = behind
    return Paragraphs(ends, words_to, grams_to, grams[:n_grams])


@kernel
def _count_paragraphs(text: Bytes) -> int:  # pragma: no cover
    n = 1
    for b in text:
        n += b == 10
    return n


@kernel
def _hash_words(text: Bytes, words: Ints) -> Hashes:  # pragma: no cover
    hashes = np.empty(len(words), np.uint64)
    for i in range(len(words)):
        hashes[i] = hash_bytes(text, np.int64(words[i, 0]), np.int64(words[i, 1]), _WORD)
    return hashes


@inlined
def _put_grams(grams: Hashes, n: int, words: tuple[Hashes, int, int], asked: Grams) -> int:  # pragma: no cover
    """Write the n-grams of a paragraph behind the first ``n``, and give how many there are now.

    Args:
        grams: Of the text, with room for one at each word.
        n: How many are written.
        words: Hashes of the text's words; the first of the paragraph's, and the one behind its last.
        asked: Which n-grams.
    """
    hashes, first, behind = words
    size = min(asked.most, behind - first)
    if size < asked.least:
        return n
    oldest = power(_ORDER, size)
    gram = np.uint64(0)  # a polynomial of the words' hashes, so that the next takes two multiplications
    for i in range(first, behind):
        gram = gram * _ORDER + hashes[i]
        if i - first >= size:
            gram -= hashes[i - size] * oldest
        if i - first + 1 >= size:
            grams[n] = max(mixed(gram), _1)
            n += 1
    return n
