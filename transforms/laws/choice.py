"""The laws by name, with the columns that each needs, so that a command can offer them all in one way."""

from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

from schemas.errors import RecipeError
from transforms.laws.bimix import fit_bimix
from transforms.laws.chinchilla import fit_chinchilla
from transforms.laws.exponential import fit_exponential
from transforms.laws.fitted import Intervals
from transforms.laws.mixture_law import MixtureLaw
from transforms.laws.overtraining import fit_overtraining
from transforms.laws.regmix import fit_regmix
from transforms.laws.runs import MixtureRuns, ScaleRuns
from transforms.laws.scale_law import ScaleLaw
from transforms.laws.trees import Growing


class MixtureChoice(NamedTuple):
    """A law of mixtures: read its runs by ``table.mixture_runs``."""

    name: str
    says: str
    needs: tuple[str, ...]
    """Fields of ``table.Columns`` that name what it needs."""
    fit: Callable[[MixtureRuns, Intervals], MixtureLaw]
    kind: Literal["mixture"] = "mixture"


class ScaleChoice(NamedTuple):
    """A law of size and tokens: read its runs by ``table.scale_runs``."""

    name: str
    says: str
    needs: tuple[str, ...]
    """Fields of ``table.Columns`` that name what it needs."""
    fit: Callable[[ScaleRuns, Intervals], ScaleLaw]
    kind: Literal["scale"] = "scale"


def law_named(name: str) -> MixtureChoice | ScaleChoice:
    """Give a law by its name.

    Raises:
        RecipeError: there is none of that name.
    """
    if name not in LAWS:
        raise RecipeError(f"law: given {name}; allowed: {', '.join(LAWS)}")
    return LAWS[name]


def _regmix(runs: MixtureRuns, asked: Intervals) -> MixtureLaw:
    return fit_regmix(runs, Growing(seed=asked.seed))  # trees have no intervals


_MIXED = ("mixture", "losses")
_SIZED = ("parameters", "tokens", "loss")

LAWS: Mapping[str, MixtureChoice | ScaleChoice] = {
    choice.name: choice
    for choice in (
        MixtureChoice("bimix", "a domain's loss in its own proportion and in steps", (*_MIXED, "steps"), fit_bimix),
        MixtureChoice("exponential", "a loss in all proportions, at one step", _MIXED, fit_exponential),
        MixtureChoice("regmix", "a loss in all proportions, by trees (extra laws)", _MIXED, _regmix),
        ScaleChoice("overtraining", "loss in compute and tokens per parameter", _SIZED, fit_overtraining),
        ScaleChoice("chinchilla", "loss in parameters and tokens", _SIZED, fit_chinchilla),
    )
}
