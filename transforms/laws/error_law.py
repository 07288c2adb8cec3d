"""Error on downstream tasks in loss: Err(L) = ε - k e^(-γL) (Gadre et al., arXiv 2403.08540, eq. 5)."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from schemas.errors import RecipeError
from transforms.laws.curves import Curve, Numbers
from transforms.laws.fitted import Fitted, Intervals
from transforms.laws.intervals import fitted
from transforms.laws.least_squares import Problem
from transforms.laws.points import check_above_zero
from transforms.laws.runs import ScaleRuns

_START = np.ones(3)
"""What scipy's curve_fit begins with, and so the authors: from elsewhere another minimum may be found."""


@dataclass(frozen=True, eq=False)
class ErrorLaw:
    """The law with its coefficients.

    Attributes:
        epsilon: ε, the error of a model that knows nothing.
        k: How fast it falls at a loss of 0.
        gamma: γ, per nat.
        fits: One, on errors; none where the coefficients were given.
        spent: Operations of all runs that it was fitted on; 0 where the coefficients were given.
    """

    epsilon: float
    k: float
    gamma: float
    fits: tuple[Fitted, ...] = ()
    spent: float = 0.0

    def predict(self, losses: npt.ArrayLike) -> Numbers:
        """Give average errors, (n,), of models of these losses, (n,), above 0; measured or predicted ones."""
        given = np.atleast_1d(np.asarray(losses, np.float64))
        check_above_zero(given, "loss", "losses to predict")
        return _error(np.array([self.epsilon, self.k, self.gamma]), given)

    def band(self, losses: npt.ArrayLike) -> tuple[Numbers, Numbers] | None:
        """Give lower and upper ends of the predicted errors' intervals, (n,) each; None where nothing was fitted."""
        return self.fits[0].band(np.atleast_1d(np.asarray(losses, np.float64))) if self.fits else None


def fit_error_law(runs: ScaleRuns, asked: Intervals | None = None) -> ErrorLaw:
    """Fit the law to measured losses and errors, by Levenberg-Marquardt from (1, 1, 1).

    Args:
        runs: Three or more, with errors; the authors take six.
        asked: How intervals are made; by default at 95 %, from the curvature.

    Raises:
        RecipeError: errors are missing, points do not suffice, or a fit that did not converge.
    """
    if runs.errors is None:
        raise RecipeError(f"{runs.label}, error: missing; allowed: a column of average errors, 0 to 1")
    problem = Problem(f"{runs.label}: law of error in loss", CURVE, runs.losses, runs.errors)
    fit = fitted(problem, [_START], asked or Intervals())
    epsilon, k, gamma = fit.values.tolist()
    return ErrorLaw(epsilon, k, gamma, (fit,), float(runs.compute.sum()))


def _error(theta: Numbers, losses: Numbers) -> Numbers:
    epsilon, k, gamma = theta
    return epsilon - k * np.exp(-gamma * losses)


def _slopes(theta: Numbers, losses: Numbers) -> Numbers:
    _, k, gamma = theta
    falling = np.exp(-gamma * losses)
    return np.stack([np.ones_like(losses), -falling, k * losses * falling], axis=1)


CURVE = Curve(
    names=("epsilon", "k", "gamma"),
    value=_error,
    jacobian=_slopes,
    scale="error",
    at_least=(-np.inf,) * 3,
    is_log=(False,) * 3,
)
