"""Who comes to a dedup step: the crawl's own documents, and what stayed there of the crawls before."""

from collections.abc import Mapping, Sequence

from pyspark.sql import DataFrame

from jobs.common.context import Context
from jobs.common.earlier import as_of, same_step
from jobs.common.judged import passed, removed_by
from jobs.common.thresholds import settled_steps
from schemas.steps import AnyStep, DedupStep
from transforms.dedup.survivors import with_eras


def come_to(context: Context, step: DedupStep, before: Sequence[AnyStep], told: Mapping[str, str]) -> DataFrame:
    """Give the documents that a dedup step compares, by numbers only.

    Args:
        context: The command's surroundings.
        step: Done for all of its earlier crawls (``require_earlier``).
        before: The recipe's steps before it, settled.
        told: Of ``populations``.

    Returns:
        As ``passed``, with ``era`` (``with_eras``).
    """
    own = passed(context, before, told[context.recipe.crawl])
    return with_eras([*stayed(context, step, told), own])


def stayed(context: Context, step: DedupStep, told: Mapping[str, str]) -> list[DataFrame]:
    """Give, as ``passed`` does, the survivors of a dedup step in each of its earlier crawls, the oldest first."""
    crawls = [as_of(context, crawl) for crawl in step.earlier]
    return [_stayed(crawl, same_step(crawl.recipe, step), told[crawl.recipe.crawl]) for crawl in crawls]


def _stayed(context: Context, step: DedupStep, population: str) -> DataFrame:
    """Give what came to a dedup step of the context's recipe and was not removed by it."""
    before = settled_steps(context, context.recipe.steps[: context.recipe.steps.index(step)], population)
    gone = removed_by(context, step, population).select("doc_id")
    return passed(context, before, population).join(gone, on="doc_id", how="left_anti")
