"""What points a law may be fitted on, and asked about: one clear line for each that it may not."""

from collections.abc import Sequence

import numpy as np

from schemas.errors import RecipeError
from transforms.laws.curves import Flags, Numbers

TOLERANCE = 1e-6
"""By how much a mixture's sum may be off 1."""


def check_above_zero(values: Numbers, what: str, label: str) -> None:
    """Refuse what is 0 or less, infinite or not a number, as a loss, a size or a step must not be.

    Args:
        values: (n,).
        what: Name of their column.
        label: Where they come from.

    Raises:
        RecipeError: naming label, row (the first is 1), column and value.
    """
    _refuse_first(~(np.isfinite(values) & (values > 0)), values, f"{label}, %s, {what}", "a number above 0")


def check_shares(values: Numbers, what: str, label: str) -> None:
    """Refuse what is below 0, above 1 or not a number; arguments and error as of ``check_above_zero``."""
    _refuse_first(~((values >= 0) & (values <= 1)), values, f"{label}, %s, {what}", "0 to 1")


def check_mixtures(mixtures: Numbers, domains: Sequence[str], label: str, tolerance: float = TOLERANCE) -> None:
    """Refuse mixtures that are none.

    Args:
        mixtures: (n, m), proportions.
        domains: Names of the m columns.
        label: Where they come from.
        tolerance: By how much a sum may be off 1.

    Raises:
        RecipeError: naming label, row and domain of the first proportion below 0 or above 1, or the first sum.
    """
    if mixtures.ndim != 2 or mixtures.shape[1] != len(domains):
        shape = " × ".join(map(str, mixtures.shape))
        raise RecipeError(f"{label}: mixtures are {shape}; allowed: rows of {len(domains)} ({', '.join(domains)})")
    for name, column in zip(domains, mixtures.T, strict=True):
        check_shares(column, f"proportion of {name}", label)
    sums = mixtures.sum(axis=1)
    allowed = f"1, give or take {tolerance:g} (sum_tolerance, where proportions were rounded)"
    _refuse_first(np.abs(sums - 1) > tolerance, sums, f"{label}, %s: proportions sum to", allowed)


def check_no_zero(values: Numbers, domain: str, label: str) -> None:
    """Refuse a proportion of 0 where the loss is a power of it; arguments and error as of ``check_above_zero``."""
    allowed = "above 0: the law's loss is infinite there, so leave the row out or take another law"
    _refuse_first(values <= 0, values, f"{label}, %s, proportion of {domain}", allowed)


def check_enough(n_points: int, names: Sequence[str], of: str) -> None:
    """Refuse fewer points than coefficients.

    Raises:
        RecipeError: naming ``of``, what is fitted, with both numbers.
    """
    if n_points < len(names):
        told = ", ".join(names)
        raise RecipeError(f"{of}: {n_points} points; allowed: at least {len(names)}, one for each of {told}")


def check_length(values: Numbers, n: int, what: str, label: str) -> None:
    """Refuse a column (n,) or a table (n, …) that is not as long as the others.

    Raises:
        RecipeError: naming label and column.
    """
    if len(values) != n:
        raise RecipeError(f"{label}, {what}: {len(values)} values; allowed: {n}, one for each row")


def _refuse_first(is_wrong: Flags, values: Numbers, where: str, allowed: str) -> None:
    if is_wrong.any():
        row = int(np.argmax(is_wrong))
        raise RecipeError(f"{where % f'row {row + 1}'}: given {values[row]:.10g}; allowed: {allowed}")
