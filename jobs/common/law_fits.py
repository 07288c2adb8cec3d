"""A law fitted on a table of runs, held against runs that it did not see: what ``sluice laws fit`` does."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from jobs.common.law_data import Data
from schemas.errors import RecipeError
from transforms.laws.choice import MixtureChoice, ScaleChoice, law_named
from transforms.laws.curves import Flags, Numbers
from transforms.laws.error_law import ErrorLaw, fit_error_law
from transforms.laws.extrapolation import Extrapolated, extrapolated
from transforms.laws.fitted import Intervals
from transforms.laws.held_out import HeldOut, last_step, leave_one_mixture_out
from transforms.laws.mixture_law import MixtureLaw
from transforms.laws.overtraining import Overtraining
from transforms.laws.points import TOLERANCE
from transforms.laws.runs import MixtureRuns, ScaleRuns
from transforms.laws.scale_law import ScaleLaw
from transforms.laws.stored import ERROR
from transforms.laws.table import Columns, mixture_runs, scale_runs


@dataclass(frozen=True)
class Ask:
    """How a law is fitted.

    Attributes:
        law: Its name.
        columns: How the table's columns are called.
        sum_tolerance: By how much a mixture's sum may be off 1.
        intervals: How they are made.
        hold_out: ``last-step``, ``mixture`` or ``COLUMN=VALUE``; None: nothing is held out.
    """

    law: str
    columns: Columns = field(default_factory=Columns)
    sum_tolerance: float = TOLERANCE
    intervals: Intervals = field(default_factory=Intervals)
    hold_out: str | None = None


class Beside(NamedTuple):
    """Observed numbers (n, k) of k targets beside those that a law predicts, (n, k)."""

    targets: tuple[str, ...]
    observed: Numbers
    predicted: Numbers

    @property
    def by_target(self) -> Numbers:
        """Mean of |predicted / observed - 1| of each target, (k,)."""
        with np.errstate(divide="ignore", invalid="ignore"):  # an error of 0 has no relative one
            return np.asarray(np.abs(self.predicted / self.observed - 1).mean(axis=0))


@dataclass(frozen=True, eq=False)
class MixtureFit:
    """A law of mixtures, the runs that it was fitted on, and what was held out of a fit."""

    choice: MixtureChoice
    law: MixtureLaw
    runs: MixtureRuns
    held: Beside | None
    error_law: None = None

    def seen(self) -> Beside:
        """Give the runs that it was fitted on beside what it says of them."""
        return _mixed(self.law, self.runs)


@dataclass(frozen=True, eq=False)
class ScaleFit:
    """A law of sizes, with that of error where errors were measured; else as above."""

    choice: ScaleChoice
    law: ScaleLaw
    runs: ScaleRuns
    held: Beside | None
    error_law: ErrorLaw | None
    larger: tuple[Extrapolated, ...] = ()
    """Each run that was held out of a law of over-training, and the compute that predicting it saves."""

    def seen(self) -> Beside:
        """Give the runs that it was fitted on beside what it says of them."""
        return _sized(self.law, self.error_law, self.runs)


Fit = MixtureFit | ScaleFit


def fitted(data: Data, ask: Ask) -> Fit:
    """Fit a law.

    Rows that ``COLUMN=VALUE`` names are held out of the law itself. The last step, or one mixture after the other, is
    held out of fits of its own: the law that is given has seen all rows.

    Raises:
        RecipeError: the table is not what the law needs, there is nothing to hold out, or a fit that did not converge.
    """
    choice = law_named(ask.law)
    is_out = _named_rows(data, ask.hold_out) if ask.hold_out and "=" in ask.hold_out else None
    # Matrices are small: threads that share one cost many times what they save.
    with threadpool_limits(1, user_api="blas"):
        if isinstance(choice, MixtureChoice):
            return _of_mixtures(data, ask, choice, is_out)
        return _of_sizes(data, ask, choice, is_out)


def _of_mixtures(data: Data, ask: Ask, choice: MixtureChoice, is_out: Flags | None) -> MixtureFit:
    runs = mixture_runs(data.table, ask.columns, data.label, ask.sum_tolerance)
    if is_out is not None:
        law = choice.fit(runs.where(~is_out), ask.intervals)
        return MixtureFit(choice, law, runs.where(~is_out), _mixed(law, runs.where(is_out)))
    held = None
    if ask.hold_out:
        told = _HOLD_OUT[_known(ask.hold_out)](lambda some: choice.fit(some, Intervals()), runs)
        held = Beside(told.targets, told.runs.losses, told.predicted)
    return MixtureFit(choice, choice.fit(runs, ask.intervals), runs, held)


def _of_sizes(data: Data, ask: Ask, choice: ScaleChoice, is_out: Flags | None) -> ScaleFit:
    runs = scale_runs(data.table, ask.columns, data.label)
    if ask.hold_out and is_out is None:
        raise RecipeError(f"--hold-out: given {ask.hold_out}; allowed with a law of sizes: COLUMN=VALUE")
    seen = runs if is_out is None else runs.where(~is_out)
    law = choice.fit(seen, ask.intervals)
    error = fit_error_law(seen, ask.intervals) if seen.errors is not None else None
    if is_out is None:
        return ScaleFit(choice, law, seen, None, error)
    out = runs.where(is_out)
    larger = tuple(extrapolated(law, out, error)) if isinstance(law, Overtraining) else ()
    return ScaleFit(choice, law, seen, _sized(law, error, out), error, larger)


def _mixed(law: MixtureLaw, runs: MixtureRuns) -> Beside:
    steps = runs.steps if law.knows_steps else None
    return Beside(law.targets, runs.losses, law.predict(runs.mixtures, steps))


def _sized(law: ScaleLaw, error: ErrorLaw | None, runs: ScaleRuns) -> Beside:
    """Hold the law against runs, and the chain of both: an error follows from the predicted loss."""
    losses = law.predict(runs.parameters, runs.tokens)
    if error is None or runs.errors is None:
        return Beside(("loss",), runs.losses[:, None], losses[:, None])
    both = np.stack([runs.losses, runs.errors], axis=1), np.stack([losses, error.predict(losses)], axis=1)
    return Beside(("loss", ERROR), *both)


def _known(hold_out: str) -> str:
    if hold_out not in _HOLD_OUT:
        raise RecipeError(f"--hold-out: given {hold_out!r:.80}; allowed: {', '.join(_HOLD_OUT)}, COLUMN=VALUE")
    return hold_out


def _named_rows(data: Data, asked: str) -> Flags:
    """Say of each row whether its cell is the one that is asked, as text or as a number."""
    column, _, value = asked.partition("=")
    if column not in data.table:
        raise RecipeError(f"--hold-out: {data.label} has no column {column!r:.80}; given: {', '.join(data.table)}")
    is_out = np.array([_is(cell, value) for cell in data.table[column]], np.bool_)
    if is_out.all() or not is_out.any():
        told = "every row" if is_out.any() else "no row"
        raise RecipeError(f"--hold-out: {asked} names {told} of {data.label}; allowed: some, so that others are fitted")
    return is_out


def _is(cell: Any, value: str) -> bool:
    if str(cell).strip() == value.strip():
        return True
    try:
        return float(cell) == float(value)
    except (TypeError, ValueError):
        return False


_HOLD_OUT: dict[str, Callable[..., HeldOut]] = {"last-step": last_step, "mixture": leave_one_mixture_out}
