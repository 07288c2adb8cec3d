"""Models that a recipe calls by the name under which ``sluice train`` wrote them to the warehouse."""

import json
from collections.abc import Sequence

from pyspark.sql import functions as F

from jobs.common.tables import Warehouse
from schemas.classify import ClassifyStep, ScoreModel
from schemas.errors import RecipeError
from schemas.models import MODELS
from schemas.recipe import Recipe
from schemas.steps import AnyStep


def with_trained(recipe: Recipe, warehouse: Warehouse) -> Recipe:
    """Say of each such model where it is, its sha256, label and version; one that is not there is left as it is."""
    if not any(model.trained for step in recipe.classify_steps() for model in step.models.values()):
        return recipe
    steps = [_found(step, warehouse) if isinstance(step, ClassifyStep) else step for step in recipe.steps]
    return recipe.model_copy(update={"steps": tuple(steps)})


def checked_text(recipe: Recipe) -> str:
    """Write a checked recipe as JSON; of a model that it calls by its name, the version says all: where it is, goes."""
    told = recipe.model_dump(mode="json", exclude_defaults=True)
    for step in told["steps"]:
        for model in step.get("models", {}).values():
            if "trained" in model:
                for place in ("path", "sha256", "label"):
                    model.pop(place, None)
    return json.dumps(told)


def read_checked(text: str, warehouse: Warehouse) -> Recipe:
    """Read what ``checked_text`` wrote.

    Raises:
        ValueError: this version of Sluice does not know such recipes.
    """
    return with_trained(Recipe.model_validate_json(text), warehouse)


def require_trained(steps: Sequence[AnyStep]) -> None:
    """Make sure that every model which a recipe's steps call by its name was found.

    Raises:
        RecipeError: one was not trained in this warehouse, or not in this version.
    """
    for step in steps:
        for name, model in step.models.items() if isinstance(step, ClassifyStep) else ():
            if model.trained and model.path is None:
                version = f" of version {model.version!r}" if model.version else ""
                raise RecipeError(
                    f"steps.{step.name}.{name}.trained: no model {model.trained!r}{version} in this warehouse;"
                    " run `sluice train` first, with settings of this name"
                )


def _found(step: ClassifyStep, warehouse: Warehouse) -> ClassifyStep:
    models = {name: _placed(model, warehouse) if model.trained else model for name, model in step.models.items()}
    return step.model_copy(update={"models": models})


def _placed(model: ScoreModel, warehouse: Warehouse) -> ScoreModel:
    rows = warehouse.read(MODELS).where(F.col("name") == F.lit(model.trained))
    if model.version:
        rows = rows.where(F.col("version") == F.lit(model.version))
    latest = rows.orderBy(F.desc("trained_at"), "version").limit(1).collect()
    if not latest:
        return model
    row = latest[0]  # the first label is the one whose probability is the score
    told = {"path": row["uri"], "sha256": row["sha256"], "label": row["labels"][0], "version": row["version"]}
    return model.model_copy(update=told)
