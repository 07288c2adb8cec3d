"""Texts → ``measures`` and ``edits``: every clean and measure step of the recipe, in one pass per unit."""

from collections.abc import Mapping
from functools import partial

from pyspark.sql import DataFrame, Row

from jobs.common import files
from jobs.common.context import Context, open_context
from jobs.common.measured import unmeasured
from jobs.common.options import Master, RecipeFile, WarehouseDir, entry
from jobs.common.parallel import each
from jobs.common.stages import stages_of
from jobs.common.tables import Place, matches
from schemas.tables import DOCUMENTS, EDITS, MEASURES, UNIT_KEY
from transforms.passes import STAGED, Pass


def run(context: Context) -> None:
    """Do the recipe's steps on the units on which they are not done yet."""
    stages, todo = stages_of(context), unmeasured(context)
    with context.job("measure", len(todo), stages[-1].step_id) as stage:
        passes = {unit["unit"]: Pass(stages, ids) for unit, ids in todo}
        for unit, _ in each(partial(_measure_unit, context, passes), [unit for unit, _ in todo]):
            stage.advance(unit["n_files"], unit["n_documents"])


def _measure_unit(context: Context, passes: Mapping[int, Pass], unit: Row) -> None:
    """Read a unit's texts once; ``measures`` are committed last, and with them the unit's steps are done."""
    warehouse, todo = context.warehouse, passes[unit["unit"]]
    place: Place = {name: unit[name] for name in UNIT_KEY}
    documents = warehouse.read(DOCUMENTS).where(matches(place))
    if not todo.edits:
        warehouse.append(todo.measures(documents), MEASURES)
        return
    path = f"{warehouse.root}/staging/{context.recipe.crawl}-{unit['unit']}-measures"
    todo.staged(documents).write.mode("overwrite").parquet(path)
    staged = warehouse.spark.read.schema(STAGED).parquet(path)
    for step_id in sorted(todo.wanted):
        warehouse.remove(EDITS, {**place, "step_id": step_id})  # of a run that was killed right here
    warehouse.append(_rows(staged, "edit"), EDITS)
    warehouse.append(_rows(staged, "measure"), MEASURES)
    files.remove(path)


def _rows(staged: DataFrame, kind: str) -> DataFrame:
    return staged.where(staged[kind].isNotNull()).select(f"{kind}.*")


def command(recipe: RecipeFile, warehouse: WarehouseDir, master: Master = None) -> None:
    """Clean and measure all ingested documents, by every step of the recipe that reads texts.

    Example: sluice measure --recipe conf/recipes/tiny.toml --warehouse wh
    """
    run(open_context(recipe, warehouse, master))


if __name__ == "__main__":
    entry(command)
