"""Which units have documents, and which steps that read texts have not been done on them yet."""

from collections import defaultdict
from collections.abc import Collection
from itertools import takewhile

from pyspark.sql import DataFrame, Row
from pyspark.sql import functions as F

from jobs.common.context import Context
from schemas.errors import RecipeError
from schemas.steps import AnyStep, TextStep
from schemas.tables import MEASURES, UNIT_KEY
from transforms.lineage import text_step_id


def documented_units(context: Context) -> DataFrame:
    """Give the crawl's live units that hold documents: crawl, unit, attempt, n_files, n_documents."""
    units = context.crawl_files().groupBy(*UNIT_KEY)
    counts = units.agg(F.count("*").alias("n_files"), F.sum("n_documents").alias("n_documents"))
    return counts.where("n_documents > 0")


def unmeasured(context: Context, asked: Collection[str]) -> list[tuple[Row, frozenset[str]]]:
    """Give the units whose texts must still be read, in order, each with those of the steps' ids that it misses."""
    rows = context.warehouse.read(MEASURES).where(F.col("step_id").isin(sorted(asked)))
    done: dict[tuple[str, int, int], set[str]] = defaultdict(set)
    for row in rows.select(*UNIT_KEY, "step_id").distinct().collect():  # a row per unit and step
        done[row["crawl"], row["unit"], row["attempt"]].add(row["step_id"])
    units = documented_units(context).orderBy("unit").collect()
    missing = [(unit, frozenset(asked) - done[unit["crawl"], unit["unit"], unit["attempt"]]) for unit in units]
    return [(unit, ids) for unit, ids in missing if ids]


def require_measures(context: Context, population: str | None, until: AnyStep | None = None) -> None:
    """Make sure that every document was measured by every step; only by those before ``until``, if it is given.

    Raises:
        RecipeError: some were not; names the step and the command to run.
    """
    before = takewhile(lambda step: step is not until, context.recipe.steps)
    asked = {step.name: text_step_id(context.recipe, step, population) for step in before if isinstance(step, TextStep)}
    missing = unmeasured(context, set(asked.values()))
    for name, step_id in asked.items():
        n = sum(step_id in ids for _, ids in missing)
        if n:
            raise RecipeError(f"steps.{name}: {n} units are not measured yet; run `sluice measure` first")
