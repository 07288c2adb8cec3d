"""The settings of ``sluice train``: from which texts a classifier learns, and how."""

from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from schemas.annotations import Label
from schemas.shapes import Count, Name, Positive, Several, Sha256, Shape
from schemas.toml_file import TELLS_ALL

Share = Annotated[float, Field(gt=0, lt=1)]
Rate = Annotated[float, Field(gt=0)]
Column = Annotated[str, Field(min_length=1)]
"""A column's name; a dot leads into a struct: ``metadata.url``."""


class Source(Shape):
    """Texts of one class: files, a sample of a crawl in the warehouse, or documents of it that people have judged."""

    uri: str | None = None
    """Path, glob or URI that Spark can read; a relative path starts from the folder of the settings file."""
    format: Literal["jsonl", "parquet", "delta", "text"] | None = None
    """JSON objects one a line, Parquet, a Delta table, or plain text with one document a line."""
    text: Column = "text"
    url: Column | None = None
    """Column whose host decides about the side; without ``url`` and ``host`` each text is a host of its own."""
    host: Column | None = None
    crawl: Name | None = None
    """In place of files: documents of this crawl, as ``sluice ingest`` has written them."""
    limit: Positive | None = None
    """As many documents, those of the smallest seeded hash; a crawl needs it."""
    annotations: Label | None = None
    """In place of files: documents that most annotators call so (``sluice annotate``); ``crawl``: only of this one."""

    @model_validator(mode="after")
    def _is_one_place(self) -> Self:
        if (self.uri is None) == (self.crawl is None and self.annotations is None):
            raise PydanticCustomError(TELLS_ALL, "allowed: one of 'uri' and 'crawl', or 'annotations'")
        if self.uri is not None and self.format is None:
            raise PydanticCustomError(TELLS_ALL, "format is missing; allowed: 'jsonl', 'parquet', 'delta', 'text'")
        if self.crawl is not None and self.limit is None and self.annotations is None:
            raise PydanticCustomError(TELLS_ALL, "limit is missing; a crawl needs it")
        if self.url is not None and self.host is not None:
            raise PydanticCustomError(TELLS_ALL, "allowed: one of 'url' and 'host'")
        if {"format", "text", "url", "host"} & self.model_fields_set and self.uri is None:
            raise PydanticCustomError(TELLS_ALL, "format, text, url, host: a crawl has its own columns")
        if self.format == "text" and {"text", "url", "host"} & self.model_fields_set:
            raise PydanticCustomError(TELLS_ALL, "text, url, host: plain text has no columns")
        return self


class Labels(Shape):
    """Names of the two classes, without ``__label__``."""

    positive: Name = "hq"
    negative: Name = "cc"

    @model_validator(mode="after")
    def _differ(self) -> Self:
        if self.positive == self.negative:
            raise PydanticCustomError(TELLS_ALL, f"both are {self.positive!r}; a classifier needs two labels")
        return self


class Split(Shape):
    """What is kept from training to measure the model."""

    held_out: Share = 0.2
    """Share of the hosts."""
    similarity: Annotated[float, Field(ge=0.05, le=1)] = 0.8
    """Estimated Jaccard similarity from which a training text counts as a copy of a held-out one."""


class FastText(Shape):
    """How fastText learns; the defaults are those of DCLM."""

    lr: Rate = 0.1
    lr_update_rate: Positive = 100
    dim: Positive = 100
    ws: Positive = 5
    """Size of the context window; without effect on a classifier, but written to the model."""
    epoch: Positive = 5
    min_count: Positive = 1
    minn: Annotated[int, Field(ge=0, le=100)] = 0
    maxn: Annotated[int, Field(ge=0, le=100)] = 0
    word_ngrams: Annotated[int, Field(ge=1, le=100)] = 2
    loss: Literal["softmax", "hs", "ova", "ns"] = "softmax"
    bucket: Count = 2_000_000
    threads: Positive = 1
    """More are faster, but then the same settings give another model each time."""

    @model_validator(mode="after")
    def _has_room(self) -> Self:
        if self.bucket == 0 and (self.word_ngrams > 1 or self.maxn > 0):
            raise PydanticCustomError(TELLS_ALL, "bucket: given 0; word_ngrams above 1 and maxn above 0 need some")
        if self.minn > self.maxn:
            raise PydanticCustomError(TELLS_ALL, f"minn: given {self.minn}, more than maxn ({self.maxn})")
        return self


class Grid(Shape):
    """Values to try, every combination; what is left out is as in ``[fasttext]``."""

    lr: Several[Rate] = ()
    epoch: Several[Positive] = ()
    word_ngrams: Several[Annotated[int, Field(ge=1, le=100)]] = ()
    dim: Several[Positive] = ()


class Autotune(Shape):
    """Let fastText look for lr, epoch, n-grams and bucket (10,000,000 at most, with ``dim`` numbers each).

    What it finds depends on the machine's speed.
    """

    seconds: Positive


class Quantise(Shape):
    """Make the model small: rows of the matrix of words become codes."""

    qnorm: bool = False
    cutoff: Count = 0
    """Words and n-grams to keep; 0 for all."""
    dsub: Positive = 2


class Language(Shape):
    """The language model by which held-out texts are told apart."""

    model: str
    sha256: Sha256


class Training(Shape):
    """One classifier, whole."""

    name: Name
    seed: Annotated[int, Field(ge=0, le=2**30)] = 0
    positives: Several[Source]
    negatives: Several[Source]
    labels: Labels = Labels()
    keep: Share = 0.1
    """Share of the documents that is meant to stay: precision is measured there."""
    max_documents: Positive = 2_000_000
    """The texts are held in this machine's memory, four times over."""
    split: Split = Split()
    fasttext: FastText = FastText()
    grid: Grid | None = None
    autotune: Autotune | None = None
    quantise: Quantise | None = None
    language: Language | None = None

    @field_validator("positives", "negatives")
    @classmethod
    def _at_least_one(cls, given: tuple[Source, ...]) -> tuple[Source, ...]:
        if not given:
            raise PydanticCustomError(TELLS_ALL, "there should be at least one source; a classifier needs two labels")
        return given

    @model_validator(mode="after")
    def _searches_one_way(self) -> Self:
        if self.grid and self.autotune:
            raise PydanticCustomError(TELLS_ALL, "grid, autotune: allowed: one of them")
        return self
