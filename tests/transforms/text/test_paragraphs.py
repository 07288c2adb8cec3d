"""Paragraphs and their n-grams: BFF's, by plain Python, with one hash for each n-gram."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.transforms.edits import ANY, HARD
from tests.transforms.text import bff
from tests.transforms.text.test_words import PIECES
from transforms.text.paragraphs import Grams, cut_paragraphs, paragraph_tables

FEW = st.lists(st.sampled_from([*PIECES, "\n", "\r\n", "\x1c", "\x1f", "a b", "a b c"]), max_size=20).map("".join)
SIZES = st.tuples(st.integers(1, 4), st.integers(0, 4)).map(lambda pair: (pair[0], sum(pair)))


def found(text, least, most, is_whole=False):
    """Give each paragraph: its text, tokens and hashes of n-grams."""
    data = text.encode()
    ends, words_to, grams_to, grams = cut_paragraphs(
        np.frombuffer(data, np.uint8), paragraph_tables(), Grams(least, most, is_whole)
    )
    assert len(grams) == grams_to[-1]
    told = zip(pairwise([0, *ends]), pairwise([0, *words_to]), pairwise([0, *grams_to]), strict=True)
    return [(data[a:b].decode(), n - m, grams[i:j].tolist()) for (a, b), (m, n), (i, j) in told]


@settings(max_examples=600)
@given(st.one_of(FEW, ANY), SIZES, st.booleans())
@example("", (1, 1), False)
@example("\n\n", (1, 2), False)
@example("a\x1cb \x1d\n\x1f", (1, 2), False)
@example("\n\u0301a b\r\nc", (1, 2), False)
def test_paragraphs_and_n_grams_are_those_of_plain_python(text, sizes, is_whole):
    parts = found(text, *sizes, is_whole)
    assert [part for part, _, _ in parts] == bff.paragraphs(text, is_whole)
    names = {}  # n-gram → hash: as many hashes as n-grams, and each always the same
    for part, n_words, grams in parts:
        expected = bff.grams(part, *sizes)
        assert n_words == len(bff.tokens(part))
        assert len(grams) == len(expected)
        for gram, told in zip(expected, grams, strict=True):
            assert names.setdefault(gram, told) == told != 0
    assert len(set(names.values())) == len(names)


@pytest.mark.parametrize("text", HARD)
def test_a_paragraph_begins_with_its_new_line(text):
    assert [part for part, _, _ in found(f"{text}\nx\n", 1, 1)] == [*bff.paragraphs(text), "\nx", "\n"]


def test_an_n_gram_is_known_by_its_words_alone():
    [(_, _, first)] = found("one, two three", 1, 13)
    assert first == found("\n\x85 one , \u3000two\tthree ", 1, 13)[1][2]
    others = ["one two three,", "onetwo , three", "one, two Three", "one, two", "one, two three four", "two, one three"]
    assert all(found(other, 1, 13)[0][2] != first for other in others)


def plain_hash(gram):
    """The hash of an n-gram by Python's own numbers."""
    total = 0
    for word in gram:
        data, h = word.encode(), len(word.encode())
        for i in range(0, len(data), 8):
            h = (h ^ int.from_bytes(data[i : i + 8].rjust(8, b"\0"), "little")) * 0x9E3779B97F4A7C15 % 2**64
            h ^= h >> 32
        total = (total * 0xD1342543DE82EF95 + h * 0x9E3779B97F4A7C15) % 2**64
    total = (total ^ total >> 30) * 0xBF58476D1CE4E5B9 % 2**64
    total = (total ^ total >> 27) * 0x94D049BB133111EB % 2**64
    return (total ^ total >> 31) or 1


def test_a_hash_never_changes():
    """Hashes are stored: where these differ, ``HASHING`` has to be raised."""
    text = "The quick brown fox, naïvely 中文 jumps over antidisestablishmentarianism"
    [(_, _, grams)] = found(text, 5, 5)
    assert grams == [plain_hash(gram) for gram in bff.grams(text, 5, 5)]
    assert grams[0] == 8636726084709778587


def test_hashes_of_alike_n_grams_are_evenly_spread():
    # Numbers one after another: 400,000 hashes in 2^16 buckets by their high, middle and low bits.
    [(_, _, grams)] = found(" ".join(map(str, range(400_000))), 1, 1)
    hashes = np.array(grams, np.uint64)
    assert len(np.unique(hashes)) == 400_000
    for shift in (0, 24, 48):
        counts = np.bincount((hashes >> np.uint64(shift)).astype(np.uint16), minlength=1 << 16)
        mean = 400_000 / (1 << 16)
        deviations = (((counts - mean) ** 2).sum() / mean - (1 << 16)) / np.sqrt(2 << 16)  # of chi-squared
        assert abs(deviations) < 5
