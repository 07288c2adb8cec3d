"""What a fit gives: coefficients with covariance and intervals, residuals, and how much of the variance it explains."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy import stats

from schemas.errors import RecipeError
from transforms.laws.curves import Curve, Numbers


@dataclass(frozen=True)
class Intervals:
    """How intervals are made.

    Attributes:
        level: Share of such intervals that hold the truth; above 0, below 1.
        n_draws: Of the bootstrap; 0: from the curvature at the best fit, by Student's t.
        seed: Of the bootstrap.

    Raises:
        RecipeError: one is out of its range.
    """

    level: float = 0.95
    n_draws: int = 0
    seed: int = 0

    def __post_init__(self) -> None:
        """Check the ranges."""
        if not 0 < self.level < 1:
            raise RecipeError(f"level: given {self.level}; allowed: above 0, below 1")
        if self.n_draws and self.n_draws < 100:
            raise RecipeError(f"n_draws: given {self.n_draws}; allowed: 0, or at least 100")


@dataclass(frozen=True, eq=False)
class Fitted:
    """One curve with the coefficients that fit its points best.

    Attributes:
        of: What was fitted on what, for people.
        curve: Its form.
        theta: (p,), the coefficients as they were fitted.
        spread: (p, p), covariance of ``theta``; infinite where there are no more points than coefficients.
        residuals: (n,), y - f(θ, x), on the scale of the curve (``curve.scale``).
        r2: Share of the variance of y that it explains, on the same scale.
        level: Of the intervals.
        draws: (n_draws, p), thetas of the bootstrap; None: intervals are from ``spread``.
    """

    of: str
    curve: Curve
    theta: Numbers
    spread: Numbers = field(repr=False)
    residuals: Numbers = field(repr=False)
    r2: float
    level: float = 0.95
    draws: Numbers | None = field(default=None, repr=False)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the coefficients."""
        return self.curve.names

    @property
    def n_points(self) -> int:
        """How many points it was fitted on."""
        return len(self.residuals)

    @property
    def values(self) -> Numbers:
        """The coefficients, (p,)."""
        return self.curve.told(self.theta)

    def __getitem__(self, name: str) -> float:
        """Give one coefficient."""
        return float(self.values[self.names.index(name)])

    @property
    def covariance(self) -> Numbers:
        """Covariance of the coefficients, (p, p): that of ``theta``, to first order where it is a logarithm."""
        slope = np.where(self.curve.is_log, self.values, 1.0)
        return self.spread * np.outer(slope, slope)

    @property
    def standard_errors(self) -> Numbers:
        """Standard errors of the coefficients, (p,)."""
        return np.sqrt(np.diag(self.covariance))

    @property
    def ends(self) -> tuple[Numbers, Numbers]:
        """Lower and upper ends of the coefficients' intervals, (p,) each."""
        if self.draws is not None:
            low, high = self._quantiles(self.draws)
        else:
            half = self._student() * np.sqrt(np.diag(self.spread))
            low, high = np.maximum(self.theta - half, self.curve.at_least), self.theta + half
        return self.curve.told(low), self.curve.told(high)

    def predict(self, x: Numbers) -> Numbers:
        """Give y at x (n, …), on the scale of the curve."""
        return self.curve.value(self.theta, x)

    def band(self, x: Numbers) -> tuple[Numbers, Numbers]:
        """Give lower and upper ends of the curve's interval at x, (n,) each; a new point's noise is not in it."""
        if self.draws is not None:
            return self._quantiles(np.stack([self.curve.value(theta, x) for theta in self.draws]))
        middle = self.predict(x)
        if not np.isfinite(self.spread).all():
            return np.full_like(middle, -np.inf), np.full_like(middle, np.inf)
        slope = self.curve.jacobian(self.theta, x)
        half = self._student() * np.sqrt(np.einsum("ni,ij,nj->n", slope, self.spread, slope))
        return middle - half, middle + half

    def rows(self) -> list[dict[str, Any]]:
        """Give a row for each coefficient: name, value, low, high, standard_error."""
        columns = (self.names, self.values, *self.ends, self.standard_errors)
        told = ("name", "value", "low", "high", "standard_error")
        plain = (c if isinstance(c, tuple) else c.tolist() for c in columns)
        return [dict(zip(told, row, strict=True)) for row in zip(*plain, strict=True)]

    def _student(self) -> float:
        return float(stats.t.ppf((1 + self.level) / 2, max(self.n_points - len(self.theta), 1)))

    def _quantiles(self, draws: Numbers) -> tuple[Numbers, Numbers]:
        low, high = np.quantile(draws, [(1 - self.level) / 2, (1 + self.level) / 2], axis=0)
        return low, high


def r_squared(observed: Numbers, residuals: Numbers) -> float:
    """Give the share of the variance of ``observed``, which varies, that is not in ``residuals``."""
    return 1 - float(np.sum(residuals**2)) / float(np.sum((observed - observed.mean()) ** 2))
