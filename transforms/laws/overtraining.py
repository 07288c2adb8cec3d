"""Loss in compute and over-training: L(C, M) = E + (a M^η + b M^-η) C^-η (Gadre et al., arXiv 2403.08540, eq. 4).

N parameters, D tokens, C = 6ND operations, M = D/N tokens per parameter. The authors' code fits
α N^-2η + β 6^-η (MN)^-2η + E from a grid of starts and keeps the best residual. In eq. 4 this is a = α 6^η, b = β, and
so it is fitted here, from the same starts. An early text of the paper prints α, β and 2η as if they were a, b and η:
with those numbers the equation gives almost E, whatever the model.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from schemas.errors import RecipeError
from transforms.laws.curves import Curve, Numbers
from transforms.laws.fitted import Fitted, Intervals
from transforms.laws.intervals import fitted
from transforms.laws.least_squares import Problem
from transforms.laws.runs import ScaleRuns
from transforms.laws.scale_law import sizes

_SCALES = (1e2, 3e2, 1e3, 3e3)
_EXPONENTS = (0.1, 0.3)
_FLOORS = (0.0, 1.0, 2.0, 10.0)
"""Starts of α and β, of 2η and of E, as in the authors' code."""


@dataclass(frozen=True, eq=False)
class Overtraining:
    """The law with its coefficients.

    Attributes:
        a: Of M^η, above 0.
        b: Of M^-η, above 0.
        eta: η, above 0.
        floor: E, in nats.
        fits: One, on losses; none where the coefficients were given.
        spent: Operations of all runs that it was fitted on; 0 where the coefficients were given.
    """

    a: float
    b: float
    eta: float
    floor: float
    fits: tuple[Fitted, ...] = ()
    spent: float = 0.0

    def predict(self, parameters: npt.ArrayLike, tokens: npt.ArrayLike) -> Numbers:
        """Give losses, (n,), as ``ScaleLaw`` tells."""
        return _loss(np.array([self.a, self.b, self.eta, self.floor]), _points(*sizes(parameters, tokens)))

    def band(self, parameters: npt.ArrayLike, tokens: npt.ArrayLike) -> tuple[Numbers, Numbers] | None:
        """Give ends of the predicted losses' intervals, (n,) each, as ``ScaleLaw`` tells."""
        return self.fits[0].band(_points(*sizes(parameters, tokens))) if self.fits else None

    @property
    def best_multiplier(self) -> float:
        """M* = (b/a)^(1/2η): tokens per parameter of the least loss at any compute (eq. 10); raises as below."""
        self._check_valley()
        return float((self.b / self.a) ** (1 / (2 * self.eta)))

    def extra_compute(self, multiplier: npt.ArrayLike) -> Numbers:
        """Give how many times the compute of M* a model with M tokens per parameter needs for the same loss; 1 or more.

        It is what a smaller model of the same quality, cheaper at each use, costs in training.

        Raises:
            RecipeError: a, b or η is not above 0, so that no M is best.
        """
        self._check_valley()
        m = np.asarray(multiplier, np.float64) ** self.eta
        return np.asarray(((self.a * m + self.b / m) / (2 * np.sqrt(self.a * self.b))) ** (1 / self.eta))

    def _check_valley(self) -> None:
        for name, value in (("a", self.a), ("b", self.b), ("eta", self.eta)):
            if not value > 0:
                raise RecipeError(f"over-training law: {name} is {value:.6g}, so that no M is best; allowed: above 0")


def fit_overtraining(runs: ScaleRuns, asked: Intervals | None = None) -> Overtraining:
    """Fit the law as the authors do: Levenberg-Marquardt from 128 starts, and the best residual.

    Args:
        runs: Four or more, of which some are over-trained; the authors take five.
        asked: How intervals are made; by default at 95 %, from the curvature.

    Raises:
        RecipeError: points that cannot be or do not suffice, or a fit that did not converge.
    """
    points = _points(runs.parameters, runs.tokens)
    starts = [
        np.array([alpha * 6 ** (twice / 2), beta, twice / 2, floor])
        for alpha, beta, twice, floor in product(_SCALES, _SCALES, _EXPONENTS, _FLOORS)
    ]
    problem = Problem(f"{runs.label}: over-training law", CURVE, points, runs.losses)
    fit = fitted(problem, starts, asked or Intervals())
    a, b, eta, floor = fit.values.tolist()
    return Overtraining(a, b, eta, floor, (fit,), float(runs.compute.sum()))


def _points(parameters: Numbers, tokens: Numbers) -> Numbers:
    """Give C and M, (n, 2)."""
    return np.stack([6 * parameters * tokens, tokens / parameters], axis=1)


def _loss(theta: Numbers, points: Numbers) -> Numbers:
    a, b, eta, floor = theta
    c, m = points.T
    return floor + a * (m / c) ** eta + b * (m * c) ** -eta


def _slopes(theta: Numbers, points: Numbers) -> Numbers:
    a, b, eta, _ = theta
    c, m = points.T
    more, less = (m / c) ** eta, (m * c) ** -eta
    return np.stack([more, less, a * more * np.log(m / c) - b * less * np.log(m * c), np.ones_like(c)], axis=1)


CURVE = Curve(
    names=("a", "b", "eta", "E"),
    value=_loss,
    jacobian=_slopes,
    scale="loss",
    at_least=(-np.inf,) * 4,
    is_log=(False,) * 4,
)
