"""The von Neumann entropy of vectors: of their kernel, by whichever matrix is smaller."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.von_neumann import von_neumann


def by_definition(vectors):
    """Give -Tr(ρ ln ρ) of the whole kernel: a cosine for each pair."""
    n = len(vectors)
    kernel = np.array([[a @ b / np.sqrt((a @ a) * (b @ b)) for b in vectors] for a in vectors])
    assert np.allclose(np.diag(kernel), 1)
    eigenvalues = np.linalg.eigvalsh(kernel / n)
    return -sum(x * np.log(x) for x in eigenvalues if x > 1e-15)


@given(st.integers(1, 30), st.integers(1, 30), st.integers(0, 99))
def test_it_is_that_of_the_kernel_for_few_vectors_and_for_many(n, d, seed):
    vectors = np.random.default_rng(seed).normal(size=(n, d)) + 0.5
    assert von_neumann(vectors) == pytest.approx(by_definition(vectors), abs=1e-10)


@given(st.integers(1, 9), st.integers(1, 5))
def test_directions_of_their_own_give_the_logarithm_of_their_number(n, times):
    assert von_neumann(np.repeat(np.eye(n, 9), times, axis=0)) == pytest.approx(np.log(n), abs=1e-12)


@pytest.mark.parametrize("scale", [1e-30, 1.0, 1e30])
def test_lengths_do_not_matter(scale):
    vectors = np.random.default_rng(1).normal(size=(6, 4))
    lengths = scale * np.arange(1, 7)[:, None]
    assert von_neumann((vectors * lengths).astype(np.float32)) == pytest.approx(von_neumann(vectors), abs=1e-6)


@pytest.mark.parametrize("vectors", [np.zeros((0, 3)), np.zeros((1, 3)), [[1.0, np.nan]], [[np.inf, 1.0], [1.0, 1.0]]])
def test_what_has_no_direction_is_refused(vectors):
    with pytest.raises(ValueError, match="each needs a direction"):
        von_neumann(np.array(vectors))
