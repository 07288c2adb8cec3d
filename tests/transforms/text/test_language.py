"""Languages: what the model says of texts and of their lines, as tags and probabilities."""

import fasttext
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.common.fetch import language_model as fetched
from tests.transforms.text.fasttext_files import dense_model
from transforms.columns import Texts
from transforms.text.language import identify, language_model
from transforms.text.language_tags import bcp47
from transforms.text.line_languages import identify_lines

ENGLISH = "The river floods the lower meadows nearly every spring, and the farmers wait."
GERMAN = "Der Fluss überschwemmt fast jedes Frühjahr die unteren Wiesen, und die Bauern warten."
RUSSIAN = "Река почти каждую весну затапливает нижние луга, и крестьяне ждут."
LINES = st.sampled_from([ENGLISH, GERMAN, RUSSIAN, "", " ", "12345 67890 12345 67890", "short", "\0", "🦀" * 30])


@pytest.fixture(scope="module")
def model():
    return language_model(np.memmap(fetched(), np.uint8, "r"))


@pytest.fixture(scope="module")
def library():
    return fasttext.load_model(str(fetched())).f


@pytest.fixture(scope="module")
def ask(model):
    def asked(texts, **options):
        batch = Texts.of(pa.array(texts, pa.string()))
        return identify(batch.data, batch.offsets, model, **options)

    return asked


@pytest.fixture(scope="module")
def ask_lines(model, ask):
    def asked(texts):
        batch = Texts.of(pa.array(texts, pa.string()))
        told = identify_lines(batch.data, batch.offsets, ask(texts).language, model)
        return [dict(zip(told._fields, row, strict=True)) for row in zip(*map(list, told), strict=True)]

    return asked


def test_languages_come_in_the_order_of_the_texts_the_likeliest_first(ask):
    found = ask([ENGLISH, RUSSIAN, GERMAN])
    assert found.language == ["en", "ru", "de"]
    assert (found.language_score > found.language_2_score).all()
    assert (found.language_2_score > found.language_3_score).all()
    assert all(found.language_2)
    assert all(found.language_3)


def test_a_text_of_which_the_model_knows_nothing_has_no_language_and_score_zero():
    labels = ["__label__eng_Latn", "__label__deu_Latn"]
    small = language_model(dense_model(["ja", "no"], labels, [[0, 1], [1, 0]], [[1, 0], [0, 1]]))
    batch = Texts.of(pa.array(["ja", "unknown", ""]))
    found = identify(batch.data, batch.offsets, small)
    assert (found.language[0], found.language_2[0]) == ("de", "en")
    assert [found.language[1:], found.language_2[1:], found.language_3] == [[None] * 2, [None] * 2, [None] * 3]
    assert found.language_score[1:].tolist() == found.language_3_score[1:].tolist() == [0.0, 0.0]


@given(st.lists(st.lists(LINES, max_size=5).map("\n".join), min_size=1, max_size=4), st.booleans())
def test_the_answers_are_the_librarys(ask, library, texts, joins_lines):
    found = ask(texts, joins_lines=joins_lines)
    for i, text in enumerate(texts):
        pairs = library.predict(text.replace("\n", "" if joins_lines else " ") + "\n", 3, 0.0, "strict")
        tags = [found.language[i], found.language_2[i], found.language_3[i]]
        scores = [found.language_score[i], found.language_2_score[i], found.language_3_score[i]]
        assert [tag for tag in tags if tag] == [bcp47(label) for _, label in pairs]
        assert scores[: len(pairs)] == pytest.approx([min(score, 1.0) for score, _ in pairs], abs=1e-5)
        assert all(0 <= score <= 1 for score in scores)


def test_no_texts_ask_nothing(ask):
    assert [list(values) for values in ask([])] == [[]] * 6


def test_what_is_no_model_is_refused():
    with pytest.raises(ValueError, match="fastText model"):
        language_model(b"no model")


class TestLines:
    def test_a_mixed_page_says_how_much_is_in_its_own_language(self, ask_lines):
        [row] = ask_lines([f"{GERMAN}\n{GERMAN}\n{RUSSIAN}\nshort"])
        assert (row["n_lines"], row["n_languages"]) == (3, 2)
        assert row["own_language_char_ratio"] == 2 * len(GERMAN) / (2 * len(GERMAN) + len(RUSSIAN))

    def test_texts_without_a_line_to_ask_have_zeros(self, ask_lines):
        assert (
            ask_lines(["", "short\nlines", "\n\n"])
            == [{"n_lines": 0, "n_languages": 0, "own_language_char_ratio": 0.0}] * 3
        )

    @given(st.lists(st.lists(LINES, max_size=6).map("\n".join), min_size=1, max_size=4))
    def test_it_is_what_asking_each_line_alone_gives(self, ask, ask_lines, texts):
        for text, own, row in zip(texts, ask(texts).language, ask_lines(texts), strict=True):
            lines = [line for line in text.split("\n") if len(line) >= 20]
            found = ask(lines)
            sure = {
                tag for tag, score in zip(found.language, found.language_score, strict=True) if tag and score >= 0.5
            }
            mine = sum(len(line) for line, tag in zip(lines, found.language, strict=True) if tag and tag == own)
            assert row["n_lines"] == len(lines)
            assert row["n_languages"] == len(sure)
            assert row["own_language_char_ratio"] == mine / max(sum(map(len, lines)), 1)
