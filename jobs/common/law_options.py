"""Options that the commands of ``sluice laws`` share, and the law that they name."""

from typing import Annotated, NamedTuple

import typer

from jobs.common import law_file
from jobs.common.law_data import load
from jobs.common.law_fits import Ask, fitted
from schemas.errors import RecipeError
from transforms.laws.choice import LAWS
from transforms.laws.error_law import ErrorLaw
from transforms.laws.mixture_law import MixtureLaw
from transforms.laws.scale_law import ScaleLaw
from transforms.laws.table import Columns

_LAWS = ", ".join(LAWS)
LawName = Annotated[str, typer.Option("--law", help=f"Law: {_LAWS}.", metavar="LAW")]
LawFrom = Annotated[str | None, typer.Option("--law", help=f"Law to fit to --data: {_LAWS}.", metavar="LAW")]
File = Annotated[str | None, typer.Option("--law-file", help="Law that `sluice laws fit --out` wrote.", metavar="FILE")]
DataFrom = Annotated[str | None, typer.Option("--data", help="In place of it: runs to fit --law to.", metavar="DATA")]
MixtureColumns = Annotated[
    str, typer.Option("--mixture", help="Columns of proportions; {} is a domain.", metavar="PATTERN")
]
LossColumns = Annotated[str, typer.Option("--losses", help="Columns of losses; {} is a target.", metavar="PATTERN")]
SumTolerance = Annotated[
    float, typer.Option(min=0, max=1, help="By how much a mixture's sum may be off 1.", metavar="X")
]
Schedule = Annotated[
    str | None, typer.Option("--schedule", help="Schedule whose phases the page draws (TOML).", metavar="FILE")
]


class Named(NamedTuple):
    """A law with its name, and the law of error beside it."""

    name: str
    law: MixtureLaw | ScaleLaw
    error_law: ErrorLaw | None

    @property
    def is_of_sizes(self) -> bool:
        """Whether it is of sizes, not of mixtures."""
        return LAWS[self.name].kind == "scale"


class Where(NamedTuple):
    """Where a law is to come from: a file, or a fit."""

    law_file: str | None
    data: str | None
    law: str | None
    columns: Columns
    sum_tolerance: float
    master: str | None


def law_of(where: Where) -> Named:
    """Read a law, or fit it.

    Raises:
        RecipeError: both or neither are named, the file is wrong, or the fit fails.
    """
    if (where.law_file is None) == (where.data is None):
        raise RecipeError("--law-file: allowed: one of --law-file FILE and --data DATA --law LAW")
    if where.law_file is not None:
        if where.law:
            raise RecipeError(f"--law: given {where.law!r:.80} beside --law-file; allowed with --data only")
        return Named(*law_file.read(where.law_file))
    if where.law is None:
        raise RecipeError(f"--law: missing; allowed with --data: {_LAWS}")
    ask = Ask(where.law, where.columns, where.sum_tolerance)
    found = fitted(load(where.data or "", where.master), ask)
    return Named(found.choice.name, found.law, found.error_law)


def of_mixtures(named: Named) -> MixtureLaw:
    """Give a law of mixtures.

    Raises:
        RecipeError: it is one of sizes.
    """
    if named.is_of_sizes:
        raise RecipeError(f"law {named.name}: is of sizes; allowed here: a law of mixtures")
    return named.law  # type: ignore[return-value]  # its kind says which


def of_sizes(named: Named) -> ScaleLaw:
    """Give a law of sizes; the other way round."""
    if not named.is_of_sizes:
        raise RecipeError(f"law {named.name}: is of mixtures; allowed with --parameters and --tokens: a law of sizes")
    return named.law  # type: ignore[return-value]
