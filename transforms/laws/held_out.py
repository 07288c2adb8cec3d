"""How well a law of mixtures predicts what it was not fitted on: the last step, and each mixture in turn."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from schemas.errors import RecipeError
from transforms.laws.curves import Flags, Numbers
from transforms.laws.mixture_law import MixtureLaw
from transforms.laws.runs import MixtureRuns

Fit = Callable[[MixtureRuns], MixtureLaw]


@dataclass(frozen=True, eq=False)
class HeldOut:
    """Predictions beside what was held out.

    Attributes:
        targets: Names of the k losses.
        runs: The n held-out runs.
        predicted: (n, k), losses.
    """

    targets: tuple[str, ...]
    runs: MixtureRuns
    predicted: Numbers

    @property
    def relative(self) -> Numbers:
        """|predicted / observed - 1|, (n, k)."""
        return np.abs(self.predicted / self.runs.losses - 1)

    @property
    def by_target(self) -> Numbers:
        """Mean relative error of each target, (k,)."""
        return self.relative.mean(axis=0)

    @property
    def mean(self) -> float:
        """Mean of the targets' errors; BiMix's tables tell it with the worst and the best."""
        return float(self.by_target.mean())

    @property
    def worst(self) -> float:
        """The greatest of the targets' errors."""
        return float(self.by_target.max())

    @property
    def best(self) -> float:
        """The least of the targets' errors."""
        return float(self.by_target.min())


def last_step(fit: Fit, runs: MixtureRuns) -> HeldOut:
    """Fit on all but the last step, predict the last, as BiMix's authors extrapolate.

    Args:
        fit: Of a law that knows steps.
        runs: Of two steps or more.

    Raises:
        RecipeError: there is no step to hold out, or what ``fit`` says of the others.
    """
    if runs.steps is None or len(np.unique(runs.steps)) < 2:
        raise RecipeError(f"{runs.label}, steps: one or none; allowed: two or more, so that the last can be held out")
    return _held_out(fit, runs, runs.steps == runs.steps.max())


def leave_one_mixture_out(fit: Fit, runs: MixtureRuns) -> HeldOut:
    """Fit on all mixtures but one and predict that one, for each in turn; rows come in the order of their mixtures.

    Args:
        fit: Of any law; it is called as often as there are mixtures.
        runs: Of two mixtures or more.

    Raises:
        RecipeError: there is one mixture only, or what ``fit`` says of the others.
    """
    numbers = runs.mixture_numbers()
    n_mixtures = int(numbers.max()) + 1
    if n_mixtures < 2:
        raise RecipeError(f"{runs.label}: one mixture; allowed: two or more, so that one can be held out")
    predicted = np.concatenate([_held_out(fit, runs, numbers == one).predicted for one in range(n_mixtures)])
    return HeldOut(runs.targets, runs.rows(np.argsort(numbers, kind="stable")), predicted)


def _held_out(fit: Fit, runs: MixtureRuns, is_out: Flags) -> HeldOut:
    law, out = fit(runs.where(~is_out)), runs.where(is_out)
    return HeldOut(runs.targets, out, law.predict(out.mixtures, out.steps if law.knows_steps else None))
