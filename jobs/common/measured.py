"""Which units have documents, and which steps that read texts have not been done on them yet."""

from collections import defaultdict

from pyspark.sql import DataFrame, Row
from pyspark.sql import functions as F

from jobs.common.context import Context
from schemas.errors import RecipeError
from schemas.tables import MEASURES, UNIT_KEY
from transforms.lineage import text_step_id


def documented_units(context: Context) -> DataFrame:
    """Give the crawl's live units that hold documents: crawl, unit, attempt, n_files, n_documents."""
    units = context.crawl_files().groupBy(*UNIT_KEY)
    counts = units.agg(F.count("*").alias("n_files"), F.sum("n_documents").alias("n_documents"))
    return counts.where("n_documents > 0")


def unmeasured(context: Context) -> list[tuple[Row, frozenset[str]]]:
    """Give the units whose texts must still be read, in order, each with the ids of the steps that miss it."""
    asked = {text_step_id(context.recipe, step) for step in context.recipe.text_steps()}
    rows = context.warehouse.read(MEASURES).where(F.col("step_id").isin(sorted(asked)))
    done: dict[tuple[str, int, int], set[str]] = defaultdict(set)
    for row in rows.select(*UNIT_KEY, "step_id").distinct().collect():  # a row per unit and step
        done[row["crawl"], row["unit"], row["attempt"]].add(row["step_id"])
    units = documented_units(context).orderBy("unit").collect()
    missing = [(unit, frozenset(asked - done[unit["crawl"], unit["unit"], unit["attempt"]])) for unit in units]
    return [(unit, ids) for unit, ids in missing if ids]


def require_measures(context: Context) -> None:
    """Make sure that every document was measured by every step.

    Raises:
        RecipeError: some were not; names the step and the command to run.
    """
    missing = unmeasured(context)
    for step in context.recipe.text_steps():
        n = sum(text_step_id(context.recipe, step) in ids for _, ids in missing)
        if n:
            raise RecipeError(f"steps.{step.name}: {n} units are not measured yet; run `sluice measure` first")
