"""What every law of mixtures can do, so that one may stand for another: predict losses, and find the best mixture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from schemas.errors import RecipeError
from transforms.laws.bounds import Bounds
from transforms.laws.curves import Numbers
from transforms.laws.fitted import Fitted


@dataclass(frozen=True, eq=False)
class Best:
    """The mixture of the least weighted sum of losses.

    Attributes:
        domains: Names of the m proportions.
        mixture: (m,), sums to 1.
        targets: Names of the k losses.
        losses: (k,), as predicted at the mixture.
        total: Their weighted sum.
    """

    domains: tuple[str, ...]
    mixture: Numbers
    targets: tuple[str, ...]
    losses: Numbers
    total: float


class MixtureLaw(Protocol):
    """A law that was fitted, or made of published coefficients."""

    @property
    def domains(self) -> tuple[str, ...]:
        """Names of the m proportions of its mixtures."""

    @property
    def targets(self) -> tuple[str, ...]:
        """Names of the k losses that it predicts."""

    @property
    def knows_steps(self) -> bool:
        """Whether losses depend on steps: then they must be given, else they must not."""

    @property
    def fits(self) -> tuple[Fitted, ...]:
        """One fit for each target; none of trees and of coefficients that were given."""

    def predict(self, mixtures: Numbers, steps: npt.ArrayLike | None = None) -> Numbers:
        """Give losses, (n, k), of mixtures (n, m) after steps (n,) or one number.

        Raises:
            RecipeError: mixtures that are none, or steps that are missing, not above 0, or not asked for.
        """

    def band(self, mixtures: Numbers, steps: npt.ArrayLike | None = None) -> tuple[Numbers, Numbers] | None:
        """Give lower and upper ends of the predicted losses' intervals, (n, k) each; None where the law has none."""

    def best(
        self, bounds: Bounds | None = None, weights: Mapping[str, float] | None = None, steps: float | None = None
    ) -> Best:
        """Find the mixture of the least weighted sum of losses.

        Args:
            bounds: Of the proportions; by default 0 to 1.
            weights: Target → weight, 0 or more; by default 1 each. Targets that are not named weigh 0.
            steps: After which, where the law knows steps.

        Raises:
            RecipeError: an unknown target, weights that are all 0 or below, steps as above, or bounds of other domains.
        """


def weights_of(targets: Sequence[str], given: Mapping[str, float] | None) -> Numbers:
    """Give a weight for each target, (k,); errors as ``MixtureLaw.best`` tells them."""
    if given is None:
        return np.ones(len(targets))
    for name, value in given.items():
        if name not in targets:
            raise RecipeError(f"weights: given {name}; allowed: {', '.join(targets)}")
        if not (np.isfinite(value) and value >= 0):
            raise RecipeError(f"weights, {name}: given {value}; allowed: 0 or more")
    weights = np.array([given.get(name, 0.0) for name in targets], np.float64)
    if not weights.any():
        raise RecipeError("weights: given 0 for every target; allowed: one above 0, or more")
    return weights


def bounds_for(domains: tuple[str, ...], given: Bounds | None) -> Bounds:
    """Give the bounds that are asked for, by default 0 to 1; those of other domains are refused."""
    m = len(domains)
    if given is None:
        return Bounds(domains, np.zeros(m), np.ones(m), ("no end given",) * m)
    if given.domains != domains:
        raise RecipeError(f"bounds: of {', '.join(given.domains)}; allowed: of {', '.join(domains)}, in this order")
    return given


def no_steps(steps: npt.ArrayLike | None, law: str) -> None:
    """Refuse steps where a law knows none."""
    if steps is not None:
        raise RecipeError(f"steps: given, but {law} is fitted at one step; leave them out, or take bimix")
