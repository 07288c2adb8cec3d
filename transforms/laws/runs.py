"""Runs that a law is fitted on: checked where they are made, so that no law has to ask again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from schemas.errors import RecipeError
from transforms.laws.curves import Flags, Numbers
from transforms.laws.points import TOLERANCE, check_above_zero, check_length, check_mixtures, check_shares


@dataclass(frozen=True, eq=False)
class MixtureRuns:
    """Losses of n runs (or of checkpoints of runs), each trained on a mixture of m domains.

    Attributes:
        domains: Names of the m proportions.
        targets: Names of the k losses: domains, or any other validation sets.
        mixtures: (n, m), each row a mixture.
        losses: (n, k), above 0, in nats.
        steps: (n,), above 0, the training steps or tokens after which losses were measured; None: all alike.
        label: Where they come from, for messages: a file's name.
        sum_tolerance: By how much a mixture's sum may be off 1; wider where proportions were rounded.

    Raises:
        RecipeError: a proportion, sum, step or loss that cannot be, with file, row and column; a name twice.
    """

    domains: tuple[str, ...]
    targets: tuple[str, ...]
    mixtures: Numbers
    losses: Numbers
    steps: Numbers | None = None
    label: str = "runs"
    sum_tolerance: float = TOLERANCE

    def __post_init__(self) -> None:
        """Check all of it."""
        for what, names in (("domains", self.domains), ("targets", self.targets)):
            if not names or len(set(names)) < len(names):
                raise RecipeError(f"{self.label}, {what}: given {list(names)}; allowed: one or more, each once")
        check_mixtures(self.mixtures, self.domains, self.label, self.sum_tolerance)
        check_length(self.losses, len(self.mixtures), "losses", self.label)
        check_length(self.losses.T, len(self.targets), "losses of a row", self.label)
        for name, column in zip(self.targets, self.losses.T, strict=True):
            check_above_zero(column, f"loss of {name}", self.label)
        if self.steps is not None:
            check_length(self.steps, len(self.mixtures), "steps", self.label)
            check_above_zero(self.steps, "steps", self.label)

    def where(self, is_wanted: Flags) -> "MixtureRuns":
        """Give the runs of these rows, (n,)."""
        return self.rows(np.flatnonzero(is_wanted))

    def rows(self, numbers: npt.NDArray[np.intp]) -> "MixtureRuns":
        """Give the runs of the rows with these numbers, in this order."""
        steps = None if self.steps is None else self.steps[numbers]
        return replace(self, mixtures=self.mixtures[numbers], losses=self.losses[numbers], steps=steps)

    def mixture_numbers(self) -> npt.NDArray[np.intp]:
        """Number the mixtures: (n,), from 0 in the order in which they first stand; equal rows have one number."""
        _, first, number = np.unique(self.mixtures, axis=0, return_index=True, return_inverse=True)
        return np.argsort(np.argsort(first))[number.reshape(-1)]


@dataclass(frozen=True, eq=False)
class ScaleRuns:
    """Losses of n models of different sizes, trained on different numbers of tokens.

    Attributes:
        parameters: (n,), above 0.
        tokens: (n,), above 0.
        losses: (n,), above 0, in nats.
        errors: (n,), 0 to 1, average top-1 errors on downstream tasks; None: nobody measured them.
        names: Of the models; by default their rows.
        label: Where they come from, for messages: a file's name.

    Raises:
        RecipeError: a number that cannot be, with file, row and column.
    """

    parameters: Numbers
    tokens: Numbers
    losses: Numbers
    errors: Numbers | None = None
    names: Sequence[str] = ()
    label: str = "runs"

    def __post_init__(self) -> None:
        """Check all of it."""
        n = len(self.parameters)
        for what, column in (("parameters", self.parameters), ("tokens", self.tokens), ("loss", self.losses)):
            check_length(column, n, what, self.label)
            check_above_zero(column, what, self.label)
        if self.errors is not None:
            check_length(self.errors, n, "error", self.label)
            check_shares(self.errors, "error", self.label)
        if not self.names:
            object.__setattr__(self, "names", tuple(f"row {row + 1}" for row in range(n)))

    @property
    def compute(self) -> Numbers:
        """Floating-point operations of each training, 6ND (Kaplan et al. 2020)."""
        return 6 * self.parameters * self.tokens

    @property
    def multipliers(self) -> Numbers:
        """Tokens per parameter, M = D/N."""
        return self.tokens / self.parameters

    def where(self, is_wanted: Flags) -> "ScaleRuns":
        """Give the runs of these rows, (n,)."""
        columns = {name: getattr(self, name)[is_wanted] for name in ("parameters", "tokens", "losses")}
        errors = None if self.errors is None else self.errors[is_wanted]
        names = tuple(name for name, is_in in zip(self.names, is_wanted, strict=True) if is_in)
        return replace(self, **columns, errors=errors, names=names)
