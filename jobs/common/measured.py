"""Which units have documents, and which of them a measure step has not measured yet."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.common.context import Context
from schemas.errors import RecipeError
from schemas.recipe import MeasureStep
from schemas.tables import MEASURES, UNIT_KEY
from transforms.lineage import measure_id


def documented_units(context: Context) -> DataFrame:
    """Give the crawl's live units that hold documents: crawl, unit, attempt, n_files, n_documents."""
    units = context.crawl_files().groupBy(*UNIT_KEY)
    counts = units.agg(F.count("*").alias("n_files"), F.sum("n_documents").alias("n_documents"))
    return counts.where("n_documents > 0")


def unmeasured(context: Context, step: MeasureStep) -> DataFrame:
    """Give the units that a measure step has still to measure, in order."""
    mine = F.col("step_id") == measure_id(context.recipe, step)
    done = context.warehouse.read(MEASURES).where(mine).select(*UNIT_KEY).distinct()
    return documented_units(context).join(done, on=list(UNIT_KEY), how="left_anti").orderBy("unit")


def require_measures(context: Context) -> None:
    """Make sure that every document was measured by every measure step.

    Raises:
        RecipeError: some were not; names the step and the command to run.
    """
    for step in context.recipe.measure_steps():
        missing = unmeasured(context, step).count()
        if missing:
            raise RecipeError(f"steps.{step.name}: {missing} units are not measured yet; run `sluice measure` first")
