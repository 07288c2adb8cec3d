"""The splitter: words by UAX #29, as the plain-Python package uniseg finds them."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from uniseg.wordbreak import words

from tests.transforms.marks import MARKS
from transforms.text.unicode import classes
from transforms.text.word_breaks import PICT_ALETTER, word_breaks
from transforms.text.word_tables import tables
from transforms.text.words import FIRST_ALNUM, HAS_ALPHA, HAS_NON_MARK, segments

# One or two code points of every value of the property, and the characters that rules look for.
OF_EACH_KIND = [chr(c) for value in range(PICT_ALETTER + 1) for c in np.flatnonzero(word_breaks() == value)[[0, -1]]]
OF_EACH_KIND = [c for c in OF_EACH_KIND if not 0xD800 <= ord(c) < 0xE000]
PIECES = [*OF_EACH_KIND, "word", "a", "1", "9", ".", ",", "'", '"', ":", ";", "_", " ", "  ", "\n", "\r\n", "\t", "\r"]
PIECES += ["\u0301", "\u200d", "❤", "\U0001f1e9", "\U0001f1ea", "א", "ア", "…", "¿", "中", "\xad", "\x85", "\u2028"]
SKEWED = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)
ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


def found(text):
    """Give the segments that the kernel finds: what they are, their characters and bits."""
    data = text.encode()
    rows = segments(np.frombuffer(data, np.uint8), tables())
    return [(data[first:last].decode(), n, bits) for first, last, n, bits in rows.tolist()]


def reference(text):
    """The same by uniseg and Python's own string methods."""
    told = []
    for word in words(text):
        if not word.isspace():
            bits = FIRST_ALNUM * word[0].isalnum() | HAS_ALPHA * any(map(str.isalpha, word))
            told.append((word, len(word), bits | HAS_NON_MARK * any(c not in MARKS for c in word)))
    return told


@settings(max_examples=1500, deadline=None)
@given(st.one_of(SKEWED, ANY))
@example("")
@example("\0")
@example("can't 3.14 a.b. x_y «q» 1,5; a:b 'tis \U0001f468\u200d\U0001f469 \U0001f1e9\U0001f1ea\U0001f1e9")
def test_every_segment_is_unisegs(text):
    assert found(text) == reference(text)


@pytest.mark.parametrize("text", ["a" * 1_000_000, "." * 300_000, "a'" * 300_000, "\u0301" * 300_000, 'א"' * 200_000])
def test_a_hostile_text_takes_linear_time(text):
    assert sum(len(word) for word, _, _ in found(text)) == len(text)


def test_white_space_alone_has_no_words():
    assert found(" \n\t\u3000\x1c\u2028 ") == []


def test_every_code_point_has_a_value_of_the_property():
    assert len(word_breaks()) == len(classes()) == 0x110000
    assert word_breaks().max() == PICT_ALETTER


def test_the_table_is_what_the_script_prints():
    from tests.house.unicode_tables import word
    from transforms.text import word_breaks

    assert word() == word_breaks._RUNS
