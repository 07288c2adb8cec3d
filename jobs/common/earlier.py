"""Crawls that the recipe's own is held against: done before, by the same recipe, in the same warehouse."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from pyspark.sql import functions as F

from jobs.common.context import Context
from schemas.errors import RecipeError
from schemas.recipe import Recipe
from schemas.steps import DedupStep
from schemas.tables import REJECTS
from schemas.takedowns import TAKEDOWNS
from schemas.text_dedup import TextDedupStep
from transforms.lineage import dedup_id, population_after, population_id, population_without
from transforms.taken_rows import REASON

Comparing = TypeVar("Comparing", bound=DedupStep | TextDedupStep)


def as_of(context: Context, crawl: str) -> Context:
    """Give the surroundings in which an earlier crawl was done: the same recipe, held against the crawls before it."""
    recipe = context.recipe
    before = recipe.earlier[: recipe.earlier.index(crawl)]
    steps = [
        step.model_copy(update={"earlier": before}) if step in recipe.comparing_steps() and step.earlier else step
        for step in recipe.steps
    ]
    return replace(context, population=None, recipe=recipe.model_copy(update={"crawl": crawl, "steps": tuple(steps)}))


def same_step(recipe: Recipe, step: Comparing) -> Comparing:
    """Give the step of an earlier crawl's recipe that is this one."""
    return next(one for one in recipe.steps if isinstance(one, type(step)) and one.name == step.name)


def population_of(context: Context) -> str:
    """Identify what the recipe's crawl is decided among, as the last one of ``populations``."""
    return populations(context)[context.recipe.crawl]


def text_population(context: Context) -> str | None:
    """Give ``population_of`` where texts of later steps depend on it: they were compared with each other; else None."""
    return population_of(context) if context.recipe.text_dedup_steps() else None


def populations(context: Context) -> dict[str, str]:
    """Identify what each crawl is decided among: its files, and what stayed of the crawls that it is held against.

    Returns:
        Crawl → population id, the recipe's own crawl last. Where an earlier crawl has other files or was done in
        another way, all after it have other ids, and with them their steps and snapshots.
    """
    told: dict[str, str] = {}
    for crawl in context.recipe.earlier:
        told[crawl] = _population(as_of(context, crawl), told)
    return told | {context.recipe.crawl: context.population or _population(context, told)}


def require_earlier(context: Context, steps: Sequence[DedupStep | TextDedupStep], told: Mapping[str, str]) -> None:
    """Make sure that steps of the recipe were done for every crawl that they hold this one against.

    Args:
        context: The command's surroundings.
        steps: Which.
        told: Of ``populations``.

    Raises:
        RecipeError: one was not; names step and crawl, the oldest first, and the command to run.
    """
    for crawl in context.recipe.earlier:
        for step in steps:
            job = f"dedup {step.name}"
            if step.earlier and not as_of(context, crawl).is_done(job, done_as(context, crawl, step, told)):
                raise RecipeError(_not_done(context, crawl, step))


def _not_done(context: Context, crawl: str, step: DedupStep | TextDedupStep) -> str:
    before = ", ".join(f'"{name}"' for name in as_of(context, crawl).recipe.earlier)
    return (
        f"steps.{step.name}.earlier: crawl '{crawl}' is not deduplicated by this recipe, or has changed since;"
        f' run `sluice dedup` (or `sluice run`) with crawl = "{crawl}" and earlier = [{before}] first'
    )


def _population(context: Context, told: Mapping[str, str]) -> str:
    own = _own(context)
    steps = [step for step in context.recipe.comparing_steps() if step.earlier]
    ids = [done_as(context, crawl, step, told) for crawl in context.recipe.earlier for step in steps]
    return population_after(own, ids) if ids else own


def _own(context: Context) -> str:
    own = population_id(context.crawl_files())
    if not context.warehouse.has(TAKEDOWNS):
        return own
    gone = context.live(REJECTS).where(F.col("reason") == REASON)
    return own if gone.isEmpty() else population_without(own, gone)


def done_as(context: Context, crawl: str, step: DedupStep | TextDedupStep, told: Mapping[str, str]) -> str:
    """Give the id under which a step of the recipe is done for an earlier crawl."""
    there = as_of(context, crawl).recipe
    return dedup_id(there, same_step(there, step), told[crawl])
