"""A scorer of two layers on hashed features: f(x) = Σ w2_i · relu(W1_i·x + b1_i) + b2; the score is 1 / (1 + e^-f).

Its file is a NumPy archive (.npz) without pickles, whose bytes depend on nothing but the network.
"""

import io
import zipfile
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from transforms.text.compiled import kernel
from transforms.text.unicode import Bytes, Doubles, Longs
from transforms.two_layer.features import MAX_FEATURES, Hashing, Rows, hashed_features

FORMAT = 1
_WEIGHTS = {"w1": 2, "b1": 1, "w2": 1, "b2": 0}
"""Array of doubles → its number of dimensions."""
_MOST = 1e30
"""Largest weight: products and sums of such stay far inside a double."""
_NUMBERS = ("format", "seed")
_DAMAGE = (ValueError, OSError, EOFError, KeyError, MemoryError, NotImplementedError, RuntimeError, zipfile.BadZipFile)
"""What NumPy and zipfile raise at bytes that are no archive of arrays."""


class Weights(NamedTuple):
    """The numbers of a network, all doubles."""

    w1: Doubles
    """(n_features, n_neurons): what each feature adds to each neuron."""
    b1: Doubles
    """(n_neurons,)."""
    w2: Doubles
    """(n_neurons,): what each neuron adds to f."""
    b2: Doubles
    """No dimensions: one number."""


@dataclass(frozen=True, eq=False)
class TwoLayer:
    """A network and how the features that it reads are hashed.

    Raises:
        ValueError: shapes do not fit each other, or a number is not finite or beyond ±1e30.
    """

    weights: Weights
    seed: int

    def __post_init__(self) -> None:
        """Check every array; make them contiguous, as kernels want them."""
        given = self.weights._asdict()
        for name, n_dimensions in _WEIGHTS.items():
            _check_array(name, given[name], np.float64, n_dimensions)
            if not (np.abs(given[name]) <= _MOST).all():  # nor NaN
                raise ValueError(f"{name}: holds a number beyond ±{_MOST:g}, or what is none")
        n_features, n_neurons = given["w1"].shape
        if not (1 <= n_features <= MAX_FEATURES and n_neurons >= 1):
            raise ValueError(f"w1: has shape {n_features} × {n_neurons}; allowed: at most {MAX_FEATURES} × 1 or more")
        for name in ("b1", "w2"):
            if given[name].shape != (n_neurons,):
                raise ValueError(f"{name}: has {len(given[name])} numbers; allowed: {n_neurons}, one for each neuron")
        if not 0 <= self.seed < 1 << 63:
            raise ValueError(f"seed: given {self.seed}; allowed: 0 to 2^63 - 1")
        object.__setattr__(self, "weights", Weights(*(np.array(array, order="C") for array in self.weights)))

    @property
    def hashing(self) -> Hashing:
        """How texts become features."""
        return Hashing(len(self.weights.w1), self.seed)

    @property
    def n_neurons(self) -> int:
        """Neurons of the hidden layer."""
        return len(self.weights.b1)

    @property
    def n_parameters(self) -> int:
        """Numbers that were learnt."""
        return sum(array.size for array in self.weights)

    def hidden(self, rows: Rows) -> Doubles:
        """Give W1·x + b1, (n_texts, n_neurons): a neuron is active where it is above 0."""
        return _hidden(rows, self.weights)

    def outputs(self, rows: Rows) -> Doubles:
        """Give f of each text, before the sigmoid."""
        return _outputs(rows, self.weights)

    def scores(self, data: Bytes, offsets: Longs) -> Doubles:
        """Give each text's score in [0, 1]; NaN where it has no word.

        Args:
            data: Valid UTF-8 bytes of all texts, one after another.
            offsets: Text ``i`` is ``data[offsets[i]:offsets[i + 1]]``.
        """
        rows = hashed_features(data, offsets, self.hashing)
        return np.where(rows.has_words, sigmoid(self.outputs(rows)), np.nan)

    def to_bytes(self) -> bytes:
        """Give the network's file; the same network gives the same bytes."""
        arrays = {"format": np.int64(FORMAT), "seed": np.int64(self.seed), **self.weights._asdict()}
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
            for name, array in arrays.items():
                member = io.BytesIO()
                np.lib.format.write_array(member, np.asarray(array), version=(1, 0), allow_pickle=False)
                archive.writestr(zipfile.ZipInfo(f"{name}.npy"), member.getvalue())  # dated 1980, not today
        return out.getvalue()


def read_network(data: Bytes | bytes) -> TwoLayer:
    """Read a network from its file's bytes.

    Raises:
        ValueError: they are no archive of exactly the arrays that ``to_bytes`` writes.
    """
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as archive:
            arrays: dict[str, Any] = {name: archive[name] for name in archive.files}
    except _DAMAGE as error:
        told = str(error).splitlines() or [type(error).__name__]
        raise ValueError(f"it is no archive of NumPy arrays: {told[0]}") from None
    except TypeError:  # a lone array, which is no context manager
        raise ValueError("it is one NumPy array; allowed: an archive (.npz) of them") from None
    wanted = (*_NUMBERS, *_WEIGHTS)
    if sorted(arrays) != sorted(wanted):
        raise ValueError(f"it holds {', '.join(sorted(arrays)) or 'nothing'}; allowed: {', '.join(wanted)}")
    for name in _NUMBERS:
        _check_array(name, arrays[name], np.int64, 0)
    if arrays["format"] != FORMAT:
        raise ValueError(f"format: is {arrays['format']}; allowed: {FORMAT}")
    return TwoLayer(Weights(*(arrays[name] for name in _WEIGHTS)), int(arrays["seed"]))


def _check_array(name: str, array: Any, kind: type, n_dimensions: int) -> None:
    if array.dtype != kind or array.ndim != n_dimensions:
        raise ValueError(
            f"{name}: is {array.dtype} of {array.ndim} dimensions; allowed: {np.dtype(kind)} of {n_dimensions}"
        )


def sigmoid(f: Doubles) -> Doubles:
    """Give 1 / (1 + e^-f); far from 0 it is 0 or 1, without overflow."""
    small = np.exp(-np.abs(f))
    return np.where(f >= 0, 1.0, small) / (1.0 + small)


@kernel
def hidden_of(rows: Rows, i: int, weights: Weights, out: Doubles) -> None:  # pragma: no cover
    """Write W1·x + b1 of text ``i``, summed in the order of its buckets."""
    out[:] = weights.b1
    for k in range(rows.offsets[i], rows.offsets[i + 1]):
        value, row = rows.values[k], weights.w1[rows.buckets[k]]
        for j in range(len(out)):
            out[j] += value * row[j]


@kernel
def output_of(hidden: Doubles, weights: Weights) -> float:  # pragma: no cover
    """Give f from what ``hidden_of`` wrote."""
    total = weights.b2[()]
    for j in range(len(hidden)):
        if hidden[j] > 0:
            total += weights.w2[j] * hidden[j]
    return total


@kernel
def _hidden(rows: Rows, weights: Weights) -> Doubles:  # pragma: no cover
    out = np.empty((len(rows.offsets) - 1, len(weights.b1)), np.float64)
    for i in range(len(out)):
        hidden_of(rows, i, weights, out[i])
    return out


@kernel
def _outputs(rows: Rows, weights: Weights) -> Doubles:  # pragma: no cover
    hidden = np.empty(len(weights.b1), np.float64)
    out = np.empty(len(rows.offsets) - 1, np.float64)
    for i in range(len(out)):
        hidden_of(rows, i, weights, hidden)
        out[i] = output_of(hidden, weights)
    return out
