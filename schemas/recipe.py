"""The recipe: one TOML file that holds every choice and threshold of a run.

Read on the driver only; executors never import pydantic.
"""

import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_core import PydanticCustomError

from schemas.errors import RecipeError
from schemas.extract import Extract
from schemas.ingest import Ingest, Subset
from schemas.shapes import Count, HttpStatus, Name, PerWord, Ratio, Several, Sha256, Shape


class SourceRules(Shape):
    """What is asked of the response itself."""

    http_statuses: Several[HttpStatus] = (200,)
    """Allowed status codes; a page without one (WET) passes."""


class LanguageRules(Shape):
    """Which languages stay, by a fastText language model."""

    model: str
    """Path or URI of the model; a bare file name is also looked for in the models folder."""
    sha256: Sha256
    allowed: Several[str] = ()
    """Labels to keep; empty: all of them, but a text without any label goes."""
    min_score: Ratio = 0.65


class GopherRules(Shape):
    """Gopher quality thresholds; the defaults are DCLM-Baseline's."""

    min_words: Count = 50
    max_words: Count = 100_000
    min_mean_word_chars: PerWord = 3.0
    max_mean_word_chars: PerWord = 10.0
    max_symbol_word_ratio: PerWord = 0.1
    max_bullet_line_ratio: Ratio = 0.9
    max_ellipsis_line_ratio: Ratio = 0.3
    max_non_alpha_word_ratio: Ratio = 0.2
    min_stop_words: Count = 2
    stop_word_languages: Several[str] = ("en",)
    """The stop words are English: only texts of these languages must have them."""

    @model_validator(mode="after")
    def _limits_leave_room(self) -> Self:
        for name in ("words", "mean_word_chars"):
            low, high = getattr(self, f"min_{name}"), getattr(self, f"max_{name}")
            if low > high:
                raise PydanticCustomError("limits", f"min_{name} ({low}) is above max_{name} ({high})")
        return self


class MeasureStep(Shape):
    """Measure every text once; the rules below are thresholds over the written numbers."""

    name: Name
    kind: Literal["measure"]
    normalise: Literal["none", "whitespace_lower"] = "whitespace_lower"
    source: SourceRules = SourceRules()
    language: LanguageRules
    gopher: GopherRules = GopherRules()


class DedupStep(Shape):
    """Keep one of each set of equal texts; equal as the measure step before normalises them."""

    name: Name
    kind: Literal["dedup"]
    method: Literal["exact"] = "exact"
    survivor: Several[Literal["longest", "oldest"]] = ("longest", "oldest")
    """Who stays, most important first; the smallest doc_id settles what is still even."""

    @field_validator("survivor")
    @classmethod
    def _each_once(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        if not given or len(set(given)) < len(given):
            raise PydanticCustomError("survivor", "input should name one or more, each once")
        return given


class Gates(Shape):
    """What must hold before a snapshot is published."""

    max_bad_files_ratio: Ratio = 0.01
    max_rejected_records_ratio: Ratio = 0.5
    max_null_language_ratio: Ratio = 0.5
    min_kept_documents: Count = 1
    min_kept_ratio: Ratio = 0.0


Step = Annotated[MeasureStep | DedupStep, Field(discriminator="kind")]


class Recipe(Shape):
    """One run, whole: which crawl, which steps in which order, which gates."""

    name: Name
    crawl: Name
    ingest: Ingest = Ingest()
    extract: Extract = Extract()
    subset: Subset | None = None
    steps: Several[Step]
    gates: Gates = Gates()

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
        if self.steps[0].kind != "measure":
            raise PydanticCustomError("step_order", "the first step must be of kind 'measure'")
        return self

    def measure_steps(self) -> tuple[MeasureStep, ...]:
        """Give the measure steps, in order."""
        return tuple(step for step in self.steps if isinstance(step, MeasureStep))


_IN_TOML = {"tuple_type": "input should be an array", "model_attributes_type": "input should be a table"}
"""What Python's words mean to somebody who edits a file."""
_TELLS_ALL = ("missing", "unknown_key", "step_names", "step_order", "no_steps", "limits", "other_engine", "favour")
"""Errors whose message needs no "given …": it is in there, or nothing was given."""


def load_recipe(path: str | Path) -> Recipe:
    """Read and check a recipe file.

    Raises:
        RecipeError: the file is missing, is not TOML, or a value is not allowed; one line for
            each fault, naming file, key, what was given and what is allowed.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RecipeError(f"{path}: cannot read the recipe: {getattr(error, 'strerror', None) or error}") from None
    return parse_recipe(text, str(path))


def parse_recipe(text: str, origin: str) -> Recipe:
    """Check a recipe's text; ``origin`` is the file name that errors mention."""
    try:
        return Recipe.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise RecipeError(f"{origin}: not valid TOML: {error}") from None
    except ValidationError as errors:
        raise RecipeError("\n".join(f"{origin}: {_line(dict(e))}" for e in errors.errors())) from None


def _line(error: dict[str, Any]) -> str:
    key = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error["loc"])
    # The union's tag is part of pydantic's path, but not of the file.
    key = re.sub(r"(\[\d+\])\.(measure|dedup)\b", r"\1", key).lstrip(".")
    where = f"{key}: " if key else ""
    if error["type"] in ("union_tag_not_found", "union_tag_invalid"):
        given = error["input"].get("kind")
        fault = "kind is missing" if given is None else f"unknown kind {given!r:.80}"
        return f"{where}{fault}; allowed: 'measure', 'dedup'"
    message = _IN_TOML.get(error["type"]) or error["msg"][:1].lower() + error["msg"][1:]
    if error["type"] in _TELLS_ALL:
        return f"{where}{message}"
    return f"{where}given {error['input']!r:.80}; {message}"
