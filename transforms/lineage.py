"""Who made what: ids of steps, populations and snapshots, and the digest of a snapshot.

An id is a hash of everything that can change a result, and of nothing else: not of paths, units,
clocks or gates. So work that is done is recognised, and nothing stale counts as done.
"""

import hashlib
import json
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from schemas.recipe import DedupStep, MeasureStep, Recipe

# Raise these when the code of a step starts to give other results for the same settings.
EXTRACT_VERSION = 2
MEASURES_VERSION = 1
DECIDE_VERSION = 1

_PARTS = 4  # a 128-bit number in 32-bit parts: their sums stay far inside a long


def ingest_id(recipe: Recipe) -> str:
    """Identify how records became texts, and which records."""
    limits = recipe.ingest.model_dump(include={"max_record_bytes", "max_page_seconds", "max_page_memory_bytes"})
    subset = recipe.subset.model_dump() if recipe.subset else None
    return _id("ingest", EXTRACT_VERSION, recipe.extract.model_dump(exclude_none=True), limits, subset)


def measure_id(recipe: Recipe, step: MeasureStep) -> str:
    """Identify what a measure step writes: its model and normaliser, not its thresholds."""
    return _id("measure", MEASURES_VERSION, step.normalise, step.language.sha256, ingest_id(recipe))


def dedup_id(recipe: Recipe, step: DedupStep, population_id: str) -> str:
    """Identify a dedup step's result: it depends on every earlier verdict and on the population."""
    before = [_content(earlier) for earlier in recipe.steps[: recipe.steps.index(step) + 1]]
    return _id("dedup", DECIDE_VERSION, before, ingest_id(recipe), population_id)


def content_fingerprint(recipe: Recipe) -> str:
    """Hash all of a recipe that can change a snapshot's content; gates and unit sizes cannot."""
    steps = [_content(step) for step in recipe.steps]
    return _id("recipe", DECIDE_VERSION, MEASURES_VERSION, recipe.crawl, steps, ingest_id(recipe), size=64)


def snapshot_id(recipe: Recipe, population_id: str, code_version: str) -> str:
    """Name a snapshot: the recipe's name and a hash of recipe, population and code version."""
    return f"{recipe.name}-{_id(content_fingerprint(recipe), population_id, code_version)}"


def population_id(crawl_files: DataFrame) -> str:
    """Identify the input: an order-independent hash over the files' contents."""
    return digest(crawl_files.select("content_id", "step_id", "status"))


def models_of(recipe: Recipe) -> dict[str, str]:
    """Give step name → sha256 of each model that the recipe names."""
    return {step.name: step.language.sha256 for step in recipe.measure_steps()}


def digest(rows: DataFrame) -> str:
    """Digest a frame: ``count:sum`` of a 128-bit hash of each row, the sum modulo 2^128, as hex.

    It depends on the rows only: not on their order, partitions, files, or on Spark's version.
    Nulls differ from empty strings; arrays must be in a fixed order. Runs one Spark job.
    """
    hashed = rows.select(row_hash(rows.columns).alias("h"))
    parts = [F.sum(F.conv(F.substring("h", 1 + 8 * i, 8), 16, 10).cast("long")).alias(f"p{i}") for i in range(_PARTS)]
    found = hashed.agg(F.count("*").alias("n"), *parts).collect()[0]
    total = sum((found[f"p{i}"] or 0) << (32 * (_PARTS - 1 - i)) for i in range(_PARTS))
    return f"{found['n']}:{total % (1 << 128):032x}"


def row_hash(names: list[str]) -> Column:
    """Hash a row to 32 hex characters; hashing each field first keeps fields apart."""
    fields = [F.coalesce(F.sha2(F.col(name).cast("string"), 256), F.lit("null")) for name in names]
    return F.substring(F.sha2(F.concat(*fields), 256), 1, 32)


def _content(step: MeasureStep | DedupStep) -> dict[str, Any]:
    told = step.model_dump(mode="json")
    told.get("language", {}).pop("model", None)  # where a model lies says nothing; its sha256 does
    return told


def _id(*parts: Any, size: int = 12) -> str:
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:size]
