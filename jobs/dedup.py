"""Measured documents → ``duplicates``: who repeats whom, among those with nothing else against them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.common.context import Context, open_context
from jobs.common.judged import passed, ranked, removed_by, same_among
from jobs.common.measured import require_measures
from jobs.common.near import Search, near_duplicates, sign
from jobs.common.options import Master, RecipeFile, WarehouseDir, entry
from jobs.common.scratch import scratch
from jobs.common.thresholds import require_scores, settled_steps
from schemas.steps import AnyStep, DedupStep
from schemas.tables import DUPLICATES, UNIT_KEY
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
        told = {"crawl": F.lit(recipe.crawl), "step_id": F.lit(step_id), "method": F.lit(step.method)}
        with _found(context, step, before, population) as found:
            warehouse.replace(found.withColumns(told), DUPLICATES, {"crawl": recipe.crawl, "step_id": step_id})
        stage.advance(context.crawl_files().count(), removed_by(context, step, population).count())


@contextmanager
def _found(context: Context, step: DedupStep, before: Sequence[AnyStep], population: str) -> Iterator[DataFrame]:
    """Give doc_id, survivor_id, cluster_id, similarity; what that is read from is gone afterwards."""
    candidates = passed(context, before, population)
    if step.method != "near":
        similarity = F.lit(1.0 if step.method == "exact" else None).cast("double")
        yield same_among(context, step, candidates).withColumn("similarity", similarity)
        return
    with scratch(context, f"dedup-{step.name}") as room:
        search = Search(context, step, before, population, room)
        sign(search)
        of_words = ranked(context, step, candidates.where("words.n_words > 1"))
        yield near_duplicates(search, room.keep(of_words.select("doc_id", *UNIT_KEY, "rank"), "candidates"))


def command(recipe: RecipeFile, warehouse: WarehouseDir, master: Master = None) -> None:
    """Find duplicates, by every dedup step of the recipe; needs `sluice measure` before.

    Example: sluice dedup --recipe conf/recipes/tiny.toml --warehouse wh
    """
    context = open_context(recipe, warehouse, master)
    for step in context.recipe.dedup_steps():
        run(context, step)


if __name__ == "__main__":
    entry(command)
