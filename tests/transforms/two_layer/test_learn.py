"""Training: gradients are those of the loss, the same texts give the same bytes, and what can be learnt is."""

import dataclasses
import random

import numpy as np
import pytest

from tests.transforms.two_layer.nets import rows_of
from transforms.two_layer.features import features_of
from transforms.two_layer.learn import Settings, _add_gradients, _zeros, train_two_layer
from transforms.two_layer.network import TwoLayer, Weights

SMALL = Settings(n_neurons=8, n_features=512, n_epochs=6, batch=8, rate=0.01, seed=3)


def texts_of(rng, vocabulary, n):
    return [" ".join(f"{vocabulary}{rng.randrange(40)}" for _ in range(12)) for _ in range(n)]


@pytest.fixture(scope="module")
def data():
    """Two vocabularies of 40 words; 60 texts to train on and 60 others."""
    rng = random.Random(1)
    return [(texts_of(rng, "a", 30) + texts_of(rng, "b", 30), [True] * 30 + [False] * 30) for _ in range(2)]


def test_the_same_texts_and_seed_give_the_same_bytes_and_another_seed_others(data):
    [(texts, labels), _] = data
    first, again = (train_two_layer(texts, labels, SMALL).to_bytes() for _ in range(2))
    assert first == again
    assert first != train_two_layer(texts, labels, dataclasses.replace(SMALL, seed=4)).to_bytes()


def test_words_of_a_class_are_learnt(data):
    [(texts, labels), (others, wanted)] = data
    net = train_two_layer([*texts, " ", ""], [*labels, True, False], SMALL)
    assert (net.n_neurons, net.hashing) == (8, (512, 3))
    assert ((net.outputs(features_of(others, net.hashing)) > 0) == wanted).mean() == 1.0


def test_gradients_are_those_of_the_loss():
    rng = np.random.default_rng(5)
    weights = Weights(rng.standard_normal((4, 3)), rng.standard_normal(3), rng.standard_normal(3), np.array(0.3))
    rows, targets = rows_of(rng.standard_normal((6, 4))), np.array([1.0, 0, 0, 1, 1, 0])
    batch = np.array([0, 2, 3, 5])

    def loss(changed):
        f = TwoLayer(changed, 0).outputs(rows)[batch]
        return np.mean(np.logaddexp(0, f) - targets[batch] * f)

    found = _zeros(weights)
    _add_gradients(rows, batch, targets, weights, found)
    for name, array in weights._asdict().items():
        for at in np.ndindex(array.shape):
            step = np.zeros_like(array)
            step[at] = 1e-6
            up, down = (loss(weights._replace(**{name: array + sign * step})) for sign in (1, -1))
            assert getattr(found, name)[at] == pytest.approx((up - down) / 2e-6, abs=1e-8)


@pytest.mark.parametrize(
    ("texts", "labels", "line"),
    [
        (["a"], [True, False], "is_positive: has 2 values; allowed: 1"),
        (["a", "b"], [True, True], "none of the negative ones has a word"),
        (["a", " "], [False, True], "none of the positive ones has a word"),
        ([], [], "none of the positive ones"),
        (["\ud800", "a"], [True, False], "surrogates not allowed"),
    ],
)
def test_texts_that_teach_nothing_are_refused(texts, labels, line):
    with pytest.raises(ValueError, match=line):
        train_two_layer(texts, labels, SMALL)


@pytest.mark.parametrize(
    "wrong",
    [
        {"n_neurons": 0},
        {"n_features": 0},
        {"n_features": 1 << 25},
        {"n_epochs": 0},
        {"batch": 0},
        {"rate": float("nan")},
        {"rate": 1.0},
        {"seed": -1},
    ],
)
def test_a_setting_out_of_its_range_is_refused(wrong):
    with pytest.raises(ValueError, match=f"{next(iter(wrong))}: given"):
        Settings(**wrong)
