"""What every law of size and tokens can do, so that one may stand for another."""

from typing import Protocol

import numpy as np
import numpy.typing as npt

from transforms.laws.curves import Numbers
from transforms.laws.fitted import Fitted
from transforms.laws.points import check_above_zero


class ScaleLaw(Protocol):
    """A law that was fitted, or made of published coefficients."""

    @property
    def fits(self) -> tuple[Fitted, ...]:
        """One fit, or none where the coefficients were given."""

    def predict(self, parameters: npt.ArrayLike, tokens: npt.ArrayLike) -> Numbers:
        """Give losses, (n,), of models of these sizes, trained on these tokens.

        Raises:
            RecipeError: a size or a number of tokens is not above 0.
        """

    def band(self, parameters: npt.ArrayLike, tokens: npt.ArrayLike) -> tuple[Numbers, Numbers] | None:
        """Give lower and upper ends of the predicted losses' intervals, (n,) each; None where nothing was fitted."""


def sizes(parameters: npt.ArrayLike, tokens: npt.ArrayLike) -> tuple[Numbers, Numbers]:
    """Give parameters N and tokens D, (n,) each, checked."""
    n, d = np.broadcast_arrays(np.atleast_1d(np.asarray(parameters, np.float64)), np.asarray(tokens, np.float64))
    for what, column in (("parameters", n), ("tokens", d)):
        check_above_zero(column, what, "models to predict")
    return n, d
