"""What a model is to be trained on, phase by phase: ``conf/mixtures/*.toml``, for ``sluice mix``."""

from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from schemas.domains import Domains
from schemas.entropies import Entropies
from schemas.shapes import Count, Name, Positive, Ratio, Several, Shape
from schemas.toml_file import TELLS_ALL

TOLERANCE = 1e-6
"""As much may proportions of a whole be off 1."""
Epochs = Annotated[float, Field(gt=0)]


class Phase(Shape):
    """One stretch of training with one mixture."""

    name: Name
    tokens: Positive | None = None
    """Its budget; or"""
    share: Ratio | None = None
    """its share of the schedule's budget."""
    mix: Annotated[dict[str, Ratio], Field(min_length=1)]
    """Source → proportion of the phase's tokens; 0 is allowed, and they come to 1."""

    @field_validator("mix")
    @classmethod
    def _comes_to_one(cls, mix: dict[str, float]) -> dict[str, float]:
        _require_whole(sum(mix.values()), "proportions")
        return mix


class Schedule(Shape):
    """Phases in their order, and how often a source's documents may be seen."""

    name: Name
    seed: Count = 0
    """Of the order in which a source's documents come, and of a phase's."""
    tokens: Positive | None = None
    """Budget of all phases, where each says its ``share``; without, each says its ``tokens``."""
    max_epochs: Epochs = 4.0
    """About 4 cost little against new tokens (Muennighoff et al. 2023, arXiv 2305.16264)."""
    epochs: dict[str, Epochs] = Field(default_factory=dict)
    """Source → its own limit."""
    domains: Domains
    """Which document is of which source."""
    entropies: Entropies = Field(default_factory=Entropies)
    """How ``sluice entropies`` measures those; a mixture does not depend on it."""
    phases: Several[Phase] = ()
    """One or more for a mixture."""

    @property
    def sources(self) -> tuple[str, ...]:
        """All sources, in the order in which phases name them."""
        return tuple(dict.fromkeys(source for phase in self.phases for source in phase.mix))

    def asked(self) -> str:
        """Give all that a mixture depends on, as JSON."""
        return self.model_dump_json(exclude={"entropies"})

    def limit(self, source: str) -> float:
        """Say how many epochs of a source are allowed."""
        return self.epochs.get(source, self.max_epochs)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        names = [phase.name for phase in self.phases]
        if twice := [name for name in names if names.count(name) > 1]:
            _refuse(f"phases: two are called '{twice[0]}'; allowed: a name of its own for each")
        told, other = ("share", "tokens") if self.tokens else ("tokens", "share")
        for number, phase in enumerate(self.phases):
            if getattr(phase, told) is None or getattr(phase, other) is not None:
                why = "the schedule has a budget" if self.tokens else "the schedule has no budget 'tokens'"
                _refuse(f"phases[{number}]: {why}, so allowed: '{told}', without '{other}'")
        if self.tokens and self.phases:
            _require_whole(sum(phase.share or 0 for phase in self.phases), "phases: shares")
        if unknown := sorted(self.epochs.keys() - set(self.sources)):
            _refuse(f"epochs.{unknown[0]}: no phase has this source; allowed: {', '.join(self.sources)}")
        return self


def _require_whole(total: float, what: str) -> None:
    if abs(total - 1) > TOLERANCE:
        _refuse(f"{what} come to {total:.7g}; allowed: 1, within {TOLERANCE:g}")


def _refuse(text: str) -> None:
    raise PydanticCustomError(TELLS_ALL, "{text}", {"text": text})
