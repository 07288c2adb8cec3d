"""Vectors and those before them: nothing is missed, nothing depends on blocks, and what has no direction is none."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.dedup.cosine import nearest_earlier, normalised, similarity

NUMBERS = st.floats(-1e3, 1e3, width=32)


def plain(a, b):
    """The cosine of two vectors, by plain Python."""
    return sum(x * y for x, y in zip(a, b, strict=True)) / math.sqrt(sum(x * x for x in a) * sum(x * x for x in b))


def drawn(n, n_dims=4, seed=1):
    """Vectors around few directions, so that many are near to each other."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(5, n_dims))
    return centres[rng.integers(5, size=n)] + rng.normal(scale=0.3, size=(n, n_dims))


def first_near(vectors, least):
    """Later → the first earlier one that is near to it, one by one."""
    found = {}
    for j in range(len(vectors)):
        for i in range(j):
            if round(plain(vectors[i], vectors[j]), 6) >= least:
                found[j] = i
                break
    return found


@pytest.mark.parametrize("row", [[0, 0], [math.nan, 1], [math.inf, 1], [-math.inf, math.inf], [0, -0.0]])
def test_what_has_no_direction_becomes_nan(row):
    told = normalised(np.array([row, [3, 4]], np.float64))
    assert np.isnan(told[0]).all()
    np.testing.assert_array_equal(told[1], np.array([0.6, 0.8], np.float32))


@pytest.mark.parametrize("size", [1e-320, 1e-160, 1.0, 1e160, 1e308])
def test_length_is_no_matter(size):
    np.testing.assert_allclose(normalised(np.array([[0.75 * size, size]])), [[0.6, 0.8]], rtol=1e-6)


@given(st.lists(NUMBERS, min_size=1, max_size=40).filter(any))
def test_a_vector_is_one_to_itself_and_minus_one_to_its_opposite(row):
    unit = normalised(np.array([row], np.float64))
    assert similarity(unit, unit)[0] == 1
    assert similarity(unit, -unit)[0] == -1


@given(st.data(), st.integers(2, 6))
def test_similarity_is_the_cosine(data, n_dims):
    a, b = (data.draw(st.lists(NUMBERS, min_size=n_dims, max_size=n_dims).filter(any)) for _ in range(2))
    unit = normalised(np.array([a, b], np.float64))
    assert similarity(unit[:1], unit[1:])[0] == pytest.approx(plain(a, b), abs=2e-6)


@pytest.mark.parametrize("least", [-1.0, 0.3, 0.9, 0.99, 1.0])
@pytest.mark.parametrize("n_dims", [1, 2, 7])
def test_each_finds_the_first_one_before_it(least, n_dims):
    vectors = normalised(drawn(120, n_dims))
    found = nearest_earlier(vectors, vectors, least, begin=0)
    told = dict(zip(found.later.tolist(), found.earlier.tolist(), strict=True))
    exact = [
        [float(similarity(vectors[i : i + 1], vectors[j : j + 1])[0]) >= least for i in range(j)] for j in range(120)
    ]
    assert told == {j: near.index(True) for j, near in enumerate(exact) if any(near)}


def test_blocks_find_what_one_whole_finds():
    vectors = normalised(drawn(90))
    whole = nearest_earlier(vectors, vectors, 0.95, begin=0)
    told = {}
    for begin in (0, 40, 70):
        end = {0: 40, 40: 70, 70: 90}[begin]
        for first, last in ((0, 40), (40, 70), (70, 90)):
            if first <= begin:
                is_same = first == begin
                found = nearest_earlier(vectors[begin:end], vectors[first:last], 0.95, 0 if is_same else None)
                for j, i in zip(found.later + begin, found.earlier + first, strict=True):
                    told[int(j)] = min(int(i), told.get(int(j), 1000))
    assert told == dict(zip(whole.later.tolist(), whole.earlier.tolist(), strict=True))
    assert 50 < len(told) < 80
    assert told == first_near(vectors.astype(float).tolist(), 0.95)


def test_a_part_of_a_block_is_held_against_those_before_it():
    vectors = normalised(drawn(50))
    whole = nearest_earlier(vectors, vectors, 0.95, begin=0)
    part = nearest_earlier(vectors[20:], vectors, 0.95, begin=20)
    mine = whole.later >= 20
    np.testing.assert_array_equal(part.later + 20, whole.later[mine])
    np.testing.assert_array_equal(part.earlier, whole.earlier[mine])
