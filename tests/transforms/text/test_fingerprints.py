"""Hashes of a text: which texts share one, and which do not."""

import hashlib
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.steps import MeasureStep
from tests.transforms.edits import pack
from transforms.text.fingerprints import NORMALISERS, exact_hashes, text_hashes

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


def text_sha256(text):
    return text_hashes(*pack([text]))[0]


def exact_hash(text, normaliser):
    return exact_hashes(*pack([text]), normaliser)[0]


def test_the_sha256_of_the_empty_text_is_the_known_one():
    assert text_sha256("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_the_sha256_is_of_the_utf_8_bytes():
    assert text_sha256("ä中😀") == hashlib.sha256(b"\xc3\xa4\xe4\xb8\xad\xf0\x9f\x98\x80").hexdigest()


@pytest.mark.parametrize("other", ["a  b", " a b ", "A B", "a\nb", "a\u3000b\t"])
def test_white_space_and_case_do_not_show_when_normalised(other):
    assert exact_hash(other, "whitespace_lower") == exact_hash("a b", "whitespace_lower")


@pytest.mark.parametrize("other", ["ab", "a b.", "b a", "á b", ""])
def test_other_differences_show_when_normalised(other):
    assert exact_hash(other, "whitespace_lower") != exact_hash("a b", "whitespace_lower")


@pytest.mark.parametrize("other", ["a  b", "A b", "a b\n"])
def test_every_difference_shows_when_not_normalised(other):
    assert exact_hash(other, "none") != exact_hash("a b", "none")


@given(TEXTS)
def test_a_hash_that_is_not_normalised_is_the_head_of_the_sha256(text):
    assert len(exact_hash(text, "none")) == 32
    assert text_sha256(text).startswith(exact_hash(text, "none"))


@given(st.lists(st.one_of(TEXTS, st.text(" \n\u3000aBİΣΑK", max_size=12)), max_size=5))
def test_a_batch_is_normalised_as_plain_python_does(texts):
    plain = [" ".join(text.lower().split()).encode() for text in texts]
    assert exact_hashes(*pack(texts), "whitespace_lower") == [hashlib.sha256(t).hexdigest()[:32] for t in plain]
    assert text_hashes(*pack(texts)) == [hashlib.sha256(text.encode()).hexdigest() for text in texts]


@pytest.mark.parametrize("other", ["Page 11 “x”", " page 99 x\n", "PAGE 12 x…", "page 12\x07 x"])
def test_digits_and_marks_do_not_show_as_ccnet_compares(other):
    assert exact_hash(other, "ccnet") == exact_hash("page 12 x", "ccnet")


@pytest.mark.parametrize("other", ["page 123 x", "page  12 x", "page 12 x.", "page 12 é"])
def test_number_of_digits_inner_spaces_and_full_stops_show_as_ccnet_compares(other):
    assert exact_hash(other, "ccnet") != exact_hash("page 12 x", "ccnet")


def test_a_recipe_may_ask_for_every_normaliser():
    assert get_args(MeasureStep.model_fields["normalise"].annotation) == NORMALISERS


def test_an_unknown_normaliser_is_an_error():
    with pytest.raises(ValueError, match="nfkc"):
        exact_hash("a", "nfkc")
