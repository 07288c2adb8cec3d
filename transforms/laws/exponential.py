"""The exponential mixing law: a loss in all proportions, L = c + k·exp(Σ tⱼ rⱼ) (Ye et al., arXiv 2403.16952).

Proportions sum to 1, so that no points can tell k from what all t have in common: k is 1 here, and exp(tⱼ) is by how
much a run on domain j alone is above c. ``published`` brings coefficients with a k of their own into this form.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from schemas.errors import RecipeError
from transforms.laws.bounds import Bounds
from transforms.laws.curves import Curve, Numbers
from transforms.laws.fitted import Fitted, Intervals
from transforms.laws.intervals import fitted
from transforms.laws.least_squares import Problem
from transforms.laws.mixture_law import Best, bounds_for, no_steps, weights_of
from transforms.laws.optimum import least_convex
from transforms.laws.points import TOLERANCE, check_mixtures
from transforms.laws.runs import MixtureRuns

HUBER = 0.05
"""In nats; what the authors' published fits of five domains use (δ)."""
_FLOORS = np.linspace(0.0, 0.98, 9)
"""Of the least loss: starts of c."""


@dataclass(frozen=True, eq=False)
class Exponential:
    """A law of k losses.

    Attributes:
        domains: Names of the m proportions of a mixture.
        targets: Names of the losses.
        floors: c, (k,), 0 or more.
        slopes: t, (k, m), with k = 1.
        fits: One for each target, on losses; none where the coefficients were given.
        sum_tolerance: By how much the sum of a mixture to predict may be off 1.
    """

    domains: tuple[str, ...]
    targets: tuple[str, ...]
    floors: Numbers
    slopes: Numbers
    fits: tuple[Fitted, ...] = ()
    sum_tolerance: float = TOLERANCE

    @property
    def knows_steps(self) -> bool:
        """False: it is a law of one step."""
        return False

    def predict(self, mixtures: Numbers, steps: npt.ArrayLike | None = None) -> Numbers:
        """Give losses, (n, k), as ``MixtureLaw`` tells."""
        no_steps(steps, "the exponential law")
        check_mixtures(mixtures, self.domains, "mixtures to predict", self.sum_tolerance)
        return self.floors + np.exp(mixtures @ self.slopes.T)

    def band(self, mixtures: Numbers, steps: npt.ArrayLike | None = None) -> tuple[Numbers, Numbers] | None:
        """Give ends of the predicted losses' intervals, (n, k) each, as ``MixtureLaw`` tells."""
        if not self.fits:
            return None
        no_steps(steps, "the exponential law")
        check_mixtures(mixtures, self.domains, "mixtures to predict", self.sum_tolerance)
        low, high = (np.stack(side, axis=1) for side in zip(*(fit.band(mixtures) for fit in self.fits), strict=True))
        return low, high

    def best(
        self, bounds: Bounds | None = None, weights: Mapping[str, float] | None = None, steps: float | None = None
    ) -> Best:
        """Find the best mixture, as ``MixtureLaw`` tells; the sum is convex, so that what is found is the least."""
        no_steps(steps, "the exponential law")
        weight = weights_of(self.targets, weights)

        def total(r: Numbers) -> tuple[float, Numbers]:
            above = weight * np.exp(self.slopes @ r)
            return float(above.sum()), above @ self.slopes

        mixture = least_convex(total, bounds_for(self.domains, bounds), "the exponential law")
        losses = self.floors + np.exp(self.slopes @ mixture)
        return Best(self.domains, mixture, self.targets, losses, float(losses @ weight))


def published(
    domains: Sequence[str], targets: Sequence[str], log_floors: Numbers, log_scales: Numbers, slopes: Numbers
) -> Exponential:
    """Make a law of coefficients as the authors print them: log c (k,), log k (k,) and t (k, m)."""
    return Exponential(tuple(domains), tuple(targets), np.exp(log_floors), slopes + log_scales[:, None])


def fit_exponential(runs: MixtureRuns, asked: Intervals | None = None, huber: float = HUBER) -> Exponential:
    """Fit the law, target by target, by Huber's loss from a grid of starts.

    Args:
        runs: Of one step; more mixtures than domains.
        asked: How intervals are made; by default at 95 %, from the curvature.
        huber: Residual, in nats, from which on the loss grows linearly.

    Raises:
        RecipeError: points that cannot be or do not suffice, several steps, or a fit that did not converge.
    """
    one_step(runs, "the exponential law")
    curve = curve_of(runs.domains)
    problems = [
        Problem(f"{runs.label}: exponential law of {name}", curve, runs.mixtures, loss, huber)
        for name, loss in zip(runs.targets, runs.losses.T, strict=True)
    ]
    fits = tuple(fitted(one, _starts(one.x, one.y), asked or Intervals()) for one in problems)
    theta = np.stack([fit.theta for fit in fits])
    return Exponential(runs.domains, runs.targets, theta[:, 0], theta[:, 1:], fits, runs.sum_tolerance)


def one_step(runs: MixtureRuns, law: str) -> None:
    """Refuse runs of several steps where a law is of one."""
    steps = [] if runs.steps is None else np.unique(runs.steps).tolist()
    if len(steps) > 1:
        told = f"{len(steps)} of them, {steps[0]:g} to {steps[-1]:g}"
        raise RecipeError(f"{runs.label}, steps: given {told}; allowed: one, since {law} is of one step; choose one")


def _starts(mixtures: Numbers, losses: Numbers) -> list[Numbers]:
    """Give a start for each c of a grid: with it, the t of the least squared relative error above c are linear."""
    floors = _FLOORS * losses.min()
    above = np.log(losses[:, None] - floors)
    return [np.r_[c, t] for c, t in zip(floors, np.linalg.lstsq(mixtures, above, rcond=None)[0].T, strict=True)]


def curve_of(domains: Sequence[str]) -> Curve:
    """Give the law's curve over the proportions of these domains."""
    m = len(domains)
    return Curve(
        names=("c", *(f"t {name}" for name in domains)),
        value=lambda theta, mixtures: theta[0] + np.exp(mixtures @ theta[1:]),
        jacobian=_slopes,
        scale="loss",
        at_least=(0.0, *(-np.inf,) * m),
        is_log=(False,) * (m + 1),
    )


def _slopes(theta: Numbers, mixtures: Numbers) -> Numbers:
    above = np.exp(mixtures @ theta[1:])
    return np.concatenate([np.ones((len(mixtures), 1)), mixtures * above[:, None]], axis=1)
