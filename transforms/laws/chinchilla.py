"""Loss in parameters and tokens: L = E + A / N^α + B / D^β (Hoffmann et al., arXiv 2203.15556, approach 3)."""

from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt
from scipy import optimize

from schemas.errors import RecipeError
from transforms.laws.curves import Curve, Numbers
from transforms.laws.fitted import Fitted, Intervals
from transforms.laws.intervals import fitted
from transforms.laws.least_squares import Problem
from transforms.laws.runs import ScaleRuns
from transforms.laws.scale_law import sizes

HUBER = 1e-3
"""On log losses, as the authors."""
_EXPONENTS = (0.1, 0.2, 0.3, 0.4, 0.6, 0.8)


@dataclass(frozen=True, eq=False)
class Chinchilla:
    """The law with its coefficients.

    Attributes:
        floor: E, in nats, 0 or more.
        a: A, of the parameters.
        b: B, of the tokens.
        alpha: α.
        beta: β.
        fits: One, on log losses; none where the coefficients were given.
    """

    floor: float
    a: float
    b: float
    alpha: float
    beta: float
    fits: tuple[Fitted, ...] = ()

    def predict(self, parameters: npt.ArrayLike, tokens: npt.ArrayLike) -> Numbers:
        """Give losses, (n,), as ``ScaleLaw`` tells."""
        n, d = sizes(parameters, tokens)
        return self.floor + self.a * n**-self.alpha + self.b * d**-self.beta

    def band(self, parameters: npt.ArrayLike, tokens: npt.ArrayLike) -> tuple[Numbers, Numbers] | None:
        """Give ends of the predicted losses' intervals, (n,) each, as ``ScaleLaw`` tells."""
        if not self.fits:
            return None
        low, high = self.fits[0].band(np.stack(sizes(parameters, tokens), axis=1))
        return np.exp(low), np.exp(high)

    def best_size(self, compute: npt.ArrayLike) -> tuple[Numbers, Numbers]:
        """Give parameters and tokens of the least loss at C = 6ND operations: N = G (C/6)^(β/(α+β)) (eq. 4).

        Raises:
            RecipeError: a coefficient is not above 0, so that no size is best.
        """
        for name, value in (("A", self.a), ("B", self.b), ("alpha", self.alpha), ("beta", self.beta)):
            if not value > 0:
                raise RecipeError(f"Chinchilla law: {name} is {value:.6g}, so that no size is best; allowed: above 0")
        both = self.alpha + self.beta
        product_nd = np.asarray(compute, np.float64) / 6
        n = (self.alpha * self.a / (self.beta * self.b)) ** (1 / both) * product_nd ** (self.beta / both)
        return np.asarray(n), np.asarray(product_nd / n)


def fit_chinchilla(runs: ScaleRuns, asked: Intervals | None = None, huber: float = HUBER) -> Chinchilla:
    """Fit the law to log losses by Huber's loss, from a grid of starts.

    Args:
        runs: Five or more, of different sizes and tokens.
        asked: How intervals are made; by default at 95 %, from the curvature.
        huber: Residual, of log losses, from which on the loss grows linearly.

    Raises:
        RecipeError: points that cannot be or do not suffice, or a fit that did not converge.
    """
    points = np.stack([runs.parameters, runs.tokens], axis=1)
    problem = Problem(f"{runs.label}: Chinchilla law", CURVE, points, np.log(runs.losses), huber)
    fit = fitted(problem, _starts(points, runs.losses), asked or Intervals())
    floor, a, b, alpha, beta = fit.values.tolist()
    return Chinchilla(floor, a, b, alpha, beta, (fit,))


def _starts(points: Numbers, losses: Numbers) -> list[Numbers]:
    """Give a start for each α and β of a grid: with these, the best E, A and B are a linear problem."""
    least = points.min(axis=0)
    starts = []
    for exponents in product(_EXPONENTS, _EXPONENTS):
        falling = (points / least) ** -np.array(exponents)  # from 1: all columns of one size
        columns = np.concatenate([np.ones((len(losses), 1)), falling], axis=1) / losses[:, None]
        (floor, *scales), _ = optimize.nnls(columns, np.ones_like(losses))
        logs = np.log(np.maximum(scales, 1e-6 * losses.min())) + np.array(exponents) * np.log(least)
        starts.append(np.array([floor, *logs, *exponents]))
    return starts


def _parts(theta: Numbers, points: Numbers) -> Numbers:
    """Give what parameters and tokens add to E, (2, n)."""
    return np.exp(theta[1:3, None] - theta[3:, None] * np.log(points.T))


def _log_loss(theta: Numbers, points: Numbers) -> Numbers:
    return np.log(theta[0] + _parts(theta, points).sum(axis=0))


def _slopes(theta: Numbers, points: Numbers) -> Numbers:
    parts = _parts(theta, points)
    loss = theta[0] + parts.sum(axis=0)
    return np.stack([np.ones_like(loss), *parts, *(-np.log(points.T) * parts)], axis=1) / loss[:, None]


CURVE = Curve(
    names=("E", "A", "B", "alpha", "beta"),
    value=_log_loss,
    jacobian=_slopes,
    scale="log loss",
    at_least=(0.0, *(-np.inf,) * 4),
    is_log=(False, True, True, False, False),
)
