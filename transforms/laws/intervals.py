"""A fit with its covariance: from the curvature at the best coefficients, or by a bootstrap of the residuals."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from schemas.errors import RecipeError
from transforms.laws.curves import Numbers
from transforms.laws.fitted import Fitted, Intervals, r_squared
from transforms.laws.least_squares import Problem, descended, solved

_RANK = 1e-9
"""Of the scaled Jacobian: a direction this much flatter than the steepest is not determined."""
_MOST_FAILED = 0.05


def fitted(problem: Problem, starts: Iterable[Numbers], asked: Intervals) -> Fitted:
    """Fit a curve, with intervals.

    Args:
        problem: Points and curve.
        starts: Thetas to go downhill from.
        asked: How intervals are made.

    Raises:
        RecipeError: it did not converge, or the points do not determine every coefficient.
    """
    theta = solved(problem, starts)
    residuals = problem.residuals(theta)
    found = Fitted(
        of=problem.of,
        curve=problem.curve,
        theta=theta,
        spread=_spread(problem, theta, residuals),
        residuals=residuals,
        r2=r_squared(problem.y, residuals),
        level=asked.level,
    )
    return replace(found, draws=_draws(problem, found, asked)) if asked.n_draws else found


def _spread(problem: Problem, theta: Numbers, residuals: Numbers) -> Numbers:
    """Give the covariance of theta: s² (JᵀJ)⁻¹; infinite where there are as many points as coefficients."""
    jacobian = problem.curve.jacobian(theta, problem.x)
    n, p = jacobian.shape
    lengths = np.linalg.norm(jacobian, axis=0)
    _, singular, directions = np.linalg.svd(jacobian / np.where(lengths > 0, lengths, 1.0), full_matrices=False)
    if not lengths.all() or singular[-1] <= _RANK * singular[0]:
        is_in = (lengths == 0) | (np.abs(directions[-1]) > 0.1)
        names = ", ".join(name for name, is_flat in zip(problem.curve.names, is_in, strict=True) if is_flat)
        raise RecipeError(f"{problem.of}: its {n} points do not determine {names}; give more different ones")
    if n == p:
        return np.full((p, p), np.inf)
    half = directions.T / singular / lengths[:, None]
    return _variance(residuals, p, problem.huber) * half @ half.T


def _variance(residuals: Numbers, p: int, huber: float | None) -> float:
    """Give s²: Σe²/(n-p), and of Huber's loss Σψ²/(n-p) / (dE[ψ]/de)² (Huber & Ronchetti 2009, section 7.6).

    ψ is the residual cut off at ± ``huber``. Its slope is a difference over ± the median residual, not the share of
    residuals within the cut: where the cut is far below the noise, the curve goes through p points, which always are.
    """
    n = len(residuals)
    if huber is None:
        return float(np.sum(residuals**2)) / (n - p)
    step = max(float(np.median(np.sort(np.abs(residuals))[p:])), np.finfo(np.float64).tiny)
    wide = residuals * np.sqrt(n / (n - p))
    slope = np.mean(np.clip(wide + step, -huber, huber) - np.clip(wide - step, -huber, huber)) / (2 * step)
    return float(np.sum(np.clip(residuals, -huber, huber) ** 2)) / (n - p) / float(slope) ** 2


def _draws(problem: Problem, found: Fitted, asked: Intervals) -> Numbers:
    """Refit curves whose residuals are drawn anew; each goes downhill from the best coefficients.

    Residuals are centred, and widened by √(n/(n-p)) for what the fit took from them (Davison & Hinkley 1997, 6.2.3).
    """
    n, p = found.n_points, len(found.theta)
    if n == p:
        raise RecipeError(
            f"{problem.of}: {n} points leave no residuals to draw; allowed: more than {p} for a bootstrap"
        )
    centred = (found.residuals - found.residuals.mean()) * np.sqrt(n / (n - p))
    middle = problem.y - found.residuals
    rng = np.random.default_rng(asked.seed)
    drawn = (middle + rng.choice(centred, n) for _ in range(asked.n_draws))
    tried = [descended(replace(problem, y=y), found.theta) for y in drawn]
    thetas = [one.theta for one in tried if one.is_converged]
    n_failed = asked.n_draws - len(thetas)
    if n_failed > _MOST_FAILED * asked.n_draws:
        raise RecipeError(f"{problem.of}: {n_failed} of {asked.n_draws} bootstrap draws did not converge; no intervals")
    return np.stack(thetas)
