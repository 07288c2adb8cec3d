"""Measured documents → ``duplicates``: who repeats whom, among those with nothing else against them."""

from pyspark.sql import functions as F

from jobs.common.context import Context, open_context
from jobs.common.judged import passed, removed_by
from jobs.common.measured import require_measures
from jobs.common.options import Master, RecipeFile, WarehouseDir, entry
from jobs.common.thresholds import require_scores, settled_steps
from schemas.steps import DedupStep
from schemas.tables import DUPLICATES
from transforms.dedup.exact import exact_duplicates
from transforms.lineage import dedup_id, population_id


def run(context: Context, step: DedupStep) -> None:
    """Find the step's duplicates over the whole crawl, unless that was done for this input."""
    recipe, warehouse = context.recipe, context.warehouse
    population = population_id(context.crawl_files())
    step_id = dedup_id(recipe, step, population)
    is_done = context.is_done(f"dedup {step.name}", step_id)
    require_measures(context)
    with context.job(f"dedup {step.name}", 0 if is_done else 1, step_id) as stage:
        if is_done:
            return
        require_scores(context, population, step)
        before = settled_steps(context, recipe.steps[: recipe.steps.index(step)], population)
        candidates = passed(context, before, population)
        told = {
            "crawl": F.lit(recipe.crawl),
            "step_id": F.lit(step_id),
            "method": F.lit(step.method),
            "similarity": F.lit(1.0),
        }
        found = candidates.transform(exact_duplicates(step.survivor)).withColumns(told)
        place = {"crawl": recipe.crawl, "step_id": step_id}
        warehouse.replace(found, DUPLICATES, place)
        stage.advance(context.crawl_files().count(), removed_by(context, step, population).count())


def command(recipe: RecipeFile, warehouse: WarehouseDir, master: Master = None) -> None:
    """Find duplicates, by every dedup step of the recipe; needs `sluice measure` before.

    Example: sluice dedup --recipe conf/recipes/tiny.toml --warehouse wh
    """
    context = open_context(recipe, warehouse, master)
    for step in context.recipe.dedup_steps():
        run(context, step)


if __name__ == "__main__":
    entry(command)
