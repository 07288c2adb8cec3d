"""The matrices of a fastText model, as they lie in its file: numbers, or codes of a product quantiser.

A product quantiser cuts a row into groups of columns and keeps, for each group, the number of one of 256 centroids;
a code of its own may hold the length that the row is stretched to.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from transforms.text.compiled import inlined, kernel
from transforms.text.unicode import Bytes, Ints

Floats = npt.NDArray[np.float32]

N_CENTROIDS = 256
BLOCK = 16
"""Columns that ``add_rows`` holds in registers."""


class Matrix(NamedTuple):
    """One matrix; numbers are kept as bytes, which may begin at any address: kernels are compiled for one type only."""

    values: Bytes
    """float32, row by row; of a coded matrix the centroids, ``[group][code][column of the group]``."""
    codes: Bytes
    """Of a coded matrix the codes, row by row; empty for one of numbers."""
    norm_codes: Bytes
    """The code of each row's length; empty where rows are not stretched."""
    norms: Bytes
    """float32, the length for each code."""
    n_rows: int
    n_columns: int
    n_grouped: int
    """Columns of a group; the last one may have less."""


class Weights(NamedTuple):
    """A matrix as kernels read it, made by ``weights_of``."""

    values: Floats
    codes: Bytes
    norm_codes: Bytes
    norms: Floats
    n_columns: int
    n_grouped: int
    n_groups: int


@kernel
def weights_of(matrix: Matrix) -> Weights:  # pragma: no cover
    """Give the numbers of a matrix, on the same bytes."""
    values, norms = matrix.values.view(np.float32), matrix.norms.view(np.float32)
    n_columns, n_grouped = matrix.n_columns, matrix.n_grouped
    n_groups = (n_columns + n_grouped - 1) // n_grouped
    return Weights(values, matrix.codes, matrix.norm_codes, norms, n_columns, n_grouped, n_groups)


@inlined
def add_rows(weights: Weights, rows: Ints, first: int, last: int, out: Floats) -> None:  # pragma: no cover
    """Add ``rows[first:last]``, one after another, to a row of the same columns."""
    if len(weights.codes) > 0:
        for k in range(first, last):
            add_coded(weights, rows[k], out)
    else:
        add_plain(weights, rows, first, last, out)


@inlined
def add_plain(weights: Weights, rows: Ints, first: int, last: int, out: Floats) -> None:  # pragma: no cover
    """Do so for a matrix of numbers: four rows at once, so that memory is waited for less often."""
    values, n = weights.values, np.uint64(weights.n_columns)
    behind = first + (last - first) // 4 * 4
    for k in range(first, behind, 4):
        a, b = np.uint64(rows[k]) * n, np.uint64(rows[k + 1]) * n
        c, d = np.uint64(rows[k + 2]) * n, np.uint64(rows[k + 3]) * n
        for j in range(n):
            out[j] = out[j] + values[a + j] + values[b + j] + values[c + j] + values[d + j]
    for k in range(behind, last):
        at = np.uint64(rows[k]) * n
        for j in range(n):
            out[j] += values[at + j]


@kernel
def add_coded(weights: Weights, row: int, out: Floats) -> None:  # pragma: no cover
    """Add one row of a coded matrix; the order of the roundings is fastText's."""
    norm = _norm(weights, row)
    for j in range(weights.n_columns):
        out[j] += norm * weights.values[_place(weights, row, j)]


@kernel
def dot(weights: Weights, row: int, other: Floats) -> np.float32:  # pragma: no cover
    """Multiply a row with another one, adding up from the first column on; may be infinite or not a number."""
    total = np.float32(0)
    if len(weights.codes) == 0:
        at = row * weights.n_columns
        for j in range(weights.n_columns):
            total += weights.values[at + j] * other[j]
        return total
    for j in range(weights.n_columns):
        total += weights.values[_place(weights, row, j)] * other[j]
    return total * _norm(weights, row)


@kernel
def decoded(matrix: Matrix) -> Floats:  # pragma: no cover
    """Give the numbers of a coded matrix, row by row."""
    weights = weights_of(matrix)
    n_columns = matrix.n_columns
    out = np.zeros(matrix.n_rows * n_columns, np.float32)
    for row in range(matrix.n_rows):
        add_coded(weights, row, out[row * n_columns : (row + 1) * n_columns])
    return out


@inlined
def _norm(weights: Weights, row: int) -> np.float32:  # pragma: no cover
    """Give the length that a row of a coded matrix is stretched to."""
    return weights.norms[weights.norm_codes[row]] if len(weights.norm_codes) > 0 else np.float32(1)


@inlined
def _place(weights: Weights, row: int, column: int) -> int:  # pragma: no cover
    """Give where the number of a coded matrix is in ``values``."""
    group = column // weights.n_grouped
    begin = group * weights.n_grouped
    width = min(weights.n_grouped, weights.n_columns - begin)
    return begin * N_CENTROIDS + weights.codes[row * weights.n_groups + group] * width + column - begin
