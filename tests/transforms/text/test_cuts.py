"""Cuts: what they leave, two sets as one, and the runs of new-lines that are cut first."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.edits import ANY, HARD, LONG, check, left, pack, unpack
from transforms.text.blanks import squeeze_newlines
from transforms.text.cuts import Cuts, apply, compose, no_cuts

TEXTS = st.lists(st.text("abcdefgh", max_size=12), max_size=5)


def cuts_of(texts, marks):
    """Cut the characters that are marked, as (data, offsets, cuts) and as the texts that stay."""
    data, offsets = pack(texts)
    starts, ends, firsts = [], [], [0]
    for i, text in enumerate(texts):
        for run in re.finditer("1+", "".join("01"[marks[offsets[i] + j]] for j in range(len(text)))):
            starts.append(offsets[i] + run.start())
            ends.append(offsets[i] + run.end())
        firsts.append(len(starts))
    cuts = Cuts(*(np.array(values, np.int64) for values in (starts, ends, firsts)))
    rest = ["".join(c for j, c in enumerate(t) if not marks[offsets[i] + j]) for i, t in enumerate(texts)]
    return data, offsets, cuts, rest


class TestCuts:
    @settings(max_examples=300, deadline=None)
    @given(TEXTS, st.data())
    def test_two_edits_are_one_whose_cuts_leave_the_same(self, texts, draw):
        size = sum(map(len, texts))
        first_marks = draw.draw(st.lists(st.booleans(), min_size=size, max_size=size))
        data, offsets, first, rest = cuts_of(texts, first_marks)
        check(offsets, first)
        assert unpack(*apply(data, offsets, first)) == rest
        second_marks = draw.draw(st.lists(st.booleans(), min_size=size, max_size=size))
        _, rest_offsets, second, last = cuts_of(rest, second_marks)
        check(rest_offsets, second)
        both = compose(offsets, first, second)
        check(offsets, both)
        assert unpack(*apply(data, offsets, both)) == last

    def test_without_a_cut_the_very_same_arrays_come_back(self):
        data, offsets = pack(["ab", "c"])
        rest, rest_offsets = apply(data, offsets, no_cuts(offsets))
        assert rest is data
        assert rest_offsets is offsets

    def test_a_batch_that_starts_inside_its_buffer_is_cut_from_there(self):
        data, offsets = np.frombuffer(b"skip a\n\n\n\nb\n\n\n.", np.uint8), np.array([5, 11, 15])
        first = squeeze_newlines(data, offsets, 3)
        second = squeeze_newlines(*apply(data, offsets, first), 1)
        assert unpack(*apply(data, offsets, first)) == ["a\n\n\nb", "\n\n\n."]
        assert unpack(*apply(data, offsets, compose(offsets, first, second))) == ["a\nb", "\n."]
        assert unpack(*apply(data, offsets, compose(offsets, no_cuts(offsets), first))) == ["a\n\n\nb", "\n\n\n."]

    def test_an_empty_batch_has_no_cuts(self):
        assert left([], lambda data, offsets: squeeze_newlines(data, offsets, 2)) == []


class TestNewlines:
    @settings(max_examples=200, deadline=None)
    @given(st.lists(st.one_of(ANY, st.text("\n\n\n\ré ", max_size=40)), max_size=4), st.integers(0, 3))
    def test_longer_runs_become_as_long_as_is_allowed(self, texts, most):
        expected = [re.sub(rf"\n{{{most + 1},}}", "\n" * most, text) for text in texts]
        assert left(texts, lambda data, offsets: squeeze_newlines(data, offsets, most)) == expected

    @pytest.mark.parametrize("texts", [HARD, LONG])
    def test_hard_texts_are_squeezed_too(self, texts):
        expected = [re.sub(r"\n{3,}", "\n\n", text) for text in texts]
        assert left(texts, lambda data, offsets: squeeze_newlines(data, offsets, 2)) == expected
