"""How long the whole search for near copies takes, from measured documents to ``duplicates``, and what it finds."""

import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyspark.sql import functions as F

from jobs import dedup, measure
from jobs.common.context import Context, open_context
from schemas.tables import CRAWL_FILES, DOCUMENTS, DUPLICATES
from tests.bench.measure import leg
from tests.bench.memory import PeakMemory
from tests.jobs.texts import document_rows, file_row
from transforms.workers import map_batches

SIZES = (125_000, 1_000_000)
WORDS, PARTS = 300, 16
PER_UNIT = 125_000
"""Fewer than a unit of eight crawl files has: what is paid once a unit must be paid as often as in a crawl."""
EDITED = (0.0, 0.02, 0.1)
"""Of ten documents the last three are copies of the first three, with so many of their words replaced."""

_RECIPE = """
name = "bench"
crawl = "bench"
[[steps]]
name = "size"
kind = "measure"
families = []
[[steps]]
name = "near"
kind = "dedup"
method = "near"
[steps.near]
preset = "fineweb"
min_similarity = 0.75
"""


def near_legs(work: Path, sizes: Iterable[int] = SIZES) -> list[dict]:  # type: ignore[type-arg]
    """Search for near copies among documents of 300 made-up words; one leg for each size."""
    (work / "near.toml").write_text(_RECIPE)
    return [_searched(work, n) for n in sizes]


def _searched(work: Path, n: int) -> dict:  # type: ignore[type-arg]
    context = open_context(str(work / "near.toml"), str(work / f"near-{n}"))
    size = _filled(context, n)
    measure.run(context)
    memory, started = PeakMemory(), time.monotonic()
    dedup.run(context, context.recipe.dedup_steps()[0])
    seconds = time.monotonic() - started
    found = context.warehouse.read(DUPLICATES)
    counts = found.groupBy(F.substring("doc_id", -1, 1).alias("copy")).count().collect()
    told = {"peak_memory_bytes": memory.stop().peak_bytes, "removed": {row["copy"]: row["count"] for row in counts}}
    return leg(f"near copies among {n:,}", n, size, seconds) | told


def _filled(context: Context, n: int) -> int:
    """Write so many documents, in units as large as a crawl's; gives the bytes of their texts."""
    n_units = max(1, n // PER_UNIT)
    warehouse, place = context.warehouse, {"crawl": context.recipe.crawl, "unit": 0, "attempt": 0}
    like = warehouse.spark.createDataFrame(document_rows([("", "https://a.example/", "")], place), DOCUMENTS.schema)
    numbers = warehouse.spark.range(0, n, 1, PARTS)
    rows = map_batches(numbers, _written, "id long, text string").withColumns(
        {"doc_id": F.lpad(F.col("id").cast("string"), 32, "0"), "unit": (F.col("id") / 10 % n_units).cast("int")}
    )
    beside = like.drop("doc_id", "unit", "text")
    warehouse.append(rows.crossJoin(F.broadcast(beside)).select(*DOCUMENTS.schema.names), DOCUMENTS)
    files = [file_row(place | {"unit": unit}, n // n_units) for unit in range(n_units)]
    warehouse.append(warehouse.spark.createDataFrame(files, CRAWL_FILES.schema), CRAWL_FILES)
    return int(warehouse.read(DOCUMENTS).agg(F.sum(F.octet_length("text"))).collect()[0][0])


def _written(stream: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    letters = np.random.default_rng(0).integers(97, 123, (50_000, 8), np.uint8)
    words = np.array([row.tobytes()[: 3 + k % 6].decode() for k, row in enumerate(letters)], object)
    for batch in stream:
        ids = batch.column(0).to_pylist()
        yield pa.RecordBatch.from_pydict({"id": ids, "text": [" ".join(words[_numbers(i)]) for i in ids]})


def _numbers(i: int) -> np.ndarray:  # type: ignore[type-arg]
    copy = i % 10 - 7
    told = np.random.default_rng(i - 7 if copy >= 0 else i).integers(0, 50_000, WORDS)
    if copy >= 0:
        rng = np.random.default_rng([i, 1])
        told = np.where(rng.random(WORDS) < EDITED[copy], rng.integers(0, 50_000, WORDS), told)
    return told
