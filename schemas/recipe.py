"""The recipe: one TOML file that holds every choice and threshold of a run.

Read on the driver only; executors never import pydantic.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, NamedTuple, Self

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from schemas.classify import ClassifyStep, ScoreModel
from schemas.extract import Extract
from schemas.gates import Gates, unanswerable
from schemas.ingest import Ingest, Subset
from schemas.shapes import Name, Several, Shape
from schemas.steps import (
    SCORE_ORDER,
    CleanStep,
    DedupStep,
    MeasureStep,
    RewritingStep,
    TextStep,
)
from schemas.text_dedup import TextDedupStep
from schemas.tokens import Tokens
from schemas.toml_file import TELLS_ALL, checked, key_of, line_of, parsed, read

Step = Annotated[MeasureStep | CleanStep | DedupStep | TextDedupStep | ClassifyStep, Field(discriminator="kind")]


class TextPass(NamedTuple):
    """Text steps that are done together, each on the text that the last one left."""

    before: tuple[Step, ...]
    """The recipe's steps up to them; the last one is of kind ``dedup_text``, or there is none."""
    steps: tuple[TextStep, ...]


class Recipe(Shape):
    """One run, whole: which crawl, which steps in which order, which gates."""

    name: Name
    crawl: Name
    ingest: Ingest = Ingest()
    extract: Extract = Extract()
    subset: Subset | None = None
    steps: Several[Step]
    gates: Gates = Gates()
    tokens: Tokens | None = None

    # Not by min_length: pydantic takes a list whose only step is wrong for an empty one, and tells both.
    @field_validator("steps")
    @classmethod
    def _at_least_one(cls, given: tuple[Step, ...]) -> tuple[Step, ...]:
        if not given:
            raise PydanticCustomError("no_steps", "there should be at least one step")
        return given

    @model_validator(mode="after")
    def _steps_make_sense(self) -> Self:
        names = [step.name for step in self.steps]
        if len(set(names)) < len(names):
            raise PydanticCustomError("step_names", "step names must differ from each other")
        if not isinstance(self.steps[0], MeasureStep | CleanStep):
            raise PydanticCustomError("step_order", "the first step must be of kind 'measure' or 'clean'")
        telling = [step for step in self.steps if isinstance(step, MeasureStep | RewritingStep)]
        if not isinstance(telling[-1], MeasureStep):
            told = "a step of kind 'measure' must come behind the last one that changes texts, 'clean' or 'dedup_text'"
            raise PydanticCustomError("step_order", told)
        return self

    @model_validator(mode="after")
    def _pages_are_measured_first(self) -> Self:
        for one in self.passes()[1:]:
            for step in one.steps:
                if isinstance(step, MeasureStep) and "licences" in step.families:
                    told = "families: 'licences' is of the page; ask it before steps of kind 'dedup_text'"
                    raise PydanticCustomError(TELLS_ALL, f"steps.{step.name}.{told}")
        return self

    @model_validator(mode="after")
    def _survivors_have_scores(self) -> Self:
        for step in self.dedup_steps():
            for order in step.survivor:
                name = order.removeprefix(SCORE_ORDER)
                if order.startswith(SCORE_ORDER) and name not in self.models_before(step):
                    told = f"given {order!r:.80}; needs a classify step with a model {name!r:.80} before this one"
                    raise PydanticCustomError(TELLS_ALL, f"steps.{step.name}.survivor: {told}")
        return self

    @model_validator(mode="after")
    def _earlier_crawls_came_before(self) -> Self:
        for step in self.comparing_steps():
            if self.crawl in step.earlier:
                told = f"given '{self.crawl}', the recipe's own crawl; allowed: crawls that came before it"
            elif step.earlier and step.kind == "dedup" and step.method == "near" and self._has_text_dedup_before(step):
                told = "near copies of other crawls cannot be looked for behind a step of kind 'dedup_text'"
            elif step.earlier not in ((), self.earlier):
                told = f"given {list(step.earlier)}; allowed: {list(self.earlier)}, as in the step before, or none"
            else:
                continue
            raise PydanticCustomError(TELLS_ALL, f"steps.{step.name}.earlier: {told}")
        return self

    @model_validator(mode="after")
    def _gates_can_be_answered(self) -> Self:
        told = unanswerable(self.gates, self.steps)
        if told:
            raise PydanticCustomError(TELLS_ALL, "gates.{told}", {"told": told})
        return self

    def _has_text_dedup_before(self, step: Step) -> bool:
        return any(isinstance(one, TextDedupStep) for one in self.steps[: self.steps.index(step)])

    @property
    def earlier(self) -> tuple[str, ...]:
        """Crawls that this one is held against, the oldest first: all steps that name some name the same."""
        return next((step.earlier for step in self.comparing_steps() if step.earlier), ())

    def text_steps(self) -> tuple[TextStep, ...]:
        """Give the steps that clean or measure each text by itself, in order."""
        return tuple(step for step in self.steps if isinstance(step, TextStep))

    def passes(self) -> tuple["TextPass", ...]:
        """Give the text steps as they are done together: what stands behind a ``dedup_text`` step reads anew."""
        told: list[TextPass] = []
        for i, step in enumerate(self.steps):
            if isinstance(step, TextDedupStep) or not told:
                told.append(TextPass(self.steps[: i + 1] if told else (), ()))
            if isinstance(step, TextStep):
                told[-1] = TextPass(told[-1].before, (*told[-1].steps, step))
        return tuple(one for one in told if one.steps)

    def measure_steps(self) -> tuple[MeasureStep, ...]:
        """Give the measure steps, in order."""
        return tuple(step for step in self.steps if isinstance(step, MeasureStep))

    def classify_steps(self) -> tuple[ClassifyStep, ...]:
        """Give the classify steps, in order."""
        return tuple(step for step in self.steps if isinstance(step, ClassifyStep))

    def dedup_steps(self) -> tuple[DedupStep, ...]:
        """Give the dedup steps, in order."""
        return tuple(step for step in self.steps if isinstance(step, DedupStep))

    def comparing_steps(self) -> tuple[DedupStep | TextDedupStep, ...]:
        """Give the steps of both kinds that hold documents against each other, in order."""
        return tuple(step for step in self.steps if isinstance(step, DedupStep | TextDedupStep))

    def text_dedup_steps(self) -> tuple[TextDedupStep, ...]:
        """Give the steps that take from texts what others have too, in order."""
        return tuple(step for step in self.steps if isinstance(step, TextDedupStep))

    def models_before(self, step: Step) -> dict[str, ScoreModel]:
        """Give the models of the classify steps before a step; of one name the last."""
        before = self.steps[: self.steps.index(step)]
        return {name: model for s in before if isinstance(s, ClassifyStep) for name, model in s.models.items()}


