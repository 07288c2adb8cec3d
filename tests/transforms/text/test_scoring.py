"""Scores: the probability of one label, as DCLM's code takes it of two labels, and for any number of them."""

import numpy as np
import pyarrow as pa
import pytest

from tests.transforms.text.fasttext_files import dense_model
from transforms.columns import Texts
from transforms.text.scoring import classifier

WORDS, ROWS = ["good", "bad"], [[0, 2], [2, 0]]
TWO = dense_model(WORDS, ["__label__cc", "__label__hq"], ROWS, [[1, 0], [0, 1]])
THREE = dense_model(WORDS, ["__label__a", "__label__b", "__label__c"], ROWS, [[1, 0], [0, 1], [0, 0]])


def scores(model, texts):
    batch = Texts.of(pa.array(texts, pa.string()))
    return model.scores(batch.data, batch.offsets)


@pytest.mark.parametrize("label", ["hq", "__label__hq"])
def test_of_two_labels_the_other_ones_probability_is_taken_from_one(label):
    good, bad, unknown, empty = scores(classifier(TWO, label), ["good", "bad", "neither", ""])
    assert good == pytest.approx(1 / (1 + np.exp(-2)), abs=1e-4)
    assert bad == 1 - scores(classifier(TWO, "cc"), ["bad"])[0]
    assert np.isnan([unknown, empty]).all()


def test_of_many_labels_it_is_the_labels_own():
    texts = ["good", "bad", "good bad bad"]
    told = np.stack([scores(classifier(THREE, label), texts) for label in "abc"])
    assert told.sum(axis=0) == pytest.approx([1, 1, 1], abs=1e-3)
    assert told[:, 0].argmax() == 1
    assert told[:, 1].argmax() == 0


@pytest.mark.parametrize(
    ("source", "label", "line"),
    [
        (TWO, "good", "it has no label 'good'; allowed: 'cc', 'hq'"),
        (dense_model(WORDS, ["__label__hq"], ROWS, [[1, 0]]), "hq", "it has one label only, 'hq'"),
        (b"", "hq", "fastText model"),
    ],
)
def test_what_cannot_score_is_refused(source, label, line):
    with pytest.raises(ValueError, match=line):
        classifier(source, label)
