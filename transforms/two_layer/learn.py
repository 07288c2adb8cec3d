"""Texts of two classes → a two-layer scorer, by Adam on the logistic loss.

One thread, doubles and sums in a fixed order: on one machine the same texts and settings give the same bytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from transforms.text.compiled import kernel
from transforms.text.unicode import Doubles, Longs
from transforms.two_layer.features import MAX_FEATURES, Hashing, Rows, features_of
from transforms.two_layer.network import TwoLayer, Weights, hidden_of, output_of

_MEAN, _SQUARE, _TINY = 0.9, 0.999, 1e-8
"""Adam's β1, β2 and ε (Kingma & Ba, ICLR 2015, Algorithm 1)."""


@dataclass(frozen=True)
class Settings:
    """How a network is trained.

    Raises:
        ValueError: a setting is out of its range.
    """

    n_neurons: int = 128
    n_features: int = 16384
    n_epochs: int = 10
    batch: int = 32
    """Texts between two steps."""
    rate: float = 0.001
    """Adam's step size."""
    seed: int = 0
    """Of the hash, the first weights and the order of the texts."""

    def __post_init__(self) -> None:
        """Check the ranges."""
        for name in ("n_neurons", "n_features", "n_epochs", "batch"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}: given {getattr(self, name)}; allowed: 1 or more")
        if self.n_features > MAX_FEATURES:
            raise ValueError(f"n_features: given {self.n_features}; allowed: at most {MAX_FEATURES}")
        if not 0 < self.rate < 1:
            raise ValueError(f"rate: given {self.rate}; allowed: above 0, below 1")
        if not 0 <= self.seed < 1 << 63:
            raise ValueError(f"seed: given {self.seed}; allowed: 0 to 2^63 - 1")


def train_two_layer(texts: list[str], is_positive: Sequence[bool], settings: Settings | None = None) -> TwoLayer:
    """Train a scorer whose score is the probability that a text is positive.

    Args:
        texts: Of both classes; those without a word teach nothing.
        is_positive: One for each text.
        settings: By default ``Settings()``.

    Raises:
        ValueError: texts and classes are not as many, a class has no text with a word, or a text is not Unicode.
    """
    asked = settings or Settings()
    if len(texts) != len(is_positive):
        raise ValueError(f"is_positive: has {len(is_positive)} values; allowed: {len(texts)}, one for each text")
    rows = features_of(texts, Hashing(asked.n_features, asked.seed))
    targets = np.asarray(is_positive, np.bool_)[rows.has_words].astype(np.float64)
    for name, n in (("positive", int(targets.sum())), ("negative", int((1 - targets).sum()))):
        if not n:
            raise ValueError(f"texts: none of the {name} ones has a word; allowed: some of both classes")
    return TwoLayer(_learnt(rows.without_empty(), targets, asked), asked.seed)


def _learnt(rows: Rows, targets: Doubles, settings: Settings) -> Weights:
    rng = np.random.default_rng(settings.seed)
    weights = _first(settings, rng)
    means, squares = _zeros(weights), _zeros(weights)
    step = 0
    for _ in range(settings.n_epochs):
        order = rng.permutation(len(targets))
        for at in range(0, len(order), settings.batch):
            step += 1
            gradients = _zeros(weights)
            _add_gradients(rows, order[at : at + settings.batch], targets, weights, gradients)
            # Both moments start at 0; this takes that out of the step (section 2 of the paper).
            rate = settings.rate * float(np.sqrt(1 - _SQUARE**step)) / (1 - _MEAN**step)
            for w, g, m, s in zip(weights, gradients, means, squares, strict=True):
                _adam(w.reshape(-1), g.reshape(-1), m.reshape(-1), s.reshape(-1), rate)
    return weights


def _first(settings: Settings, rng: np.random.Generator) -> Weights:
    """Draw the first weights: normal, with variance 2 / inputs (He et al., ICCV 2015); biases are 0."""
    n_features, n_neurons = settings.n_features, settings.n_neurons
    w1 = rng.standard_normal((n_features, n_neurons)) * np.sqrt(2 / n_features)
    w2 = rng.standard_normal(n_neurons) * np.sqrt(2 / n_neurons)
    return Weights(w1, np.zeros(n_neurons), w2, np.zeros(()))


def _zeros(weights: Weights) -> Weights:
    return Weights(*map(np.zeros_like, weights))


@kernel
def _add_gradients(  # pragma: no cover
    rows: Rows, batch: Longs, targets: Doubles, weights: Weights, out: Weights
) -> None:
    """Add the gradient of the mean logistic loss of the texts numbered in ``batch``."""
    hidden = np.empty(len(weights.b1), np.float64)
    for i in batch:
        hidden_of(rows, i, weights, hidden)
        slope = (1.0 / (1.0 + np.exp(-output_of(hidden, weights))) - targets[i]) / len(batch)
        out.b2[()] += slope
        for j in range(len(hidden)):
            is_active = hidden[j] > 0
            out.w2[j] += slope * hidden[j] if is_active else 0.0
            hidden[j] = slope * weights.w2[j] if is_active else 0.0  # from here on: its gradient
            out.b1[j] += hidden[j]
        for k in range(rows.offsets[i], rows.offsets[i + 1]):
            row = out.w1[rows.buckets[k]]
            for j in range(len(hidden)):
                row[j] += rows.values[k] * hidden[j]


@kernel
def _adam(  # pragma: no cover
    weights: Doubles, gradients: Doubles, means: Doubles, squares: Doubles, rate: float
) -> None:
    """Make one step of Adam, in place."""
    for j in range(len(weights)):
        g = gradients[j]
        means[j] = _MEAN * means[j] + (1 - _MEAN) * g
        squares[j] = _SQUARE * squares[j] + (1 - _SQUARE) * g * g
        weights[j] -= rate * means[j] / (np.sqrt(squares[j]) + _TINY)
