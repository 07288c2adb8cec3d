"""Runs that repeat, by suffix array and by plain Python's dictionary of runs."""

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.edits import HARD, check, pack, unpack
from transforms.text.cuts import apply
from transforms.text.substrings import SubstringRules, bytes_needed, repeated_substrings
from transforms.text.suffix_arrays import suffix_array

pytest.importorskip("pydivsufsort", reason="the extra substrings is not installed")

RULES = st.builds(SubstringRules, st.integers(1, 5), st.booleans())
TEXTS = st.lists(st.lists(st.sampled_from("aabbc"), max_size=25), max_size=6)


@given(st.lists(st.integers(0, 3) | st.sampled_from([255, 256, 65_535, 65_536, 1 << 24, (1 << 31) - 1]), max_size=40))
def test_a_suffix_array_is_the_order_of_suffixes(numbers):
    places = suffix_array(np.array(numbers, np.int32))
    assert places.dtype == np.int32
    assert places.tolist() == sorted(range(len(numbers)), key=lambda i: numbers[i:])


def goes(texts, rules):
    """Say of each token of each text whether it goes."""
    size, seen = rules.min_tokens, defaultdict(list)
    order = [(i, k) for i, text in enumerate(texts) for k in range(len(text) - size + 1)]
    for i, k in order:
        seen[tuple(texts[i][k : k + size])].append((i, k))
    gone = [[False] * len(text) for text in texts]
    for i, k in order:
        copies = seen[tuple(texts[i][k : k + size])]
        first, at = copies[0]
        is_gone = (first < i or at + size <= k) if rules.keep_first else len(copies) > 1
        for j in range(k, k + size):
            gone[i][j] |= is_gone
    return gone


def left(texts, rules):
    packed = pack(texts)
    found = repeated_substrings(*packed, rules)
    check(packed[1], found.cuts)
    return unpack(*apply(*packed, found.cuts)), found


@settings(max_examples=400)
@given(TEXTS, RULES)
def test_runs_that_repeat_go_as_by_plain_python(texts, rules):
    gone = goes(texts, rules)
    stay = [
        [word for word, is_gone in zip(*pair, strict=True) if not is_gone] for pair in zip(texts, gone, strict=True)
    ]
    found, told = left([" ".join(text) for text in texts], rules)
    assert found == [" ".join(text) for text in stay]
    assert told.n_tokens.tolist() == [len(text) for text in texts]
    assert told.n_removed.tolist() == [sum(one) for one in gone]


@given(TEXTS, st.integers(1, 5))
def test_every_token_that_goes_is_a_copy_of_one_that_stays(texts, size):
    """Whoever asks only for copies of the first loses no word for good."""
    found, _ = left([" ".join(text) for text in texts], SubstringRules(size))
    assert {word for text in found for word in text.split()} == {word for text in texts for word in text}


WORDS = [f"w{n}" for n in range(400)]
PASSAGE = " ".join(WORDS[:60])


def test_a_passage_of_two_texts_stays_in_the_first():
    texts = [f"One. {PASSAGE}\nEnd one.", f"Two,\n\n{PASSAGE} and end.", PASSAGE]
    assert left(texts, SubstringRules())[0] == [texts[0], "Two,\n\nand end.", ""]


def test_of_a_passage_of_two_texts_nothing_stays_where_no_copy_is_kept():
    texts = [f"One. {PASSAGE}\nEnd one.", f"Two,\n\n{PASSAGE} and end.", PASSAGE]
    assert left(texts, SubstringRules(keep_first=False))[0] == ["One.\nEnd one.", "Two,\n\nand end.", ""]


def test_a_run_of_fewer_tokens_stays():
    short = " ".join(WORDS[:49])
    texts = [f"a {short} b", f"c {short} d"]
    assert left(texts, SubstringRules())[0] == texts
    assert left(texts, SubstringRules(49))[0] == [texts[0], "c d"]


def test_a_run_does_not_go_on_in_the_next_text():
    half = " ".join(WORDS[:30]), " ".join(WORDS[30:60])
    texts = [PASSAGE, *half, *half]
    assert left(texts, SubstringRules(31))[0] == texts


def test_a_text_of_one_phrase_keeps_as_many_tokens_as_a_run_has():
    [found], told = left(["buy now " * 500], SubstringRules())
    assert found == "buy now " * 25
    assert told.n_removed.tolist() == [950]
    assert left(["buy now " * 500], SubstringRules(keep_first=False))[0] == [""]


def test_white_space_is_not_compared_and_case_is():
    texts = [PASSAGE, PASSAGE.replace(" ", "\n"), PASSAGE.upper()]
    assert left(texts, SubstringRules())[0] == [PASSAGE, "", PASSAGE.upper()]


@pytest.mark.parametrize("text", HARD)
def test_a_hard_text_is_a_copy_if_it_has_tokens(text):
    found, told = left([text, "x", text], SubstringRules(1))
    assert found == [text, "x", "" if told.n_tokens[0] else text]
    assert told.n_removed.tolist() == [0, 0, told.n_tokens[0]]


def test_a_thousand_copies_of_a_text_leave_one():
    found, _ = left([PASSAGE] * 1000, SubstringRules())
    assert found == [PASSAGE] + [""] * 999


def test_no_texts_are_no_texts():
    assert left([], SubstringRules())[0] == []


def test_a_run_of_no_tokens_is_refused():
    with pytest.raises(ValueError, match="min_tokens: given 0; allowed: 1 or more"):
        repeated_substrings(*pack(["a"]), SubstringRules(0))


def test_too_long_a_sequence_is_refused(monkeypatch):
    monkeypatch.setattr("transforms.text.suffix_arrays._MOST_BYTES", 5)
    with pytest.raises(ValueError, match=r"3 numbers of 2 bytes are too many for one suffix array; allowed: 2"):
        suffix_array(np.array([1, 256, 1], np.int32))


def test_memory_is_told_before_it_is_taken():
    assert [bytes_needed(n, 0) for n in (1 << 20, (1 << 20) + 1)] == [44 << 20, (52 << 20) + 36]
    assert bytes_needed(0, 1000) < 200_000
