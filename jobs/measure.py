"""Texts → ``measures``: every measure of every document, once per step, in one pass per unit."""

from functools import partial

from pyspark.sql import Row

from jobs.common.context import Context, open_context
from jobs.common.measured import unmeasured
from jobs.common.models import load_fasttext
from jobs.common.options import Master, RecipeFile, WarehouseDir, entry
from jobs.common.parallel import each
from jobs.common.tables import matches
from schemas.recipe import MeasureStep
from schemas.tables import DOCUMENTS, MEASURES, UNIT_KEY
from transforms.columns import measured
from transforms.lineage import measure_id


def run(context: Context, step: MeasureStep) -> None:
    """Measure the units that this step has not measured yet."""
    step_id = measure_id(context.recipe, step)
    load = partial(load_fasttext, context.models[step.name], step.language.sha256)
    warehouse, todo = context.warehouse, unmeasured(context, step).collect()
    with context.job(f"measure {step.name}", len(todo), step_id) as stage:

        def measure_unit(row: Row) -> None:
            place = {name: row[name] for name in UNIT_KEY}
            texts = warehouse.read(DOCUMENTS).where(matches(place))
            rows = texts.transform(measured(step_id, step.normalise, load))
            warehouse.append(rows, MEASURES)

        for row, _ in each(measure_unit, todo):
            stage.advance(row["n_files"], row["n_documents"])


def command(recipe: RecipeFile, warehouse: WarehouseDir, master: Master = None) -> None:
    """Measure all ingested documents, by every measure step of the recipe.

    Example: sluice measure --recipe conf/recipes/tiny.toml --warehouse wh
    """
    context = open_context(recipe, warehouse, master)
    for step in context.recipe.measure_steps():
        run(context, step)


if __name__ == "__main__":
    entry(command)
