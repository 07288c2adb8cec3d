"""Classify steps: which models score the texts, and which scores stay."""

from typing import Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.shapes import Name, Ratio, Sha256, Shape


class ScoreModel(Shape):
    """One model of a classify step: ``[steps.models.<name>]``."""

    kind: Literal["fasttext", "function"] = "fasttext"
    """A fastText classifier's file, or any function of our own or another package."""
    path: str | None = None
    """fastText: path or URI of the model; a bare file name is also looked for in the models folder."""
    sha256: Sha256 | None = None
    """fastText: of the file; nothing else is loaded."""
    trained: Name | None = None
    """fastText, in place of path, sha256 and label: a model that `sluice train` has written to this warehouse."""
    function: str | None = None
    """Function: ``package.module:name`` to import: a list of texts → as many numbers, or None where there is none."""
    version: str = ""
    """Function: raise it when the function gives other scores, so that old ones do not count.
    Trained: that one; without, the one trained last."""
    label: str | None = None
    """fastText: the label whose probability is the score, with or without ``__label__``; needed with several labels."""
    normalise: Literal["none", "one_line"] = "one_line"
    """One line: as DCLM's code does, white space around the text taken off and its lines joined by spaces."""
    min_score: float | None = None
    """Least score of a document that stays; without, all stay."""
    min_scores: dict[str, float] = Field(default_factory=dict)
    """Language → least score where it is another than ``min_score``."""
    keep: Ratio | None = None
    """In place of a score: share of the documents that come to the step and have a score, the best of which stay."""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        needed: tuple[str, ...] = ("path", "sha256", "label") if self.kind == "fasttext" else ("function",)
        if self.trained is not None:
            needed = self._check_trained(needed)
        missing = [name for name in needed if getattr(self, name) is None]
        if missing:
            raise PydanticCustomError("families", f"a model of kind '{self.kind}' needs {', '.join(missing)}")
        if self.keep is not None and (self.min_score is not None or self.min_scores):
            raise PydanticCustomError("families", "keep: given beside a least score; allowed: one of them")
        return self

    def _check_trained(self, others: tuple[str, ...]) -> tuple[str, ...]:
        """Refuse what says where the model is in another way; nothing more is needed."""
        given = [name for name in others if getattr(self, name) is not None]
        if given or self.kind != "fasttext":
            told = ", ".join(given) or f"a model of kind '{self.kind}'"
            raise PydanticCustomError("families", f"trained: given beside {told}; allowed: alone, of kind 'fasttext'")
        return ()


class ClassifyStep(Shape):
    """Score the texts of all documents that nothing speaks against yet, by any number of models in one pass."""

    name: Name
    kind: Literal["classify"]
    models: dict[Name, ScoreModel]

    @model_validator(mode="after")
    def _has_models(self) -> Self:
        if not self.models:
            raise PydanticCustomError("families", "models: there should be at least one")
        return self
