"""Texts → ``scores``: every model of the recipe's classify steps, on documents that nothing speaks against yet."""

from collections.abc import Sequence
from functools import partial

from pyspark.sql import DataFrame, Row
from pyspark.sql import functions as F

from jobs.common.context import Context, open_context
from jobs.common.done import work_of
from jobs.common.earlier import population_of
from jobs.common.final_texts import texts_of
from jobs.common.judged import passed
from jobs.common.measured import documented_units, require_measures
from jobs.common.options import Master, RecipeFile, WarehouseDir, entry
from jobs.common.parallel import each
from jobs.common.scorers import scored
from jobs.common.tables import Place, matches
from jobs.common.thresholds import settled_steps
from jobs.common.trained import require_trained
from jobs.common.worker_errors import told_by_workers
from schemas.classify import ClassifyStep
from schemas.scores import SCORES
from schemas.steps import AnyStep
from schemas.tables import UNIT_KEY
from transforms.classify import Scored, scores_of


def run(context: Context, step: ClassifyStep) -> None:
    """Score, with all models of the step, the documents that come so far and have no score of theirs.

    Raises:
        RecipeError: documents were not measured yet, or a model gives what is no score.
    """
    require_trained(context.recipe.steps)
    population = population_of(context)
    job, step_id = work_of(context, step, population)
    is_done = context.is_done(job, step_id)
    require_measures(context, population, step)
    units = [] if is_done else documented_units(context).orderBy("unit").collect()
    models = () if is_done else scored(context, step)
    before = (
        () if is_done else settled_steps(context, context.recipe.steps[: context.recipe.steps.index(step)], population)
    )
    with context.job(job, len(units), step_id) as stage, told_by_workers():
        for unit, _ in each(partial(_score_unit, context, models, before, population), units):
            stage.advance(unit["n_files"], unit["n_documents"])


def _score_unit(
    context: Context, models: Sequence[Scored], before: Sequence[AnyStep], population: str, unit: Row
) -> None:
    """Score a unit's documents; one append, so that a killed run leaves all of them or none."""
    place: Place = {name: unit[name] for name in UNIT_KEY}
    rows = passed(context, before, population, place).select("doc_id")
    wanted = rows.transform(partial(_unscored, context, models, place))
    chosen = texts_of(context, place, before, wanted)
    context.warehouse.append(chosen.transform(scores_of(models)), SCORES)


def _unscored(context: Context, models: Sequence[Scored], place: Place, ids: DataFrame) -> DataFrame:
    """Give the documents that lack scores, with the ``step_id`` of each model that they lack."""
    asked = F.array(*(F.lit(model.step_id) for model in models))
    there = context.warehouse.read(SCORES).where(matches(place)).where(F.array_contains(asked, F.col("step_id")))
    done = there.groupBy("doc_id").agg(F.collect_set("step_id").alias("done"))
    rows = ids.join(done, on="doc_id", how="left")
    missing = F.array_except(asked, F.coalesce("done", F.array().cast("array<string>")))
    return rows.select("doc_id", missing.alias("wanted")).where(F.size("wanted") > 0)


def command(recipe: RecipeFile, warehouse: WarehouseDir, master: Master = None) -> None:
    """Score documents by every classify step of the recipe; needs `sluice measure` before.

    Example: sluice classify --recipe conf/recipes/dclm_baseline.toml --warehouse wh
    """
    context = open_context(recipe, warehouse, master)
    for step in context.recipe.classify_steps():
        run(context, step)


if __name__ == "__main__":
    entry(command)