def load_recipe(path: str | Path) -> Recipe:
    """Read and check a recipe file.

    Raises:
        RecipeError: the file is missing, is not TOML, or a value is not allowed; one line for
            each fault, naming file, key, what was given and what is allowed.
    """
    return parse_recipe(read(path, "the recipe"), str(path))


def parse_recipe(text: str, origin: str) -> Recipe:
    """Check a recipe's text; ``origin`` is the file name that errors mention."""
    return check_recipe(parsed(text, origin), origin)


def check_recipe(given: dict[str, Any], origin: str) -> Recipe:
    """Check what a recipe's TOML says; ``origin`` is the file name that errors mention."""
    return checked(given, Recipe, origin, _line)


def _line(error: Mapping[str, Any]) -> str:
    # The union's tag is part of pydantic's path, but not of the file.
    key = re.sub(r"(\[\d+\])\.(measure|clean|dedup|dedup_text|classify)\b", r"\1", key_of(error["loc"]))
    if error["type"] in ("union_tag_not_found", "union_tag_invalid"):
        given = error["input"].get("kind")
        fault = "kind is missing" if given is None else f"unknown kind {given!r:.80}"
        return f"{key}: {fault}; allowed: 'measure', 'clean', 'dedup', 'dedup_text', 'classify'"
    return line_of(error, key)
