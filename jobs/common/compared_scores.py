"""Which scores of two snapshots may be held against each other: those of the same model, that are still there."""

from collections.abc import Iterator
from typing import NamedTuple

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.common.past import context_of
from jobs.common.tables import Warehouse
from schemas.errors import RecipeError
from schemas.scores import SCORES
from schemas.tables import UNIT_KEY
from transforms.fields import Row
from transforms.lineage import score_id


class Scored(NamedTuple):
    """The scores of one model: frames of each side's kept documents, with ``score`` where there is one."""

    name: str
    a: DataFrame
    b: DataFrame


class _Asked(NamedTuple):
    """What a recipe asks a model, and the id of its answers; None: they are not there."""

    model: tuple[str | None, ...]
    step_id: str | None


def comparable(
    warehouse: Warehouse, snapshots: tuple[Row, Row], kept: tuple[DataFrame, DataFrame]
) -> tuple[list[Scored], list[str]]:
    """Give each model's scores that both snapshots have, and what could not be compared, in words.

    Args:
        warehouse: Where both snapshots are.
        snapshots: Their registry rows.
        kept: Their decisions of kept documents.
    """
    try:
        sides = [dict(_asked(warehouse, *side)) for side in zip(snapshots, kept, strict=True)]
    except RecipeError as error:
        return [], [f"scores: not compared: this version cannot read a snapshot's recipe: {error}"]
    told, notes = [], []
    for name in dict.fromkeys((*sides[0], *sides[1])):
        a, b = (side.get(name) for side in sides)
        if a is None or b is None:
            notes.append(f"score {name}: not compared: only {'B' if a is None else 'A'} asks it")
        elif a.model != b.model:
            notes.append(f"score {name}: not compared: the models differ")
        elif a.step_id is None or b.step_id is None:
            notes.append(f"score {name}: not compared: {'A' if a.step_id is None else 'B'}'s are not there any more")
        else:
            told.append(Scored(name, _scores(warehouse, kept[0], a.step_id), _scores(warehouse, kept[1], b.step_id)))
    return told, notes


def _asked(warehouse: Warehouse, snapshot: Row, kept: DataFrame) -> Iterator[tuple[str, _Asked]]:
    """Give step.model and what the snapshot's recipe asked it."""
    recipe = context_of(warehouse, snapshot).recipe
    written = _written(warehouse, kept) if recipe.classify_steps() else set()
    for step in recipe.classify_steps():
        for name, model in step.models.items():
            asked = (model.kind, model.sha256, model.label, model.function, model.version, model.normalise)
            own = score_id(recipe, step, name, snapshot["population_id"])
            yield f"{step.name}.{name}", _Asked(asked, own if own in written else None)


def _written(warehouse: Warehouse, kept: DataFrame) -> set[str]:
    """Give the step_ids of all scores in the attempts that a snapshot was decided by."""
    units = F.broadcast(kept.select(*UNIT_KEY).distinct())
    scores = warehouse.read(SCORES).join(units, on=list(UNIT_KEY), how="left_semi")
    return {row["step_id"] for row in scores.select("step_id").distinct().collect()}  # a row a model and recipe


def _scores(warehouse: Warehouse, kept: DataFrame, step_id: str) -> DataFrame:
    """Give the scores of a snapshot's kept documents, of the same attempts that it was decided by."""
    key = ["doc_id", *UNIT_KEY]
    is_number = F.col("score").isNotNull() & ~F.isnan("score")
    scores = warehouse.read(SCORES).where((F.col("step_id") == step_id) & is_number)
    return scores.select(*key, "score").join(kept.select(*key), on=key, how="left_semi").select("score")
