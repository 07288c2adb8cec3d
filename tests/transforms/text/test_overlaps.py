"""Texts held against sets: what comparing each with each by plain Python finds."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.edits import ANY, HARD, pack
from tests.transforms.text.shingled import drawn_words, hashes
from transforms.text.overlaps import overlaps, sets_of
from transforms.text.shingles import Shingling, shingle_sets

FEW_WORDS = st.lists(st.sampled_from(["a", "A", "b", "c", "é", "中", "\u3000", "longer-word"]), max_size=10)
TEXTS = st.lists(st.one_of(FEW_WORDS.map(" ".join), ANY, st.sampled_from(HARD)), max_size=10)


def expected(texts, sample, shingling, least):
    found = []
    for i, text in enumerate(texts):
        for k, other in enumerate(sample):
            a, b = (set(hashes(one, shingling.size, shingling.unit)) for one in (text, other))
            if a | b and len(a & b) / len(a | b) >= least:
                found.append((i, k, len(a & b) / len(a | b)))
    return found


def held(texts, sample, shingling, least):
    """Pairs in order; those of one text come in any order."""
    sets = sets_of(*shingle_sets(*pack(sample), *shingling))
    found = overlaps(*pack(texts), shingling, sets, least)
    pairs = list(zip(*(part.tolist() for part in found), strict=True))
    assert [i for i, _, _ in pairs] == sorted(i for i, _, _ in pairs)
    return sorted(pairs)


@given(TEXTS, TEXTS, st.sampled_from([1e-9, 1 / 3, 0.5, 0.8, 1]), st.sampled_from(["words", "characters"]))
def test_pairs_are_those_that_comparing_each_with_each_finds(texts, sample, least, unit):
    for size in (1, 3):
        shingling = Shingling(unit, size)
        assert held(texts, sample, shingling, least) == expected(texts, sample, shingling, least)


def test_a_pair_at_the_threshold_is_in_and_one_shingle_less_is_not():
    text, known = " ".join("abcdefghij"), " ".join("abcdefghijkl")
    assert held([text], [known], Shingling("words", 1), 10 / 12) == [(0, 0, 10 / 12)]
    assert held([text[:-2]], [known], Shingling("words", 1), 10 / 12) == []


def test_very_many_pairs_and_sets_that_hold_the_same_are_all_found():
    shingling, common = Shingling("words", 2), drawn_words(50, 0)
    texts = [" ".join([*common, f"x{k}"]) for k in range(300)]
    found = held(texts, texts[:100], shingling, 0.9)
    assert [pair[:2] for pair in found] == [(i, k) for i in range(300) for k in range(100)]
    assert {similarity for i, k, similarity in found if i == k} == {1}
    assert {similarity for i, k, similarity in found if i != k} == {49 / 51}


def test_no_texts_and_no_sets_make_no_pairs():
    for texts, sample in ([], ["a b"]), (["a b"], []), ([], []), (["", " "], ["", "\n"]):
        assert held(texts, sample, Shingling(), 0.1) == []


@pytest.mark.parametrize("least", [0, -0.5, float("nan")])
def test_pairs_that_share_nothing_cannot_be_asked_for(least):
    with pytest.raises(ValueError, match="allowed: above 0"):
        held(["a"], ["a"], Shingling(), least)


def test_texts_of_300_words_are_held_against_200_sets_in_microseconds():
    texts = [" ".join(drawn_words(300, seed)) for seed in range(2000)]
    packed, shingling = pack(texts), Shingling()
    sets = sets_of(*shingle_sets(*pack(texts[:200]), *shingling))
    overlaps(*packed, shingling, sets, 0.8)
    begun = time.process_time()
    found = overlaps(*packed, shingling, sets, 0.8)
    assert time.process_time() - begun < 0.2  # 0.02 s on a quiet machine
    assert found.texts.tolist() == found.sets.tolist() == list(range(200))
    assert np.array_equal(found.similarities, np.ones(200))
