"""BiMix: a domain's loss in its own proportion and in steps, L = (A / r^α) (B / s^β + C) (Ge et al., arXiv 2405.14908).

A only scales B and C, so that no points can tell the three apart: it is 1 here, and four coefficients are free. They
are fitted to log losses, domain by domain, since errors are told and R² is taken on that scale.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt
from scipy import optimize

from schemas.errors import RecipeError
from transforms.laws.bounds import Bounds
from transforms.laws.curves import Curve, Numbers
from transforms.laws.fitted import Fitted, Intervals
from transforms.laws.intervals import fitted
from transforms.laws.least_squares import Problem
from transforms.laws.mixture_law import Best, bounds_for, weights_of
from transforms.laws.optimum import least_powers
from transforms.laws.points import TOLERANCE, check_above_zero, check_mixtures, check_no_zero
from transforms.laws.runs import MixtureRuns

_ALPHAS = (0.02, 0.1, 0.3)
_BETAS = (0.15, 0.3, 0.5, 0.8, 1.2)


@dataclass(frozen=True, eq=False)
class BiMix:
    """A law of k domains' losses.

    Attributes:
        domains: Names of the m proportions of a mixture.
        targets: Those of them whose loss it predicts.
        coefficients: (k, 4): α, B, β and C of each, with A = 1. B, C ≥ 0, not both 0.
        fits: One for each target, on log losses; none where the coefficients were given.
        sum_tolerance: By how much the sum of a mixture to predict may be off 1.
    """

    domains: tuple[str, ...]
    targets: tuple[str, ...]
    coefficients: Numbers
    fits: tuple[Fitted, ...] = ()
    sum_tolerance: float = TOLERANCE

    @property
    def knows_steps(self) -> bool:
        """True."""
        return True

    def predict(self, mixtures: Numbers, steps: npt.ArrayLike | None = None) -> Numbers:
        """Give losses, (n, k), as ``MixtureLaw`` tells; a proportion of 0 is refused where its loss is asked."""
        shares, after = self._asked(mixtures, steps)
        return self._scales(after) * shares ** -self.coefficients[:, 0]

    def band(self, mixtures: Numbers, steps: npt.ArrayLike | None = None) -> tuple[Numbers, Numbers] | None:
        """Give ends of the predicted losses' intervals, (n, k) each, as ``MixtureLaw`` tells."""
        if not self.fits:
            return None
        shares, after = self._asked(mixtures, steps)
        ends = [fit.band(np.stack([r, after], axis=1)) for fit, r in zip(self.fits, shares.T, strict=True)]
        low, high = (np.exp(np.stack(side, axis=1)) for side in zip(*ends, strict=True))
        return low, high

    def best(
        self, bounds: Bounds | None = None, weights: Mapping[str, float] | None = None, steps: float | None = None
    ) -> Best:
        """Find the best mixture, as ``MixtureLaw`` tells, exactly: the sum is convex where every α is above 0."""
        weight = weights_of(self.targets, weights)
        within = bounds_for(self.domains, bounds)
        [scales] = self._scales(_steps(steps, 1))
        g, alpha = np.zeros(len(self.domains)), np.zeros(len(self.domains))
        g[self._places()], alpha[self._places()] = weight * scales, self.coefficients[:, 0]
        mixture = least_powers(g, alpha, within)
        with np.errstate(divide="ignore"):  # a domain whose loss weighs nothing may get nothing
            losses = scales * mixture[self._places()] ** -self.coefficients[:, 0]
        return Best(self.domains, mixture, self.targets, losses, float(losses[weight > 0] @ weight[weight > 0]))

    def _places(self) -> list[int]:
        return [self.domains.index(name) for name in self.targets]

    def _scales(self, steps: Numbers) -> Numbers:
        """Give B / s^β + C, (n, k)."""
        _, b, beta, c = self.coefficients.T
        return b * steps[:, None] ** -beta + c

    def _asked(self, mixtures: Numbers, steps: npt.ArrayLike | None) -> tuple[Numbers, Numbers]:
        check_mixtures(mixtures, self.domains, "mixtures to predict", self.sum_tolerance)
        shares = mixtures[:, self._places()]
        for name, column in zip(self.targets, shares.T, strict=True):
            check_no_zero(column, name, "mixtures to predict")
        return shares, _steps(steps, len(mixtures))


