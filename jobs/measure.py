"""Texts → ``measures`` and ``edits``: every clean and measure step of the recipe, in one pass per unit."""

from collections.abc import Mapping, Sequence
from functools import partial

from pyspark.sql import DataFrame, Row
from pyspark.sql import functions as F

from jobs.common.context import Context, open_context
from jobs.common.done import work_of
from jobs.common.earlier import text_population
from jobs.common.final_texts import final_texts
from jobs.common.measured import unmeasured
from jobs.common.options import Master, RecipeFile, WarehouseDir, entry
from jobs.common.parallel import each
from jobs.common.scratch import scratch
from jobs.common.stages import stages_of
from jobs.common.tables import Place, matches
from schemas.recipe import TextPass
from schemas.steps import AnyStep
from schemas.tables import DOCUMENTS, EDITS, MEASURES, UNIT_KEY
from schemas.text_dedup import TextDedupStep
from transforms.passes import Pass


def run(context: Context) -> None:
    """Do the recipe's steps on the units on which they are not done yet.

    Those behind a step that compares texts are done once that step is: run it, and this again.
    """
    population = text_population(context)
    for asked in context.recipe.passes():
        last = asked.before[-1] if asked.before else None
        if population and isinstance(last, TextDedupStep) and not context.is_done(*work_of(context, last, population)):
            return
        _run_pass(context, asked, population)


def _run_pass(context: Context, asked: TextPass, population: str | None) -> None:
    stages = stages_of(context, asked.steps, population)
    todo = unmeasured(context, {stage.step_id for stage in stages})
    name = f"measure after {asked.before[-1].name}" if asked.before else "measure"
    with context.job(name, len(todo), stages[-1].step_id) as stage:
        passes = {unit["unit"]: Pass(stages, ids) for unit, ids in todo}
        work = partial(_measure_unit, context, asked.before, passes)
        for unit, _ in each(work, [unit for unit, _ in todo]):
            stage.advance(unit["n_files"], unit["n_documents"])


def _measure_unit(context: Context, before: Sequence[AnyStep], passes: Mapping[int, Pass], unit: Row) -> None:
    """Read a unit's texts once; ``measures`` are committed last, and with them the unit's steps are done."""
    warehouse, todo = context.warehouse, passes[unit["unit"]]
    place: Place = {name: unit[name] for name in UNIT_KEY}
    documents = _texts(context, before, place)
    if not todo.edits:
        warehouse.append(todo.measures(documents), MEASURES)
        return
    with scratch(context, f"{unit['unit']}-measures") as room:
        staged = room.keep(todo.staged(documents), "staged")
        for step_id in sorted(todo.wanted):
            warehouse.remove(EDITS, {**place, "step_id": step_id})  # of a run that was killed right here
        warehouse.append(_rows(staged, "edit"), EDITS)
        warehouse.append(_rows(staged, "measure"), MEASURES)


def _texts(context: Context, before: Sequence[AnyStep], place: Place) -> DataFrame:
    """Give a unit's documents as they were ingested, or as the steps before have left them."""
    if not before:
        return context.warehouse.read(DOCUMENTS).where(matches(place))
    return final_texts(context, place, before).withColumn("attempt", F.lit(place["attempt"]).cast("int"))


def _rows(staged: DataFrame, kind: str) -> DataFrame:
    return staged.where(staged[kind].isNotNull()).select(f"{kind}.*")


def command(recipe: RecipeFile, warehouse: WarehouseDir, master: Master = None) -> None:
    """Clean and measure all ingested documents, by every step of the recipe that reads texts.

    Example: sluice measure --recipe conf/recipes/tiny.toml --warehouse wh
    """
    run(open_context(recipe, warehouse, master))


if __name__ == "__main__":
    entry(command)
