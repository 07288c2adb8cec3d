"""Dedup steps: what counts as a near copy, or as one that means the same, and how copies are looked for."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.shapes import Count, Name, Positive, Shape, TablePath, in_one_way

Likeness = Annotated[float, Field(gt=0, le=1)]

_FINDABLE = 0.2  # below, bands that find similar texts find nearly all others too


class NearRules(Shape):
    """Near copies by MinHash and bands: ``[steps.near]``."""

    unit: Literal["words", "characters"] = "words"
    """What a shingle is a run of."""
    size: Positive = 5
    """Words or characters of a shingle."""
    preset: Literal["fineweb", "dclm", "refinedweb", "nemo"] | None = None
    """In place of ``bands`` and ``rows``: 14 x 8, 93 x 15, 450 x 20, 20 x 13."""
    bands: Positive | None = None
    """Bands that a signature is cut into; two texts that agree in all of a band are compared."""
    rows: Positive | None = None
    """Hashes of a band."""
    recall: Annotated[float, Field(ge=0.5, le=0.999)] | None = None
    """In place of ``bands`` and ``rows``: share of pairs at ``min_similarity`` that must be compared."""
    min_similarity: Likeness = 0.8
    """Least Jaccard similarity of two near copies."""
    verify: Literal["exact", "estimate", "none"] = "exact"
    """By the sets of shingles, by signatures, or not at all: then whatever shares a bucket is a copy."""
    engine: Literal["kernel", "spark_ml"] = "kernel"
    """Who makes signatures: our kernel, or Spark ML's HashingTF and MinHashLSH."""
    seed: Count = 1
    """Of the hash functions."""
    small_bucket: Positive = 16
    """In a bucket of so many texts or fewer, each is compared with each."""
    max_hubs: Positive = 8
    """In a larger one, each is compared with so many at most."""
    keeps_values: bool = False
    """Keep what pairs are verified by, so that a later crawl reads no text of this one; its size is told first."""
    giant_cluster: Positive = 1000
    """A cluster of more documents than these is counted as a giant one: it may be held together by few pairs."""
    recall_sample: Count = 200
    """Documents that are held against all others, to estimate how many near pairs the search finds; 0: none."""

    @model_validator(mode="after")
    def _bands_in_one_way(self) -> Self:
        has_bands = self.bands is not None or self.rows is not None
        in_one_way({"preset": self.preset is not None, "bands and rows": has_bands, "recall": self.recall is not None})
        if (self.bands is None) != (self.rows is None):
            raise PydanticCustomError("families", "bands: given without rows, or rows without bands")
        if self.recall is not None and not _FINDABLE < self.min_similarity < 1:
            raise PydanticCustomError(
                "families",
                f"recall: given with min_similarity {self.min_similarity}; allowed: above {_FINDABLE}, below 1",
            )
        if self.keeps_values and self.verify == "none":
            raise PydanticCustomError("families", "keeps_values: given with verify 'none', which compares nothing")
        if self.engine == "spark_ml" and self.unit != "words":
            raise PydanticCustomError("families", "engine: 'spark_ml' makes shingles of words only")
        return self

    @property
    def least(self) -> float | None:
        """Least similarity of a verified pair; None where no pair is verified."""
        return None if self.verify == "none" else self.min_similarity


class SemanticRules(Shape):
    """Documents that mean the same, by vectors that somebody else made of them: ``[steps.semantic]``."""

    embeddings: TablePath
    """Where they lie: a table with ``doc_id``, each id once, and an array of numbers, as many for each."""
    version: Name
    """What made them, in your own word: with another one the step is done anew. The table itself is not looked at."""
    format: Literal["parquet", "delta"] = "parquet"
    column: str = "embedding"
    """The array's."""
    min_similarity: Likeness = 0.95
    """Least cosine of two documents of which one goes."""
    clusters: Positive | None = None
    """Of k-means; only documents of one cluster are compared. Without: one for each 1,000 documents, up to 1,000."""
    sample: Positive = 50_000
    """Documents that the clusters are learned from, at most; one task holds their vectors."""
    seed: Count = 1
    """Of that sample, and of k-means."""
