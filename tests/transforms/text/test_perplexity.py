"""Perplexity: a document's lines are sentences, and its words and ends of lines share their log10 probability."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.text.arpa import WORDS, arpa, log10_of, perplexity_of
from transforms.text.ccnet import sentence
from transforms.text.perplexity import perplexity

TEXTS = st.lists(st.lists(st.sampled_from([*WORDS, "unknown"])).map(" ".join)).map("\n".join)


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    kenlm = pytest.importorskip("kenlm", reason="the extra kenlm is not installed: it needs a C++ compiler")
    path = tmp_path_factory.mktemp("arpa") / "small.arpa"
    path.write_bytes(arpa())
    return kenlm.Model(str(path))


@given(TEXTS)
def test_it_is_what_plain_sums_over_lines_give(text):
    assert perplexity(text, log10_of) == pytest.approx(perplexity_of(text))


def test_it_is_what_was_counted_by_hand():
    # <s> the cat sat </s>: -0.25 - 0.375 - 0.125 - 0.0625 over 4; <s> x </s>: (-0.5 - 2.0) + (0.0 - 0.75) over 2
    assert perplexity("the cat sat", log10_of) == pytest.approx(10 ** (0.8125 / 4))
    assert perplexity("the cat sat\nx", log10_of) == pytest.approx(10 ** ((0.8125 + 3.25) / 6))


@given(TEXTS)
def test_white_space_and_lines_without_words_say_nothing(text):
    spaced = "\n \n" + text.replace(" ", "\t\u00a0 ").replace("\n", " \r\n\n") + "\n"
    assert perplexity(spaced, log10_of) == perplexity(text, log10_of)


@pytest.mark.parametrize("text", ["", " \n\t\n", "\0"])
def test_a_text_without_words_has_none(text):
    assert perplexity(text, log10_of) is None


@pytest.mark.parametrize("total", [-math.inf, math.nan, -1e9])
def test_what_is_no_finite_number_is_none(total):
    assert perplexity("the cat", lambda _: total) is None


def test_a_page_cannot_write_the_models_own_marks():
    assert perplexity("the <s> cat </s>", log10_of) == perplexity("the x cat y", log10_of)


def test_lines_are_shown_as_the_model_was_trained_on_them():
    written = perplexity('the cat sat\n"cat"', log10_of)
    assert perplexity("Thé\u0301 CÂT sat\n«Cat»", log10_of, sentence) == written
    assert perplexity("\0\n\x07", log10_of, sentence) is None


@given(TEXTS)
def test_kenlm_reads_the_same_from_the_file(model, text):
    found, wanted = perplexity(text, model.score), perplexity_of(text)
    assert found == wanted if wanted is None else found == pytest.approx(wanted, rel=1e-5)


@pytest.mark.parametrize(
    "text", ["the\0cat sat", "the\x0bcat sat", "the\u2003cat sat", "the <s> cat </s>", "\ufffd 🙂 the"]
)
def test_kenlm_and_we_see_the_same_words(model, text):
    words = text.replace("\0", " ").split()
    assert perplexity(text, model.score) == pytest.approx(perplexity_of(" ".join(words)), rel=1e-5)
