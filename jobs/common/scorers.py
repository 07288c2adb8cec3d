"""The models of a classify step, as the workers see them."""

from jobs.common.context import Context
from jobs.common.earlier import text_population
from jobs.common.loaders import loader_of
from schemas.classify import ClassifyStep
from transforms.classify import Scored
from transforms.lineage import score_id


def scored(context: Context, step: ClassifyStep) -> tuple[Scored, ...]:
    """Give the models of a classify step, as workers see them."""
    population = text_population(context)
    told: dict[str, Scored] = {}  # two names for one model are one model: a document has one row of it
    for name, model in step.models.items():
        key = f"{step.name}.{name}"
        load = loader_of(key, model, context.models.get(key))
        step_id = score_id(context.recipe, step, name, population)
        told.setdefault(step_id, Scored(step_id, name, model.normalise == "one_line", load))
    return tuple(told.values())
