"""A network is its definition, and its file is read only if it is exactly what was written."""

import io
import math
import pickle
import zipfile

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.two_layer.nets import network, networks, rows_of, samples
from transforms.columns import Texts
from transforms.two_layer.features import features_of
from transforms.two_layer.network import TwoLayer, Weights, read_network, sigmoid

SMALL = network([[1, -2, 0, 3], [0, 1, 1, -1]], [0.5, -1], [2, -3], 0.25, seed=7)


@given(networks(), samples)
def test_f_is_its_definition(net, sample):
    w1, b1, w2, b2 = net.weights
    rows = rows_of(sample)
    for x, hidden, f in zip(sample, net.hidden(rows), net.outputs(rows), strict=True):
        wanted = [sum(w * value for w, value in zip(w1[:, i], x, strict=True)) + b1[i] for i in range(len(b1))]
        assert hidden.tolist() == wanted
        assert f == sum(w2[i] * max(0, wanted[i]) for i in range(len(b1))) + b2


def test_a_score_is_the_sigmoid_of_f_and_a_text_without_a_word_has_none():
    texts = Texts.of(pa.array(["some words", " \n", "", "more words here"]))
    f = SMALL.outputs(features_of(texts.strings, SMALL.hashing)).tolist()
    scores = SMALL.scores(texts.data, texts.offsets).tolist()
    assert [math.isnan(score) for score in scores] == [False, True, True, False]
    assert [scores[0], scores[3]] == pytest.approx([1 / (1 + math.exp(-f[0])), 1 / (1 + math.exp(-f[3]))], rel=1e-15)
    assert sigmoid(np.array([-1e9, 0.0, 1e9])).tolist() == [0.0, 0.5, 1.0]


@given(networks())
def test_a_file_gives_the_network_back_and_the_same_bytes(net):
    data = net.to_bytes()
    again = read_network(data)
    assert all(np.array_equal(a, b) for a, b in zip(net.weights, again.weights, strict=True))
    assert again.to_bytes() == data


def test_the_bytes_hold_no_clock(monkeypatch):
    before = SMALL.to_bytes()
    monkeypatch.setattr("time.time", lambda: 2e9)
    assert SMALL.to_bytes() == before
    assert {info.date_time[0] for info in zipfile.ZipFile(io.BytesIO(before)).infolist()} == {1980}


@given(st.data())
def test_a_damaged_file_is_one_line(data):
    whole = bytearray(SMALL.to_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        whole[data.draw(st.integers(0, len(whole) - 1))] ^= data.draw(st.integers(1, 255))
    damaged = bytes(whole[: data.draw(st.integers(0, len(whole)))])
    try:
        found = read_network(damaged)
    except ValueError as error:
        assert len(str(error).splitlines()) == 1  # noqa: PT017
    else:  # only what the archive keeps beside the numbers was changed: dates, attributes
        assert found.to_bytes() == SMALL.to_bytes()


def saved(**changed):
    arrays = {"format": np.int64(1), "seed": np.int64(0), **SMALL.weights._asdict()} | changed
    out = io.BytesIO()
    np.savez(out, **{name: array for name, array in arrays.items() if array is not None})
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"", "no archive of NumPy arrays"),
        (b"no network", "no archive of NumPy arrays"),
        (pickle.dumps({"w1": 1}), "no archive of NumPy arrays"),
        (saved(w2=np.array([None, 1], object)), "allow_pickle"),
        (saved(w2=None), "it holds b1, b2, format, seed, w1; allowed: format, seed, w1, b1, w2, b2"),
        (saved(more=np.zeros(1)), "it holds b1, b2, format, more"),
        (saved(format=np.int64(2)), "format: is 2; allowed: 1"),
        (saved(seed=np.float64(0)), "seed: is float64 of 0 dimensions; allowed: int64 of 0"),
        (saved(seed=np.int64(-1)), "seed: given -1"),
        (saved(w1=np.zeros((4, 2), np.float32)), "w1: is float32 of 2 dimensions; allowed: float64 of 2"),
        (saved(w1=np.zeros(4)), "w1: is float64 of 1 dimensions"),
        (saved(w1=np.zeros((0, 2))), "w1: has shape 0 × 2"),
        (saved(w1=np.zeros((4, 0)), b1=np.zeros(0), w2=np.zeros(0)), "w1: has shape 4 × 0"),
        (saved(b1=np.zeros(3)), "b1: has 3 numbers; allowed: 2, one for each neuron"),
        (saved(w2=np.zeros(1)), "w2: has 1 numbers"),
        (saved(w2=np.array([1, np.nan])), "w2: holds a number beyond ±1e+30, or what is none"),
        (saved(b2=np.array(-np.inf)), "b2: holds a number beyond"),
    ],
)
def test_what_is_no_network_is_refused_in_one_line(data, line):
    with pytest.raises(ValueError) as told:  # noqa: PT011
        read_network(data)
    assert line in str(told.value)
    assert len(str(told.value).splitlines()) == 1


def test_a_lone_array_is_refused():
    out = io.BytesIO()
    np.save(out, np.zeros(3))
    with pytest.raises(ValueError, match="it is one NumPy array"):
        read_network(out.getvalue())


def test_an_array_in_another_memory_order_is_the_same_network():
    w1 = np.asfortranarray(SMALL.weights.w1)
    assert TwoLayer(SMALL.weights._replace(w1=w1), 7).to_bytes() == SMALL.to_bytes()
    assert isinstance(read_network(saved(w1=w1)).weights, Weights)
