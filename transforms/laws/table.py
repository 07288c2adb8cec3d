"""A table of numbers, as a CSV file or a DataFrame gives it, to the runs that a law is fitted on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from schemas.errors import RecipeError
from transforms.laws.curves import Numbers
from transforms.laws.points import TOLERANCE
from transforms.laws.runs import MixtureRuns, ScaleRuns

Table = Mapping[str, Sequence[Any]]
"""Column → its values, one for each row; numbers, or text that says one."""


@dataclass(frozen=True)
class Columns:
    """How the columns are called; {} stands for the name of a domain or of a validation set.

    RegMix's own files have ``train_the_pile_{}`` and ``metric/the_pile_{}_val_loss``.

    Raises:
        RecipeError: a name that needs one {} has none or several.
    """

    mixture: str = "mix_{}"
    """Proportion of a domain."""
    losses: str = "loss_{}"
    """Loss on a domain, or another validation set."""
    steps: str = "steps"
    name: str = "name"
    """Of a model."""
    parameters: str = "parameters"
    tokens: str = "tokens"
    loss: str = "loss"
    """Of a model."""
    error: str = "error"
    """Average error of a model on downstream tasks, 0 to 1."""

    def __post_init__(self) -> None:
        """Check the patterns."""
        for key in ("mixture", "losses"):
            if getattr(self, key).count("{}") != 1:
                raise RecipeError(f"columns, {key}: given {getattr(self, key)}; allowed: a name with one {{}} in it")


def mixture_runs(
    table: Table, columns: Columns | None = None, label: str = "runs", sum_tolerance: float = TOLERANCE
) -> MixtureRuns:
    """Read runs on mixtures; domains and targets are in the order of their columns.

    Args:
        table: With columns of proportions and of losses, and of steps where there are several.
        columns: How they are called.
        label: Where the table is from, for messages.
        sum_tolerance: By how much a mixture's sum may be off 1.

    Raises:
        RecipeError: a column is missing or holds what is no number, or what ``MixtureRuns`` says.
    """
    known = columns or Columns()
    domains, mixtures = _matched(table, known.mixture, label)
    targets, losses = _matched(table, known.losses, label)
    steps = _numbers(table, known.steps, label) if known.steps in table else None
    return MixtureRuns(domains, targets, mixtures, losses, steps, label, sum_tolerance)


def scale_runs(table: Table, columns: Columns | None = None, label: str = "runs") -> ScaleRuns:
    """Read runs of models; columns of names and errors may be missing; arguments and errors as of ``mixture_runs``."""
    known = columns or Columns()
    parameters, tokens, losses = (_numbers(table, key, label) for key in (known.parameters, known.tokens, known.loss))
    errors = _numbers(table, known.error, label) if known.error in table else None
    names = tuple(map(str, table[known.name])) if known.name in table else ()
    return ScaleRuns(parameters, tokens, losses, errors, names, label)


def _matched(table: Table, pattern: str, label: str) -> tuple[tuple[str, ...], Numbers]:
    """Give the names that stand for {} in columns, and these columns, (n, names)."""
    before, after = pattern.split("{}")
    long = len(before) + len(after)
    found = {
        key[len(before) : len(key) - len(after)]: key
        for key in table
        if len(key) > long and key.startswith(before) and key.endswith(after)
    }
    if not found:
        raise RecipeError(f"{label}: no column is called {pattern}; given: {', '.join(table)}")
    return tuple(found), np.stack([_numbers(table, key, label) for key in found.values()], axis=1)


def _numbers(table: Table, key: str, label: str) -> Numbers:
    if key not in table:
        raise RecipeError(f"{label}: column {key} is missing; given: {', '.join(table)}")
    for row, value in enumerate(table[key], start=1):
        try:
            float(value)
        except (TypeError, ValueError):
            raise RecipeError(f"{label}, row {row}, {key}: given {value!r}; allowed: a number") from None
    return np.array([float(value) for value in table[key]], np.float64)
