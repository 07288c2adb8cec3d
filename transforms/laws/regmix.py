"""RegMix: losses in mixtures by trees, and the best of many simulated mixtures (Liu et al., arXiv 2407.01492).

How many trees there are is decided by runs that are held out of the fit. The authors' notebook takes the test set for
that and then tells the rank correlation on it; ``stop_on`` does the same, to compare with them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from schemas.errors import RecipeError
from transforms.laws.bounds import Bounds
from transforms.laws.curves import Numbers
from transforms.laws.exponential import one_step
from transforms.laws.fitted import Fitted
from transforms.laws.mixture_law import Best, bounds_for, no_steps, weights_of
from transforms.laws.points import TOLERANCE, check_mixtures
from transforms.laws.runs import MixtureRuns
from transforms.laws.trees import Growing, grown, predicted

_FEWEST = 40
"""Runs: LightGBM's leaves hold 20 or more, so that fewer give one constant."""


@dataclass(frozen=True)
class Simulation:
    """How the best mixture is sought; the defaults are the authors'.

    Attributes:
        n_drawn: Mixtures that are drawn.
        n_best: Of which so many are averaged; 1 to ``n_drawn``.
        seed: Of the draw.

    Raises:
        RecipeError: ``n_best`` is out of its range.
    """

    n_drawn: int = 100_000
    n_best: int = 128
    seed: int = 42

    def __post_init__(self) -> None:
        """Check the range."""
        if not 1 <= self.n_best <= self.n_drawn:
            raise RecipeError(f"regmix, n_best: given {self.n_best}; allowed: 1 to n_drawn, {self.n_drawn}")


@dataclass(frozen=True, eq=False)
class RegMix:
    """Trees for k losses.

    Attributes:
        domains: Names of the m proportions of a mixture.
        targets: Names of the losses.
        trees: A LightGBM booster for each target.
        prior: (m,), above 0: of the Dirichlet distribution that mixtures are drawn from.
        residuals: (n, k), observed - predicted, in nats, on the runs that it was fitted on.
        simulation: Of ``best``.
        sum_tolerance: By how much the sum of a mixture to predict may be off 1.
    """

    domains: tuple[str, ...]
    targets: tuple[str, ...]
    trees: tuple[Any, ...] = field(repr=False)
    prior: Numbers
    residuals: Numbers = field(repr=False)
    simulation: Simulation = Simulation()
    sum_tolerance: float = TOLERANCE

    @property
    def knows_steps(self) -> bool:
        """False: it is fitted at one step."""
        return False

    @property
    def fits(self) -> tuple[Fitted, ...]:
        """None: trees have no coefficients."""
        return ()

    @property
    def n_trees(self) -> tuple[int, ...]:
        """How many trees each target has."""
        return tuple(one.num_trees() for one in self.trees)

    def predict(self, mixtures: Numbers, steps: npt.ArrayLike | None = None) -> Numbers:
        """Give losses, (n, k), as ``MixtureLaw`` tells."""
        no_steps(steps, "RegMix")
        check_mixtures(mixtures, self.domains, "mixtures to predict", self.sum_tolerance)
        return np.stack([predicted(one, mixtures) for one in self.trees], axis=1)

    def band(self, mixtures: Numbers, steps: npt.ArrayLike | None = None) -> None:  # noqa: ARG002
        """Give None: trees have no intervals."""
        return

    def best(
        self, bounds: Bounds | None = None, weights: Mapping[str, float] | None = None, steps: float | None = None
    ) -> Best:
        """Average the best of many simulated mixtures, as ``MixtureLaw`` tells; those out of bounds are left out.

        Raises:
            RecipeError: too few of the simulated mixtures lie within the bounds.
        """
        no_steps(steps, "RegMix")
        weight = weights_of(self.targets, weights)
        known = self.simulation
        drawn = np.random.default_rng(known.seed).dirichlet(self.prior, known.n_drawn)
        drawn = drawn[bounds_for(self.domains, bounds).hold(drawn)]
        if len(drawn) < known.n_best:
            raise RecipeError(
                f"regmix: {len(drawn)} of {known.n_drawn} simulated mixtures lie within the bounds; allowed: at least "
                f"{known.n_best}; widen the bounds, draw more, or give a prior that lies within"
            )
        asked = [(w, one) for w, one in zip(weight, self.trees, strict=True) if w]
        total = sum((w * predicted(one, drawn) for w, one in asked), np.zeros(len(drawn)))
        mixture = drawn[np.argsort(total, kind="stable")[: known.n_best]].mean(axis=0)
        losses = np.array([predicted(one, mixture[None])[0] for one in self.trees])
        return Best(self.domains, mixture, self.targets, losses, float(losses @ weight))


def fit_regmix(
    runs: MixtureRuns,
    growing: Growing | None = None,
    prior: Mapping[str, float] | None = None,
    stop_on: MixtureRuns | None = None,
) -> RegMix:
    """Grow trees for each target.

    Args:
        runs: 40 or more, of one step.
        growing: How; by default the authors' settings.
        prior: Domain → its share of all tokens, above 0, for every domain; by default the mean of the mixtures.
        stop_on: Runs of the same domains and targets that decide how many trees there are. They are no test then.

    Raises:
        RecipeError: too few runs, several steps, a prior that is none, or LightGBM is not installed.
    """
    one_step(runs, "RegMix")
    if len(runs.mixtures) < _FEWEST:
        raise RecipeError(
            f"{runs.label}: {len(runs.mixtures)} runs; allowed: {_FEWEST} or more, so that trees can part them"
        )
    if stop_on is not None and (stop_on.domains, stop_on.targets) != (runs.domains, runs.targets):
        raise RecipeError(f"{stop_on.label}: other domains or targets than {runs.label}; allowed: the same, in order")
    stops = [None] * len(runs.targets) if stop_on is None else [(stop_on.mixtures, one) for one in stop_on.losses.T]
    trees = tuple(
        grown((runs.mixtures, loss), growing or Growing(), stop)
        for loss, stop in zip(runs.losses.T, stops, strict=True)
    )
    residuals = runs.losses - np.stack([predicted(one, runs.mixtures) for one in trees], axis=1)
    known = (runs.domains, runs.targets, trees, _prior(runs, prior), residuals)
    return RegMix(*known, sum_tolerance=runs.sum_tolerance)


def _prior(runs: MixtureRuns, given: Mapping[str, float] | None) -> Numbers:
    prior = runs.mixtures.mean(axis=0) if given is None else np.array([given.get(name, 0.0) for name in runs.domains])
    for name, share in zip(runs.domains, prior, strict=True):
        if not share > 0:
            raise RecipeError(f"prior, {name}: given {share:g}; allowed: above 0, for every domain")
    return prior / prior.sum()
