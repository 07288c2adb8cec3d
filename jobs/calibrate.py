"""Which threshold keeps a share of the documents, or a budget of tokens: exact, from written measures."""

from dataclasses import dataclass, replace
from math import ceil
from pathlib import Path
from typing import Annotated, Literal

import typer
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from rich.console import Console

from jobs.common.context import Context, open_context
from jobs.common.earlier import text_population
from jobs.common.judged import passed
from jobs.common.lists import settled
from jobs.common.measured import require_measures
from jobs.common.options import Master, RecipeFile, WarehouseDir, entry
from jobs.common.thresholds import lowest_kept, settled_steps
from jobs.common.trained import require_trained
from schemas.errors import RecipeError
from schemas.measures import FAMILIES
from schemas.scores import SCORES
from schemas.settings import with_settings
from schemas.steps import MeasureStep
from schemas.tables import MEASURES
from transforms.calibration import Range, kept_by, whole_range
from transforms.lineage import score_id, text_step_id


@dataclass(frozen=True)
class Ask:
    """What is asked for; one of ``keep`` and ``tokens``.

    Attributes:
        by: ``family.measure``, ``step.family.measure`` or ``scores.model``.
        keep: Share of the documents, above 0, at most 1.
        tokens: Tokens to keep.
        token_bytes: UTF-8 bytes of text per token.
        among: ``all`` documents, or those that the recipe as it is would keep.
        is_lowest: Keep the lowest values; the threshold is then a maximum.
    """

    by: str
    keep: float | None = None
    tokens: float | None = None
    token_bytes: float = 4.0
    among: Literal["all", "kept"] = "all"
    is_lowest: bool = False

    def check(self) -> None:
        """Make sure that the options can be answered.

        Raises:
            RecipeError: not exactly one goal, or a number that is none.
        """
        if (self.keep is None) == (self.tokens is None):
            raise RecipeError("--keep, --tokens: allowed: one of them, a share of the documents or a number of tokens")
        if self.keep is not None and not 0 < self.keep <= 1:
            raise RecipeError(f"--keep: given {self.keep}; allowed: a share above 0, at most 1")
        if self.tokens is not None and not (self.tokens > 0 and self.token_bytes > 0):
            raise RecipeError("--tokens, --token-bytes: allowed: numbers above 0")


@dataclass(frozen=True)
class Found:
    """The answer: a threshold, and what it keeps of ``n`` documents; ``n_ties`` of them lie right at it."""

    threshold: float
    n: int
    n_kept: int
    kept_weight: int
    n_ties: int


def run(context: Context, ask: Ask) -> Found:
    """Find the threshold that keeps least, but at least what is asked for. No text is read.

    Raises:
        RecipeError: no step writes the measure, it is no number, or all documents together are less than asked for.
    """
    ask.check()
    require_measures(context, text_population(context))
    values = _values(context, ask)
    whole = values.transform(whole_range).collect()[0]
    weight, there = whole["weight"] or 0, whole["number_weight"] or 0
    wanted = ceil(ask.keep * weight) if ask.keep else ceil((ask.tokens or 0) * ask.token_bytes)
    if not 0 < wanted <= there:
        raise RecipeError(
            f"--{'keep' if ask.keep else 'tokens'}: asks for {wanted:,} {_unit(ask)}, but the {whole['n']:,}"
            f" documents whose {ask.by} is a number have {there:,}"
        )
    least = lowest_kept(values, Range(whole["low"], whole["high"]), wanted)
    kept = kept_by(values, least).collect()[0]
    threshold = -least if ask.is_lowest else least
    return Found(threshold, whole["n"], kept["n_kept"], kept["kept_weight"], kept["n_ties"])


def _unit(ask: Ask) -> str:
    return "documents" if ask.keep else "bytes of text"


def _values(context: Context, ask: Ask) -> DataFrame:
    """Give each document's value, negative where the lowest are to be kept, and what it weighs."""
    rows = _scores(context, ask.by) if ask.by.startswith("scores.") else _measures(context, ask.by)
    value = F.col("value").cast("double")
    weight = F.lit(1).cast("long") if ask.keep else F.col("n_bytes")
    values = rows.select("doc_id", (-value if ask.is_lowest else value).alias("value"), weight.alias("weight"))
    if ask.among == "all":
        return values
    kept = passed(context, settled_steps(context, context.recipe.steps, None), None)
    return values.join(kept.select("doc_id"), on="doc_id", how="left_semi")


