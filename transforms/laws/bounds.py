"""What an optimal mixture may be: lower and upper ends of proportions, given or set by how much text there is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from schemas.errors import RecipeError
from transforms.laws.curves import Flags, Numbers
from transforms.laws.points import TOLERANCE


@dataclass(frozen=True)
class Supply:
    """How much text there is.

    Attributes:
        unique_tokens: Domain → tokens that it has, U, above 0; domains that are not named have enough.
        budget: Tokens that training takes in all, T, above 0.
        max_epochs: How often a domain may be read at most, k, above 0: r ≤ k·U/T.
    """

    unique_tokens: Mapping[str, float]
    budget: float
    max_epochs: float


@dataclass(frozen=True, eq=False)
class Bounds:
    """Ends of proportions.

    Attributes:
        domains: Names of the m proportions.
        lower: (m,), 0 to 1.
        upper: (m,), ``lower`` to 1.
        why: What set each upper end, for messages.

    Raises:
        RecipeError: no mixture lies within, and which ends are to blame.
    """

    domains: tuple[str, ...]
    lower: Numbers
    upper: Numbers
    why: tuple[str, ...]

    def __post_init__(self) -> None:
        """Check that a mixture lies within."""
        for name, low, high, why in zip(self.domains, self.lower, self.upper, self.why, strict=True):
            if low > high:
                raise RecipeError(f"bounds of {name}: lower end {low:.6g} is above upper end {high:.6g} ({why})")
        if self.lower.sum() > 1 + TOLERANCE:
            told = ", ".join(f"{n} {low:.6g}" for n, low in zip(self.domains, self.lower, strict=True) if low)
            raise RecipeError(f"bounds: lower ends sum to {self.lower.sum():.6g} ({told}); allowed: at most 1")
        if self.upper.sum() < 1 - TOLERANCE:
            told = "; ".join(f"{n} {h:.6g}, {w}" for n, h, w in zip(self.domains, self.upper, self.why, strict=True))
            total = self.upper.sum()
            raise RecipeError(
                f"bounds: upper ends sum to {total:.6g} ({told}); allowed: at least 1, so that they suffice"
            )

    def inside(self) -> Numbers:
        """Give a mixture within, (m,): the lower ends, and of what is left to 1 as much as each has room."""
        room = self.upper - self.lower
        return self.lower + room * ((1 - self.lower.sum()) / room.sum() if room.sum() else 0.0)

    def hold(self, mixtures: Numbers) -> Flags:
        """Say of each mixture, (n, m), whether it lies within, (n,)."""
        return np.asarray(((mixtures >= self.lower) & (mixtures <= self.upper)).all(axis=1))


def bounds_of(
    domains: Sequence[str],
    lower: Mapping[str, float] | None = None,
    upper: Mapping[str, float] | None = None,
    supply: Supply | None = None,
) -> Bounds:
    """Make bounds of what is named; a domain that nothing is said of may have 0 to 1.

    Args:
        domains: All of the mixture's.
        lower: Domain → least proportion, 0 to 1.
        upper: Domain → greatest proportion, 0 to 1.
        supply: Of text; the lower of its end and that of ``upper`` counts.

    Raises:
        RecipeError: an unknown domain, an end out of its range, or ends between which no mixture lies.
    """
    lows = _ends("lower", domains, lower or {}, 0.0)
    highs = _ends("upper", domains, upper or {}, 1.0)
    why = ["as given" if upper and name in upper else "no end given" for name in domains]
    for name, (end, told) in (_supplied(supply) if supply else {}).items():
        at = _place("unique_tokens", domains, name)
        if end < highs[at]:
            highs[at], why[at] = end, told
    return Bounds(tuple(domains), lows, highs, tuple(why))


def _ends(key: str, domains: Sequence[str], given: Mapping[str, float], otherwise: float) -> Numbers:
    ends = np.full(len(domains), otherwise)
    for name, value in given.items():
        if not 0 <= value <= 1:
            raise RecipeError(f"bounds, {key}, {name}: given {value}; allowed: 0 to 1")
        ends[_place(key, domains, name)] = value
    return ends


def _supplied(supply: Supply) -> dict[str, tuple[float, str]]:
    """Give the upper end of each domain whose tokens are known, and why."""
    above_zero = {"budget": supply.budget, "max_epochs": supply.max_epochs}
    above_zero |= {f"unique_tokens, {name}": tokens for name, tokens in supply.unique_tokens.items()}
    for key, value in above_zero.items():
        if not (np.isfinite(value) and value > 0):
            raise RecipeError(f"bounds, {key}: given {value}; allowed: a number above 0")
    told = f"{supply.max_epochs:g} epochs of %g tokens out of {supply.budget:g}"
    share = supply.max_epochs / supply.budget
    return {name: (share * tokens, told % tokens) for name, tokens in supply.unique_tokens.items()}


def _place(key: str, domains: Sequence[str], name: str) -> int:
    if name not in domains:
        raise RecipeError(f"bounds, {key}: given {name}; allowed: {', '.join(domains)}")
    return list(domains).index(name)
