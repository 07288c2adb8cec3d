"""What a benchmark of training data fixes: sizes of training runs, tasks, what guessing gives: ``conf/evaluation``."""

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.errors import RecipeError
from schemas.shapes import Name, Positive, Several, Shape
from schemas.toml_file import TELLS_ALL

Percent = Annotated[float, Field(ge=0, lt=100)]

TOKENS_PER_PARAMETER = 20
"""Of a run with multiplier 1: what Chinchilla found to be the best use of a budget (Hoffmann et al. 2022)."""


class Scale(Shape):
    """One size of training run: so many parameters see so many tokens."""

    params: Positive
    """With embeddings."""
    multiplier: Annotated[float, Field(gt=0)] = 1.0
    """How many times 20 tokens a parameter it trains on."""
    pool_tokens: Positive
    """Of the raw pool that its data are chosen from."""

    @property
    def tokens(self) -> int:
        """What a run of this scale trains on."""
        return round(TOKENS_PER_PARAMETER * self.params * self.multiplier)


class Benchmark(Shape):
    """Tasks with the accuracy that guessing has, and the scales at which models are compared."""

    name: Name
    version: Name
    """Of the baselines: those that count unless others are asked for."""
    core: Annotated[Several[str], Field(min_length=1)]
    """Tasks of CORE; EXTENDED is all that have a baseline."""
    scales: Annotated[dict[Name, Scale], Field(min_length=1)]
    baselines: dict[Name, dict[str, Percent]]
    """Version → task → accuracy of who guesses, in percent."""

    @property
    def tasks(self) -> tuple[str, ...]:
        """All tasks, in the file's order."""
        return tuple(self.baselines[self.version])

    def baselines_of(self, version: str | None = None) -> Mapping[str, float]:
        """Give task → accuracy of who guesses, in percent; None: the file's own version.

        Raises:
            RecipeError: there is no such version.
        """
        asked = version or self.version
        if asked not in self.baselines:
            raise RecipeError(f"--baselines: given {asked!r:.80}; allowed by {self.name}: {', '.join(self.baselines)}")
        return self.baselines[asked]

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.version not in self.baselines:
            allowed = ", ".join(self.baselines) or "none; give a table [baselines.<version>]"
            raise PydanticCustomError(TELLS_ALL, f"version: given '{self.version}'; allowed, by [baselines]: {allowed}")
        tasks = set(self.tasks)
        for version, told in self.baselines.items():
            if other := sorted(tasks ^ set(told)):
                text = f"baselines.{version}: {other[0]} is in one version only; allowed: the same tasks in each"
                raise PydanticCustomError(TELLS_ALL, text)
        if unknown := [task for task in self.core if task not in tasks]:
            raise PydanticCustomError(TELLS_ALL, f"core: {unknown[0]} has no baseline")
        if len(set(self.core)) < len(self.core):
            raise PydanticCustomError(TELLS_ALL, "core: a task stands twice; allowed: once")
        return self
