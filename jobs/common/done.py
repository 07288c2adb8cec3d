"""Which steps that compare documents with each other were done for the crawl's live input."""

from itertools import takewhile

from jobs.common.context import Context
from schemas.classify import ClassifyStep
from schemas.errors import RecipeError
from schemas.steps import AnyStep, DedupStep
from schemas.text_dedup import TextDedupStep
from transforms.lineage import dedup_id

ComparingStep = DedupStep | TextDedupStep | ClassifyStep
"""Steps whose results depend on which documents there are."""


def work_of(context: Context, step: ComparingStep, population: str) -> tuple[str, str]:
    """Name the job that does a step, and the id under which it is done for this input."""
    job = "classify" if isinstance(step, ClassifyStep) else "dedup"
    return f"{job} {step.name}", dedup_id(context.recipe, step, population)


def require_done(context: Context, population: str, until: AnyStep | None = None) -> None:
    """Make sure that every such step was done for this input; only those before ``until``, if it is given.

    Raises:
        RecipeError: one was not; names it and the command to run.
    """
    for step in takewhile(lambda step: step is not until, context.recipe.steps):
        if isinstance(step, ComparingStep) and not context.is_done(*work_of(context, step, population)):
            told, job = ("scored", "classify") if isinstance(step, ClassifyStep) else ("deduplicated", "dedup")
            raise RecipeError(f"steps.{step.name}: not {told} yet; run `sluice {job}` first")
