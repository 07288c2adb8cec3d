"""Larger runs as smaller ones predict them: loss, error by the chain of both laws, and the compute that it saves."""

from typing import NamedTuple

from transforms.laws.error_law import ErrorLaw
from transforms.laws.overtraining import Overtraining
from transforms.laws.runs import ScaleRuns


class Extrapolated(NamedTuple):
    """One run that the laws were not fitted on; what was not measured or not asked is None."""

    name: str
    parameters: float
    tokens: float
    multiplier: float
    """Tokens per parameter."""
    compute: float
    """Operations, 6ND."""
    loss: float
    predicted_loss: float
    loss_off: float
    """|predicted / measured - 1|."""
    compute_saved: float
    """How many times the compute of all fitted runs this run took."""
    error: float | None
    predicted_error: float | None
    """By the predicted loss, not by the measured one."""
    error_off: float | None
    error_compute_saved: float | None
    """As above, of the runs that the law of error was fitted on, which hold larger ones."""


def extrapolated(law: Overtraining, runs: ScaleRuns, error_law: ErrorLaw | None = None) -> list[Extrapolated]:
    """Hold a fitted law, or the chain of both, against runs.

    Args:
        law: Fitted on other runs.
        runs: Which it has not seen; errors are told where they are given.
        error_law: Fitted on other runs too.

    Returns:
        One row for each run, in their order.
    """
    predicted = law.predict(runs.parameters, runs.tokens)
    errors = error_law.predict(predicted) if error_law else None
    rows = []
    for at, name in enumerate(runs.names):
        loss, told, compute = float(runs.losses[at]), float(predicted[at]), float(runs.compute[at])
        error = None if runs.errors is None else float(runs.errors[at])
        told_error = None if errors is None else float(errors[at])
        rows.append(
            Extrapolated(
                name=name,
                parameters=float(runs.parameters[at]),
                tokens=float(runs.tokens[at]),
                multiplier=float(runs.multipliers[at]),
                compute=compute,
                loss=loss,
                predicted_loss=told,
                loss_off=abs(told / loss - 1),
                compute_saved=_ratio(compute, law.spent),
                error=error,
                predicted_error=told_error,
                error_off=abs(told_error / error - 1) if error and told_error is not None else None,
                error_compute_saved=_ratio(compute, error_law.spent) if error_law else None,
            )
        )
    return rows


def _ratio(compute: float, spent: float) -> float:
    return compute / spent if spent else float("nan")
