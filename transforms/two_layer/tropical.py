"""Compression of a two-layer ReLU network by tropical division (Smyrnis & Maragos, ICML 2020, arXiv 1911.12922).

f = p - q + b2, where p sums ``relu(g_i·(x, 1))`` over the neurons with w2_i > 0, and q over those with w2_i < 0;
``g_i = |w2_i| (W1_i, b1_i)``. Each of both is a tropical polynomial: a maximum of linear functions, one for each set of
neurons (a vertex of its Newton polytope: the sum of their g). Of a text, the vertex is the set of its active neurons.
Dividing keeps few neurons with the vertices that many texts of a sample have. Both methods are done for p and q apart;
new neurons of p have the output weight 1, those of q -1, and b2 moves by what the sample's mean output lost.

Where the authors' code differs from the paper, this follows the paper: ``share`` is a share (their code takes tenths),
and the mean for b2 weighs texts by class as the counts do (their code weighs them there alone).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from math import floor

import numpy as np

from transforms.text.unicode import Doubles, Longs
from transforms.two_layer.features import Bools, Rows
from transforms.two_layer.network import TwoLayer, Weights

NeuronSet = int
"""A set of neurons of one part, as bits: bit i is the part's neuron i."""

_Divide = Callable[[Sequence[NeuronSet], Doubles, int], list[Doubles]]
"""Vertices, commonest first, the g of a part (n_features + 1, n_neurons), most neurons → the new g."""


@dataclass(frozen=True)
class Sample:
    """Texts that say which vertices matter; they should be like those that will be scored.

    Attributes:
        rows: Features of texts, hashed as the network's; each has a word.
        is_positive: Classes, one for each text; None if they are not known.
        n_classes: Classes of the task that the network tells one of: a positive text weighs ``n_classes - 1``.

    Raises:
        ValueError: there is no text, classes are not as many, or are needed and not known.
    """

    rows: Rows
    is_positive: Bools | None = None
    n_classes: int = 2

    def __post_init__(self) -> None:
        """Check what is given."""
        n = len(self.rows.offsets) - 1
        if not n or not self.rows.has_words.all():
            raise ValueError("sample: allowed: one text or more, each with a word")
        if self.is_positive is not None and len(self.is_positive) != n:
            raise ValueError(f"sample: {len(self.is_positive)} classes for {n} texts")
        if self.n_classes < 2 or (self.n_classes > 2 and self.is_positive is None):
            raise ValueError(f"n_classes: given {self.n_classes}; allowed: 2, or more where classes are known")

    @property
    def weights(self) -> Longs:
        """What each text counts."""
        if self.is_positive is None:
            return np.ones(len(self.rows.offsets) - 1, np.int64)
        return np.where(self.is_positive, self.n_classes - 1, 1).astype(np.int64)


def heuristic(network: TwoLayer, sample: Sample, share: float, seed: int) -> TwoLayer:
    """Compress by Algorithm 1: the commonest vertices v_1, v_2, … become the neurons v_1, v_i - (an earlier neuron).

    So each v_i is the sum of two new neurons. The empty set is passed over: every polytope made here has that vertex.

    Args:
        network: To be compressed.
        sample: Texts that count vertices.
        share: Of each part's neurons, above 0, at most 1; ``floor(share * n)`` of them stay, at least 1.
        seed: Draws the earlier neurons.

    Raises:
        ValueError: the share is out of range, or no neuron is active on any text.
    """
    return _divided(network, sample, share, partial(_differences, np.random.default_rng(seed)))


def stable(network: TwoLayer, sample: Sample, share: float) -> TwoLayer:
    """Compress by Algorithm 3: disjoint sets of neurons, each summed to one; nothing is drawn.

    Before b2 moves, no new part is above the old one for any text, and one more neuron never makes it lower. The new
    network equals the old one on the sample if each part may have as many neurons as there are different sets of the
    sample's texts on which one of its neurons is active; ``share=1`` always suffices.

    Args:
        network: To be compressed.
        sample: Texts that count vertices.
        share: Of each part's neurons, above 0, at most 1; at most ``floor(share * n)`` new ones, at least 1.

    Raises:
        ValueError: the share is out of range, or no neuron is active on any text.
    """
    return _divided(network, sample, share, _sums)


