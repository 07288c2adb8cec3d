"""Vectors of texts by fastText models: those that the library gives."""

import random

import fasttext
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.text.fasttext_files import dense_model
from tests.transforms.text.test_fasttext import SENTENCES, supervised
from transforms.columns import Texts
from transforms.text.fasttext_file import read_model
from transforms.text.fasttext_vectors import text_vectors

WORDS = [*(f"w{i}" for i in range(300)), *(word for sentence in SENTENCES for word in sentence.split())]
UNKNOWN = ["unheard", "x", "ab" * 400, "\U0010ffff"]
TEXTS = st.lists(st.lists(st.sampled_from([*WORDS[:20], *UNKNOWN]), max_size=8).map(" ".join), max_size=5)
CASES = {
    "skip-gram": {"model": "skipgram"},
    "as cc.en.300.bin": {"model": "cbow", "minn": 5, "maxn": 5},
    "words only": {"model": "cbow", "maxn": 0},
    "a tree": {"model": "skipgram", "loss": "hs"},
}


@pytest.fixture(scope="module")
def lines(tmp_path_factory):
    """Give the path of a small corpus."""
    rng = random.Random(1)
    path = tmp_path_factory.mktemp("vectors") / "lines.txt"
    path.write_text("\n".join(" ".join(rng.choices(WORDS, k=20)) for _ in range(300)) + "\n", "utf-8")
    return path


@pytest.fixture(scope="module")
def trained(lines):
    """Give one of ``CASES``, trained once: the library's model and ours."""
    made = {}

    def of(name):
        if name not in made:
            options = {"dim": 10, "bucket": 500, "minCount": 1, "epoch": 1, "thread": 10, "verbose": 0}
            model = fasttext.train_unsupervised(str(lines), **options, **CASES[name])
            path = lines.with_name(f"{name}.bin")
            model.save_model(str(path))
            made[name] = model, text_vectors(np.memmap(path, np.uint8, "r"))
        return made[name]

    return of


def vectors(model, texts):
    batch = Texts.of(pa.array(texts, pa.string()))
    return model.of(batch.data, batch.offsets)


@pytest.mark.parametrize("name", CASES)
def test_they_are_those_of_the_library(trained, name):
    library, ours = trained(name)
    rng = random.Random(2)
    texts = [" ".join(rng.choices([*WORDS, *UNKNOWN], k=rng.randrange(600))) for _ in range(60)] + SENTENCES
    expected = np.stack([library.get_sentence_vector(text) for text in texts])
    assert np.abs(expected).max() > 0.1
    assert vectors(ours, texts) == pytest.approx(expected, abs=1e-6)


@given(texts=TEXTS)
def test_a_text_s_vector_does_not_depend_on_the_texts_beside_it(trained, texts):
    _, ours = trained("skip-gram")
    alone = [vectors(ours, [text])[0] for text in texts]
    assert vectors(ours, texts).tolist() == [row.tolist() for row in alone]


def test_nothing_known_is_no_direction(trained):
    _, ours = trained("words only")
    assert vectors(ours, ["", " \n", "unheard", "w1"]).any(axis=1).tolist() == [False, False, False, True]


def test_of_a_classifier_it_is_the_mean_of_all_rows(lines):
    lines = lines.with_name("labelled.txt")
    lines.write_text("\n".join(f"__label__{i % 3} {sentence}" for i, sentence in enumerate(SENTENCES)) + "\n", "utf-8")
    model = supervised(lines, {"dim": 10, "minn": 2, "maxn": 3, "wordNgrams": 2, "bucket": 100, "epoch": 2})
    model.save_model(str(lines.with_name("labelled.bin")))
    ours = text_vectors(lines.with_name("labelled.bin").read_bytes())
    expected = np.stack([model.get_sentence_vector(text) for text in SENTENCES])
    assert vectors(ours, SENTENCES) == pytest.approx(expected, abs=1e-5)


def test_a_file_of_word_vectors_is_no_classifier_and_a_damaged_one_is_refused(trained, lines):
    trained("skip-gram")
    data = lines.with_name("skip-gram.bin").read_bytes()
    with pytest.raises(ValueError, match="it gives word vectors, not labels"):
        read_model(data)
    for size in (0, 7, 100, len(data) // 2, len(data) - 1):
        with pytest.raises(ValueError, match="fastText model is damaged"):
            text_vectors(data[:size])
    with pytest.raises(ValueError, match="bytes are left over"):
        text_vectors(data + b"\0")
    unknown = bytearray(dense_model(["a"], ["__label__x"], [[1.0]], [[1.0]]))
    unknown[8 + 7 * 4] = 4
    with pytest.raises(ValueError, match="model is 4, none that is known"):
        text_vectors(bytes(unknown))
