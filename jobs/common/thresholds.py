"""Thresholds that a recipe gives as a share: found among the documents that come so far, before anything is decided."""

from collections.abc import Sequence
from math import ceil

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.common.context import Context
from jobs.common.judged import passed
from jobs.common.trained import require_trained
from schemas.classify import ClassifyStep, ScoreModel
from schemas.errors import RecipeError
from schemas.scores import SCORES
from schemas.steps import AnyStep
from transforms.calibration import Range, narrowed, steps_of, whole_range
from transforms.lineage import score_id


def lowest_kept(values: DataFrame, within: Range, wanted: int) -> float:
    """Give the value from which on all values together weigh ``wanted`` or more, and no higher one does.

    Args:
        values: ``value`` (double) and ``weight`` (long).
        within: Least and greatest value.
        wanted: At least 1, and at most what all values weigh.
    """
    while not within.is_found:
        within = narrowed(within, [row.asDict() for row in values.transform(steps_of(within)).collect()], wanted)
    return within.low


def settled_steps(context: Context, steps: Sequence[AnyStep], population: str | None) -> tuple[AnyStep, ...]:
    """Put scores in place of what classify steps keep by share or by tokens (``keep``, ``buckets``, ``tokens``).

    Args:
        context: The command's surroundings.
        steps: The recipe's first steps, in order, each one scored if it is a classify step.
        population: As for ``judged``.

    Raises:
        RecipeError: a model that is called by its name was not trained yet, or there are fewer tokens than asked.
    """
    require_trained(steps)
    told: list[AnyStep] = []
    for step in steps:
        if isinstance(step, ClassifyStep):
            models = {
                name: _settled(context, (told, population), step, name) if model.is_relative else model
                for name, model in step.models.items()
            }
            told.append(step.model_copy(update={"models": models}))
        else:
            told.append(step)
    return tuple(told)


def _settled(
    context: Context, before: tuple[Sequence[AnyStep], str | None], step: ClassifyStep, name: str
) -> ScoreModel:
    """Give the model with the scores that keep what it asks for; where nothing is scored, as it is."""
    model = step.models[name]
    sign = -1.0 if model.is_lowest_best else 1.0
    weight = F.lit(1).cast("long") if model.tokens is None else F.col("words.n_bytes")
    ids = passed(context, *before).select("doc_id", weight.alias("weight"))
    mine = context.live(SCORES).where(F.col("step_id") == score_id(context.recipe, step, name, before[1]))
    mine = mine.where(F.col("score").isNotNull()).select("doc_id", (sign * F.col("score")).alias("value"))
    values = mine.join(ids, on="doc_id", how="inner")
    whole = values.transform(whole_range).collect()[0]
    if whole["n"] == 0:
        return model
    wanted = _wanted(model, f"steps.{step.name}.{name}", whole["weight"])
    within = Range(whole["low"], whole["high"])
    found = tuple(sign * lowest_kept(values, within, n) for n in wanted)
    if model.buckets:
        return model.model_copy(update={"bucket_scores": found})
    limit = "max_score" if model.is_lowest_best else "min_score"
    return model.model_copy(update={"keep": None, "tokens": None, limit: found[0]})


def _wanted(model: ScoreModel, key: str, there: int) -> list[int]:
    """Say what the kept documents must weigh: their number, or their bytes."""
    if model.tokens is None:
        return [ceil(share * there) for share in model.shares]
    wanted = ceil(model.tokens * model.token_bytes)
    if wanted > there:
        raise RecipeError(
            f"{key}.tokens: asks for {model.tokens:,.0f} tokens of {model.token_bytes:g} bytes,"
            f" but the documents with a score have {there / model.token_bytes:,.0f}"
        )
    return [wanted]
