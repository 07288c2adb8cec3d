"""The mixture of the least sum of losses: where each is a power of one proportion, and where the sum is convex."""

from collections.abc import Callable

import numpy as np
from scipy import optimize

from schemas.errors import RecipeError
from transforms.laws.bounds import Bounds
from transforms.laws.curves import Flags, Numbers

_HALVINGS = 200
"""Of the multiplier's logarithm: more than a double has bits, so that the last interval is a point."""


def least_powers(scales: Numbers, powers: Numbers, bounds: Bounds) -> Numbers:
    """Minimise Σ gᵢ rᵢ^(-αᵢ) over mixtures within bounds, exactly: by bisection on the multiplier of Σ r = 1.

    Where rᵢ is not at an end, αᵢ gᵢ rᵢ^(-αᵢ-1) = λ. So each rᵢ falls as λ grows, and one λ gives a sum of 1.

    Args:
        scales: g, (m,), 0 or more; where it is 0, a proportion is as low as may be, or takes what is left.
        powers: α, (m,), above 0 where ``scales`` is.
        bounds: Of the m domains.

    Returns:
        The mixture, (m,).

    Raises:
        RecipeError: a power that is not above 0 at a domain that is not fixed, or an upper end of 0 with a scale.
    """
    _check_powers(scales, powers, bounds)
    is_power = (scales > 0) & (powers > 0)
    powers = np.where(is_power, powers, 0.0)
    pull = np.log(np.where(is_power, scales * powers, 1.0))

    def at(multiplier: float) -> Numbers:
        free = np.where(is_power, np.exp((pull - multiplier) / (1 + powers)), 0.0)
        return np.clip(free, bounds.lower, bounds.upper)

    # At one end each proportion would be 1 or more, at the other e^-50 at most.
    low, high = float(pull.min()), float(pull.max()) + 50 * (1 + float(powers.max()))
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if at(middle).sum() > 1 else (low, middle)
    return _filled(at(high), bounds, is_power)


def _check_powers(scales: Numbers, powers: Numbers, bounds: Bounds) -> None:
    is_wrongs = (scales > 0) & (bounds.lower < bounds.upper) & (powers <= 0)
    for name, power, is_wrong in zip(bounds.domains, powers, is_wrongs, strict=True):
        if is_wrong:
            raise RecipeError(
                f"optimum: alpha of {name} is {power:.6g}, so a larger share would not lower its loss; allowed: "
                "above 0, or bounds that fix its share (lower = upper)"
            )
    for name, is_wrong in zip(bounds.domains, (scales > 0) & (bounds.upper <= 0), strict=True):
        if is_wrong:
            raise RecipeError(f"bounds, upper, {name}: given 0; allowed: above 0, since its loss is infinite at 0")


def _filled(mixture: Numbers, bounds: Bounds, is_power: Flags) -> Numbers:
    """Give what is missing to a sum of 1 to those that have room: rounding, or all that domains without a loss get."""
    for is_asked in (~is_power, is_power):
        room = np.where(is_asked, bounds.upper - mixture, 0.0)
        missing = 1 - mixture.sum()
        if room.sum() > 0:
            mixture = mixture + room * min(missing / room.sum(), 1.0)
    return np.clip(mixture, bounds.lower, bounds.upper)


def least_convex(loss: Callable[[Numbers], tuple[float, Numbers]], bounds: Bounds, of: str) -> Numbers:
    """Minimise a convex function over mixtures within bounds, by sequential quadratic programming from one start.

    Args:
        loss: (m,) → value and gradient.
        bounds: Of the m domains.
        of: For the message.

    Returns:
        The mixture, (m,).

    Raises:
        RecipeError: it did not converge.
    """
    start = bounds.inside()
    size = max(float(np.abs(loss(start)[1]).max()), 1e-300)
    told = optimize.minimize(
        lambda r: (loss(r)[0] / size, loss(r)[1] / size),
        start,
        jac=True,
        method="SLSQP",
        bounds=list(zip(bounds.lower, bounds.upper, strict=True)),
        constraints={"type": "eq", "fun": lambda r: r.sum() - 1, "jac": np.ones_like},
        options={"maxiter": 1000, "ftol": 1e-15},
    )
    if not told.success:
        raise RecipeError(
            f"{of}: the search for the best mixture did not converge ({told.message}); no mixture is given"
        )
    mixture = np.clip(told.x, bounds.lower, bounds.upper)
    return _filled(mixture, bounds, np.ones(len(mixture), np.bool_))