def vertices(active: Bools, weights: Longs) -> list[tuple[NeuronSet, int]]:
    """Count the vertices of a sample: the sets of active neurons, commonest first; of equal counts, by their bits.

    Args:
        active: (n_texts, n_neurons): which neurons each text activates.
        weights: What each text counts.
    """
    packed = np.packbits(active, axis=1, bitorder="little")
    counts: dict[NeuronSet, int] = {}
    for row, weight in zip(packed, weights.tolist(), strict=True):
        vertex = int.from_bytes(row.tobytes(), "little")
        counts[vertex] = counts.get(vertex, 0) + weight
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))


def disjoint_sets(found: Iterable[NeuronSet], most: int) -> list[NeuronSet]:
    """Refine sets by one vertex after another, until there are ``most`` or no vertex is left (Algorithm 3).

    Of each vertex, what no set holds becomes a set; then each set that it holds in part is split. It is in this order
    because there may not be room for all: neurons that are in no set add nothing to the output.
    """
    sets: list[NeuronSet] = []
    covered = 0
    for vertex in found:
        if vertex & ~covered and len(sets) < most:
            sets.append(vertex & ~covered)
            covered |= vertex
        for i in range(len(sets)):
            inside, outside = sets[i] & vertex, sets[i] & ~vertex
            if inside and outside and len(sets) < most:
                sets[i] = inside
                sets.append(outside)
    return sets


def _divided(network: TwoLayer, sample: Sample, share: float, divide: _Divide) -> TwoLayer:
    if not 0 < share <= 1:
        raise ValueError(f"share: given {share}; allowed: above 0, at most 1")
    active = network.hidden(sample.rows) > 0
    neurons: list[Doubles] = []
    signs: list[float] = []
    for sign in (1.0, -1.0):
        part = np.flatnonzero(network.weights.w2 * sign > 0)
        found = [vertex for vertex, _ in vertices(active[:, part], sample.weights) if vertex]
        most = max(1, floor(Fraction(str(share)) * len(part)))  # 0.29 * 100 is below 29 as a float
        new = divide(found, _gains(network, part), most)
        neurons += new
        signs += [sign] * len(new)
    if not neurons:
        raise ValueError("no neuron that adds to the output is active on any text of the sample")
    both = np.stack(neurons, axis=1)
    small = TwoLayer(Weights(both[:-1], both[-1], np.array(signs), network.weights.b2), network.seed)
    lost = network.outputs(sample.rows) - small.outputs(sample.rows)
    b2 = network.weights.b2 + np.average(lost, weights=sample.weights)
    return TwoLayer(small.weights._replace(b2=np.asarray(b2)), network.seed)


def _gains(network: TwoLayer, part: Longs) -> Doubles:
    """Give g of a part's neurons, (n_features + 1, n_neurons): the last row is what their biases give."""
    weights = network.weights
    return np.vstack([weights.w1[:, part], weights.b1[part]]) * np.abs(weights.w2[part])


def _summed(members: NeuronSet, gains: Doubles) -> Doubles:
    """Sum the g of a set's neurons, one after another, so that the bytes do not depend on how many threads sum."""
    total = np.zeros(len(gains))
    for i in range(members.bit_length()):
        if members >> i & 1:
            total += gains[:, i]
    return total


def _sums(found: Sequence[NeuronSet], gains: Doubles, most: int) -> list[Doubles]:
    return [_summed(members, gains) for members in disjoint_sets(found, most)]


def _differences(rng: np.random.Generator, found: Sequence[NeuronSet], gains: Doubles, most: int) -> list[Doubles]:
    neurons: list[Doubles] = []
    for members in found[:most]:
        earlier = neurons[rng.integers(len(neurons))] if neurons else 0.0
        neurons.append(_summed(members, gains) - earlier)
    return neurons
