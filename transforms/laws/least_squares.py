"""Least squares from many starts, plain or with Huber's loss, by scipy: the same points give the same numbers.

Squares are minimised by MINPACK's Levenberg-Marquardt; where that leaves the bounds, and for Huber's loss, it is
L-BFGS-B in coordinates that are round at its start, begun anew until a round gains nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy import optimize

from schemas.errors import RecipeError
from transforms.laws.curves import Curve, Flags, Numbers
from transforms.laws.points import check_enough

_TOLERANCE = 1e-12
_MOST_CALLS, _FEW_CALLS = 1000, 200
_MOST_ROUNDS = 20
_GAIN = 1e-9
"""Of a round, as a share of the cost: less is none."""
_EXACT = 1e-26
"""Cost of a point that is on the curve, but for rounding."""


@dataclass(frozen=True, eq=False)
class Problem:
    """Points, and the curve that is sought through them.

    Attributes:
        of: What is fitted on what, for messages.
        curve: With p coefficients.
        x: (n, …).
        y: (n,), on the curve's scale.
        huber: Residual from which on the loss grows linearly, above 0, on the curve's scale; None: squares.

    Raises:
        RecipeError: fewer points than coefficients, or the same y everywhere.
    """

    of: str
    curve: Curve
    x: Numbers
    y: Numbers
    huber: float | None = None

    def __post_init__(self) -> None:
        """Check that there is something to fit."""
        check_enough(len(self.y), self.curve.names, self.of)
        if np.ptp(self.y) == 0:
            raise RecipeError(
                f"{self.of}: all {len(self.y)} points have one {self.curve.scale}; allowed: different ones"
            )

    def residuals(self, theta: Numbers) -> Numbers:
        """Give y - f(θ, x), (n,)."""
        return self.y - self.curve.value(theta, self.x)


class Found(NamedTuple):
    """Where one start led."""

    theta: Numbers
    cost: float
    """Half the sum of squares, or Huber's sum."""
    is_converged: bool


def solved(problem: Problem, starts: Iterable[Numbers]) -> Numbers:
    """Give the coefficients of the least cost that any start leads to; of equal ones, the first start's.

    Raises:
        RecipeError: no start is on the curve, or the best one did not converge; no numbers are given then.
    """
    tried = [descended(problem, start) for start in starts if np.isfinite(problem.residuals(start)).all()]
    best = min(tried, key=lambda found: found.cost, default=None)
    if best is None or not best.is_converged:
        names = ", ".join(problem.curve.names)
        raise RecipeError(
            f"{problem.of}: the fit of {names} did not converge from any of {len(tried)} starts; no numbers are given: "
            "look for wrong points, or give more different ones"
        )
    return best.theta


def descended(problem: Problem, start: Numbers) -> Found:
    """Go downhill from one start, on which the curve is finite."""
    at_least = problem.curve.at_least
    with np.errstate(all="ignore"):  # far from the points a curve may overflow: such a step is not taken
        if problem.huber is None:
            found = _by_squares(problem, start)
            if not np.isfinite(at_least).any() or (found.is_converged and (found.theta >= at_least).all()):
                return found
        found = _by_gradient(problem, np.maximum(start, at_least))
        for _ in range(_MOST_ROUNDS):
            again = _by_gradient(problem, found.theta)
            if found.cost - again.cost <= _GAIN * found.cost + _EXACT * len(problem.y):
                return again._replace(is_converged=bool(np.isfinite(again.cost)))
            found = again
    return found


def _by_squares(problem: Problem, start: Numbers) -> Found:
    told = optimize.least_squares(
        lambda theta: -problem.residuals(theta),
        start,
        jac=lambda theta: problem.curve.jacobian(theta, problem.x),
        method="lm",
        x_scale="jac",
        ftol=_TOLERANCE,
        xtol=_TOLERANCE,
        gtol=_TOLERANCE,
        # Where a bound holds it goes on beyond it as far as it may, in vain.
        max_nfev=_FEW_CALLS if np.isfinite(problem.curve.at_least).any() else _MOST_CALLS,
    )
    is_number = bool(np.isfinite(told.x).all() and np.isfinite(told.cost))
    return Found(told.x, float(told.cost) if is_number else np.inf, told.status > 0 and is_number)


def _by_gradient(problem: Problem, start: Numbers) -> Found:
    """Descend once by L-BFGS-B; it is not said to be converged, since only another round can tell."""
    at_least = np.array(problem.curve.at_least)
    way = _round_coordinates(problem.curve.jacobian(start, problem.x), np.isfinite(at_least))
    lows = (at_least - start) / np.diag(way)
    size = max(_cost(problem, start)[0], _EXACT)

    def scaled(u: Numbers) -> tuple[float, Numbers]:
        cost, slope = _cost(problem, start + way @ u)
        return cost / size, slope @ way / size

    told = optimize.minimize(
        scaled,
        np.zeros(len(start)),
        jac=True,
        method="L-BFGS-B",
        bounds=[(low, None) for low in lows],
        options={"maxiter": _MOST_CALLS, "maxfun": _MOST_CALLS, "ftol": 1e-15, "gtol": _TOLERANCE},
    )
    theta = np.where(told.x <= lows, at_least, start + way @ told.x)  # at its end a bounded one is exact
    return Found(theta, _cost(problem, theta)[0], False)


def _cost(problem: Problem, theta: Numbers) -> tuple[float, Numbers]:
    """Give half the sum of squares, or Huber's sum, with its gradient; where the curve is not finite, a wall."""
    residuals = problem.residuals(theta)
    if not np.isfinite(residuals).all():
        return np.finfo(np.float64).max, np.zeros_like(theta)
    pull = residuals if problem.huber is None else np.clip(residuals, -problem.huber, problem.huber)
    return float(pull @ (residuals - pull / 2)), -pull @ problem.curve.jacobian(theta, problem.x)


def _round_coordinates(jacobian: Numbers, is_bounded: Flags) -> Numbers:
    """Give W with (JW)ᵀJW = 1, (p, p): then squares are as steep in all directions, however coefficients depend.

    W is the inverse of R in J = QR. A bounded coefficient comes last in it, and so moves with its own coordinate alone,
    whose bound is its own; that is true of one, and no law has more.
    """
    p = jacobian.shape[1]
    order = np.argsort(is_bounded, kind="stable")
    ridge = np.diag(1e-9 * np.maximum(np.linalg.norm(jacobian, axis=0), 1e-300))
    r = np.linalg.qr(np.concatenate([jacobian, ridge])[:, order], mode="r")
    way = np.zeros((p, p))
    way[np.ix_(order, order)] = np.linalg.inv(r * np.sign(np.diag(r))[:, None])
    return way