def _scores(context: Context, by: str) -> DataFrame:
    """Give doc_id, value and n_bytes of the documents that a model of the recipe has scored."""
    name = by.removeprefix("scores.")
    steps = [step for step in context.recipe.classify_steps() if name in step.models]
    if not steps:
        raise RecipeError(f"--by: no classify step of the recipe has a model {name!r}")
    require_trained(steps)
    rows = context.live(SCORES).where(
        F.col("step_id") == score_id(context.recipe, steps[-1], name, text_population(context))
    )
    sizes = _measured(context, context.recipe.measure_steps()[-1]).select("doc_id", F.col("words.n_bytes"))
    return rows.select("doc_id", F.col("score").alias("value")).join(sizes, on="doc_id", how="inner")


def _measures(context: Context, by: str) -> DataFrame:
    """Give doc_id, value and n_bytes by the last step that writes a measure, or by the one that is named."""
    *named, family, measure = by.split(".") if by.count(".") in (1, 2) else ("", by)
    kind = FAMILIES.get(family)
    if kind is None or kind.__annotations__.get(measure) not in (int, float):
        raise RecipeError(
            f"--by: given '{by}'; allowed: a number as `sluice rules` lists them, family.measure, or scores.model"
        )
    steps = context.recipe.measure_steps()
    found = [step for step in steps if family in step.measured() and named in ([], [step.name])]
    if not found:
        raise RecipeError(f"--by: no measure step of the recipe writes {by}")
    rows = _measured(context, found[-1])
    return rows.select("doc_id", F.col(family)[measure].alias("value"), F.col("words.n_bytes").alias("n_bytes"))


def _measured(context: Context, step: MeasureStep) -> DataFrame:
    return context.live(MEASURES).where(
        F.col("step_id") == text_step_id(context.recipe, step, text_population(context))
    )


def show(ask: Ask, found: Found) -> None:
    """Print the threshold in full, and what it keeps."""
    side = "most" if ask.is_lowest else "least"
    tokens = "" if ask.keep else f", about {found.kept_weight / ask.token_bytes:,.0f} tokens"
    console = Console(highlight=False)
    console.print(f"{ask.by}: at {side} {found.threshold!r}")
    console.print(f"keeps {found.n_kept:,} of {found.n:,} documents ({found.n_kept / found.n:.2%}){tokens}")
    if found.n_ties > 1:
        console.print(f"{found.n_ties:,} of them lie right at the threshold")


By = Annotated[
    str,
    typer.Option("--by", help="A measure ([step.]language.language_score) or scores.<model>."),
]
Keep = Annotated[float | None, typer.Option(help="Share of the documents to keep.")]
Tokens = Annotated[float | None, typer.Option(help="Number of tokens to keep.")]
TokenBytes = Annotated[float, typer.Option(help="Bytes of text per token of your tokeniser.")]
Among = Annotated[Literal["all", "kept"], typer.Option(help="All documents, or those that the recipe keeps.")]
Lowest = Annotated[bool, typer.Option("--lowest", help="Keep the lowest values, not the highest.")]
Settings = Annotated[list[str] | None, typer.Option("--set", help="As for `sluice whatif`; with --among kept.")]


def command(  # noqa: PLR0913, PLR0917 a command line has the options that it has
    recipe: RecipeFile,
    warehouse: WarehouseDir,
    by: By,
    keep: Keep = None,
    tokens: Tokens = None,
    token_bytes: TokenBytes = 4.0,
    among: Among = "all",
    lowest: Lowest = False,
    settings: Settings = None,
    master: Master = None,
) -> None:
    """Say which threshold keeps a share of the documents or a budget of tokens, from written measures.

    Example: sluice calibrate --recipe conf/recipes/tiny.toml --warehouse wh --keep 0.1 --by language.language_score
    """
    ask = Ask(by, keep, tokens, token_bytes, among, lowest)
    ask.check()
    context = open_context(recipe, warehouse, master)
    edited = with_settings(Path(recipe).read_text(encoding="utf-8"), recipe, settings or [])
    show(ask, run(replace(context, recipe=settled(edited, recipe)), ask))


if __name__ == "__main__":
    entry(command)