def fit_bimix(runs: MixtureRuns, asked: Intervals | None = None) -> BiMix:
    """Fit the law, domain by domain, by least squares of log losses.

    Args:
        runs: With steps; each target is a domain. Two mixtures or more, each at three steps or more.
        asked: How intervals are made; by default at 95 %, from the curvature.

    Raises:
        RecipeError: points that cannot be or do not suffice, or a fit that did not converge.
    """
    for name in runs.targets:
        if name not in runs.domains:
            raise RecipeError(
                f"{runs.label}, loss of {name}: no domain of that name; allowed: {', '.join(runs.domains)}"
            )
        check_no_zero(runs.mixtures[:, runs.domains.index(name)], name, runs.label)
    if runs.steps is None:
        raise RecipeError(f"{runs.label}: steps are missing; allowed: a column of them, since the law is of steps too")
    fits = tuple(_fit_domain(runs, runs.steps, name, asked or Intervals()) for name in runs.targets)
    return BiMix(runs.domains, runs.targets, np.stack([fit.values for fit in fits]), fits, runs.sum_tolerance)


def _fit_domain(runs: MixtureRuns, steps: Numbers, name: str, asked: Intervals) -> Fitted:
    share = runs.mixtures[:, runs.domains.index(name)]
    loss = runs.losses[:, runs.targets.index(name)]
    points = np.stack([share, steps], axis=1)
    problem = Problem(f"{runs.label}: BiMix of {name}", CURVE, points, np.log(loss))
    return fitted(problem, _starts(points, loss), asked)


def _starts(points: Numbers, losses: Numbers) -> list[Numbers]:
    """Give a start for each α and β of a grid: with these, B and C of the least relative error are a linear problem."""
    share, steps = points.T
    starts = []
    for alpha, beta in product(_ALPHAS, _BETAS):
        falling = (steps / steps.min()) ** -beta  # from 1: both columns of one size
        both = np.stack([falling, np.ones_like(steps)], axis=1) * (share**-alpha / losses)[:, None]
        (b, c), _ = optimize.nnls(both, np.ones_like(losses))
        starts.append(np.array([alpha, np.log(max(b, 1e-6 * c)) + beta * np.log(steps.min()), beta, c]))
    return starts


def _steps(steps: npt.ArrayLike | None, n: int) -> Numbers:
    if steps is None:
        raise RecipeError(
            "steps: missing; allowed: a number above 0, or one for each mixture, since BiMix is of steps too"
        )
    given = np.asarray(steps, np.float64)
    if given.ndim and given.shape != (n,):
        raise RecipeError(f"steps: given {given.size}; allowed: one number, or {n}, one for each mixture")
    check_above_zero(np.atleast_1d(given), "steps", "mixtures to predict")
    return np.broadcast_to(given, (n,)).astype(np.float64)


def _log_loss(theta: Numbers, points: Numbers) -> Numbers:
    alpha, log_b, beta, c = theta
    share, steps = points.T
    return np.log(np.exp(log_b - beta * np.log(steps)) + c) - alpha * np.log(share)


def _slopes(theta: Numbers, points: Numbers) -> Numbers:
    _, log_b, beta, c = theta
    share, steps = points.T
    falling = np.exp(log_b - beta * np.log(steps))
    part = falling / (falling + c)
    return np.stack([-np.log(share), part, -np.log(steps) * part, 1 / (falling + c)], axis=1)


CURVE = Curve(
    names=("alpha", "B", "beta", "C"),
    value=_log_loss,
    jacobian=_slopes,
    scale="log loss",
    at_least=(-np.inf, -np.inf, -np.inf, 0.0),
    is_log=(False, True, False, False),
)
