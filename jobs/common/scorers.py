"""The models of a classify step, as the workers see them."""

from collections.abc import Callable
from functools import partial

from jobs.common.context import Context
from jobs.common.language_models import load_language_model
from jobs.common.loaders import load_classifier, load_function, load_two_layer
from schemas.classify import ClassifyStep
from transforms.classify import Score, Scored
from transforms.lineage import score_id


def scored(context: Context, step: ClassifyStep) -> tuple[Scored, ...]:
    """Give the models of a classify step, as workers see them."""
    told: dict[str, Scored] = {}  # two names for one model are one model: a document has one row of it
    for name, model in step.models.items():
        key = f"{step.name}.{name}"
        load: Callable[[], Score] = partial(load_function, model.function or "", key)
        if model.kind == "fasttext":
            load = partial(load_classifier, context.models[key], model.sha256 or "", model.label or "", key)
        elif model.kind == "kenlm":
            load = partial(load_language_model, context.models[key], model.sha256 or "", key)
        elif model.kind == "two_layer":
            load = partial(load_two_layer, context.models[key], model.sha256 or "", key)
        step_id = score_id(context.recipe, step, name)
        told.setdefault(step_id, Scored(step_id, name, model.normalise == "one_line", load))
    return tuple(told.values())
