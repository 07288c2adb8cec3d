"""A curve with coefficients to be found: what every law that is fitted by least squares is."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


class Curve(NamedTuple):
    """y = f(θ, x), with θ in the coordinates in which it is fitted and in which its spread is nearest to normal."""

    names: tuple[str, ...]
    """Of the p coefficients, as they are told."""
    value: Callable[[Numbers, Numbers], Numbers]
    """(θ (p,), x (n, …)) → y (n,)."""
    jacobian: Callable[[Numbers, Numbers], Numbers]
    """(θ, x) → ∂y/∂θ (n, p)."""
    scale: str
    """What y is: ``loss``, ``log loss`` or ``error``."""
    at_least: tuple[float, ...]
    """The least that each θ may be; -inf: anything."""
    is_log: tuple[bool, ...]
    """Whether θ is the logarithm of the coefficient that is told: one that is above 0 and spans decades."""

    def told(self, theta: Numbers) -> Numbers:
        """Give coefficients as they are told; of θ (p,) or of many, (…, p)."""
        with np.errstate(over="ignore"):  # the end of an interval may be without end
            return np.where(self.is_log, np.exp(np.where(self.is_log, theta, 0.0)), theta)
