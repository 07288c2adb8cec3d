"""Which earlier vector a vector is near to: blocks of them are held against each other, by one matrix product each.

Sums are taken in the order of a vector's numbers, so that no processor gives another last bit than the next one.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]

DECIMALS = 6
"""Of a similarity: 32-bit numbers say no more, and a vector is 1 to itself."""
_MARGIN = 1e-4  # more than a product of 32-bit matrices errs, even of 100,000 columns


class Nearest(NamedTuple):
    """Vectors that are near to an earlier one."""

    later: Longs
    """Which, ascending."""
    earlier: Longs
    """The first one that each is near to."""


def in_order(numbers: Doubles) -> Doubles:
    """Sum each row from left to right; numpy's own sum depends on the processor."""
    told: Doubles = np.add.accumulate(numbers, axis=1)[:, -1]
    return told


def normalised(vectors: Doubles) -> Floats:
    """Give vectors of length 1, ``[n, n_dims]``; a row that holds no direction (0, NaN, infinity) is all NaN."""
    with np.errstate(all="ignore"):
        largest = np.abs(vectors).max(axis=1, keepdims=True)  # whose square may be beyond a double
        scaled = vectors / largest
        told = scaled / np.sqrt(in_order(scaled * scaled))[:, None]
    told[~np.isfinite(told).all(axis=1)] = np.nan
    units: Floats = told.astype(np.float32)
    return units


def nearest_earlier(later: Floats, earlier: Floats, least: float, begin: int | None = None) -> Nearest:
    """Find for each vector the first one of an earlier block that is near to it.

    Args:
        later: ``[n, n_dims]``, of length 1.
        earlier: ``[m, n_dims]``, of length 1, in order.
        least: Smallest cosine of two near ones.
        begin: Where ``later`` is a part of ``earlier``, its row there; only those before a vector are earlier than it.
    """
    asked = later @ earlier.T >= least - _MARGIN
    if begin is not None:
        asked = np.tril(asked, begin - 1)
    open_, found = np.arange(len(later)), np.full(len(later), -1, np.int64)
    while len(open_ := open_[asked[open_].any(axis=1)]):
        first = asked[open_].argmax(axis=1)
        is_near = similarity(later[open_], earlier[first]) >= least
        found[open_[is_near]] = first[is_near]
        asked[open_, first] = False
        open_ = open_[~is_near]
    near = np.flatnonzero(found >= 0)
    return Nearest(near, found[near])


def similarity(a: Floats, b: Floats) -> Doubles:
    """Give the cosine of vectors of length 1, row by row."""
    return np.round(in_order(a.astype(np.float64) * b.astype(np.float64)), DECIMALS)
