"""Small networks and samples of whole numbers, on which sums of doubles are exact."""

import numpy as np
from hypothesis import strategies as st

from transforms.two_layer.features import Rows
from transforms.two_layer.network import TwoLayer, Weights

N_FEATURES = 4


def network(w1, b1, w2, b2=0.0, seed=0):
    """Make a network; ``w1`` has a row for each neuron, as papers write it."""
    arrays = (np.array(w1, np.float64).T, np.array(b1, np.float64), np.array(w2, np.float64), np.array(b2, np.float64))
    return TwoLayer(Weights(*arrays), seed)


def rows_of(dense):
    """Make sparse rows of dense ones."""
    dense = np.array(dense, np.float64)
    offsets = np.concatenate([[0], np.cumsum((dense != 0).sum(axis=1))]).astype(np.int64)
    return Rows(offsets, np.nonzero(dense)[1].astype(np.int32), dense[dense != 0])


whole = st.integers(-5, 5)
points = st.lists(st.integers(-3, 3), min_size=N_FEATURES, max_size=N_FEATURES).filter(any)
samples = st.lists(points, min_size=1, max_size=12)


@st.composite
def networks(draw):
    """Draw a network of up to 10 neurons."""
    n = draw(st.integers(1, 10))
    w1 = draw(st.lists(st.lists(whole, min_size=N_FEATURES, max_size=N_FEATURES), min_size=n, max_size=n))
    b1, w2 = (draw(st.lists(whole, min_size=n, max_size=n)) for _ in range(2))
    return network(w1, b1, w2, draw(whole))
