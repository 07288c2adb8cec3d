"""Classify steps: which models score the texts, and which scores stay."""

from itertools import pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.shapes import Name, Ratio, Several, Sha256, Shape, in_one_way

BUCKETS = ("head", "middle", "tail")
"""Of the scored documents, best first (Wenzek et al. 2020, section 3.3)."""
_NEEDED: dict[str, tuple[str, ...]] = {
    "fasttext": ("path", "sha256", "label"),
    "kenlm": ("path", "sha256"),
    "two_layer": ("path", "sha256"),
    "function": ("function",),
}

Amount = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class ScoreModel(Shape):
    """One model of a classify step: ``[steps.models.<name>]``."""

    kind: Literal["fasttext", "kenlm", "two_layer", "function"] = "fasttext"
    """A file of a fastText classifier, KenLM model or two-layer network, or any function, ours or another package's."""
    path: str | None = None
    """A file's kinds: path or URI of the model; a bare file name is also looked for in the models folder."""
    sha256: Sha256 | None = None
    """The same: of the file; nothing else is loaded."""
    trained: Name | None = None
    """fastText, in place of path, sha256 and label: a model that `sluice train` has written to this warehouse."""
    function: str | None = None
    """Function: ``package.module:name`` to import: a list of texts → as many numbers, or None where there is none."""
    version: str = ""
    """Function: raise it when the function gives other scores, so that old ones do not count.
    Trained: that one; without, the one trained last."""
    label: str | None = None
    """fastText: the label whose probability is the score, with or without ``__label__``; needed with several labels."""
    normalise: Literal["none", "one_line", "lines", "ccnet"] = "one_line"
    """One line: as DCLM's code does, white space around the text taken off and its lines joined by spaces.
    Lines (KenLM only, and its default): each line is a sentence. CCNet (KenLM only): the same, each line in lower case,
    without accents, digits as 0, punctuation as ASCII's."""
    min_score: float | None = None
    """Least score of a document that stays; without, all stay."""
    min_scores: dict[str, float] = Field(default_factory=dict)
    """Language → least score where it is another than ``min_score``."""
    max_score: float | None = None
    """KenLM, in place of ``min_score``: greatest perplexity of a document that stays; without, all stay."""
    max_scores: dict[str, float] = Field(default_factory=dict)
    """KenLM: language → greatest perplexity where it is another than ``max_score``."""
    keep: Ratio | None = None
    """In place of a score: share of the documents that come to the step and have a score, the best of which stay."""
    tokens: Amount | None = None
    """In place of a score: so many tokens of these documents, of the best ones; at most one document more."""
    token_bytes: Amount = 4.0
    """Bytes of text per token."""
    buckets: Several[Literal["head", "middle", "tail"]] = ()
    """In place of a score: parts of the documents that come to the step and have a score; those in them stay."""
    bucket_shares: Several[Ratio] = (1 / 3, 2 / 3)
    """Share of these documents, best first, at which head and middle end."""
    bucket_scores: Several[float] = ()
    """In place of shares: the worst score in head, and in head and middle."""

    @property
    def is_lowest_best(self) -> bool:
        """Whether a lower score is better, as a perplexity is."""
        return self.kind == "kenlm"

    @property
    def limit(self) -> float | None:
        """The score that a document needs to stay."""
        return self.max_score if self.is_lowest_best else self.min_score

    @property
    def limits(self) -> dict[str, float]:
        """Language → the same, where it is another."""
        return self.max_scores if self.is_lowest_best else self.min_scores

    @property
    def is_relative(self) -> bool:
        """Whether its limit must be found among the documents before anything is decided."""
        return self.tokens is not None or bool(self.shares)

    @property
    def shares(self) -> tuple[float, ...]:
        """Shares whose scores must be found before anything is decided."""
        if self.keep is not None:
            return (self.keep,)
        return self.bucket_shares if self.buckets and not self.bucket_scores else ()

    @model_validator(mode="before")
    @classmethod
    def _sentences_are_lines(cls, given: Any) -> Any:
        is_kenlm = isinstance(given, dict) and given.get("kind") == "kenlm"
        return {"normalise": "lines"} | given if is_kenlm else given

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        needed = _NEEDED[self.kind] if self.trained is None else self._check_trained()
        missing = [name for name in needed if getattr(self, name) is None]
        if missing:
            raise PydanticCustomError("families", f"a model of kind '{self.kind}' needs {', '.join(missing)}")
        allowed = ("lines", "one_line", "ccnet") if self.kind == "kenlm" else ("none", "one_line")
        if self.normalise not in allowed:
            told = f"given '{self.normalise}' with a model of kind '{self.kind}'; allowed: {', '.join(allowed)}"
            raise PydanticCustomError("families", f"normalise: {told}")
        wrong, right = ("min", "max") if self.is_lowest_best else ("max", "min")
        for end in ("score", "scores"):
            if getattr(self, f"{wrong}_{end}") not in (None, {}):
                better = "lower" if self.is_lowest_best else "higher"
                told = f"a {better} score of kind '{self.kind}' is better; allowed: {right}_{end}"
                raise PydanticCustomError("families", f"{wrong}_{end}: {told}")
        return self

    @model_validator(mode="after")
    def _chooses_in_one_way(self) -> Self:
        limit = "greatest" if self.is_lowest_best else "least"
        in_one_way(
            {
                "keep": self.keep is not None,
                "tokens": self.tokens is not None,
                "buckets": bool(self.buckets),
                f"a {limit} score": self.limit is not None or bool(self.limits),
            }
        )
        for name in ("bucket_shares", "bucket_scores"):
            if name in self.model_fields_set and not self.buckets:
                raise PydanticCustomError("families", f"{name}: given without buckets")
        return self

    @model_validator(mode="after")
    def _cuts_are_in_order(self) -> Self:
        low, high = self.bucket_shares if len(self.bucket_shares) == 2 else (0, 0)
        if not 0 < low < high < 1:
            allowed = "two shares between 0 and 1, the smaller first"
            raise PydanticCustomError("families", f"bucket_shares: allowed: {allowed}")
        scores = self.bucket_scores if self.is_lowest_best else self.bucket_scores[::-1]
        if len(scores) not in (0, 2) or any(a > b for a, b in pairwise(scores)):
            raise PydanticCustomError("families", "bucket_scores: allowed: two scores, the better first")
        return self

    def _check_trained(self) -> tuple[str, ...]:
        """Refuse what says where the model is in another way; nothing more is needed."""
        given = [name for name in _NEEDED[self.kind] if getattr(self, name) is not None]
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
