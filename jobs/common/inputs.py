"""From what the operator named to the units that must be read."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import Row as SparkRow
from pyspark.sql import functions as F

from jobs.common.context import Context
from jobs.common.register import register
from jobs.common.sources import SourceFile, content_id, look, losing_twins
from jobs.common.subset import Asked, choose
from schemas.errors import RecipeError
from transforms.fields import Row
from transforms.lineage import ingest_id
from transforms.local_rows import local_rows
from transforms.units import Known, PlannedFile, Unit, plan
from transforms.workers import map_batches

_BYTES_PER_TASK = 256 << 20
_CONTENT = "uri string, size long, tag string, content_id string, error string"


@dataclass(frozen=True)
class Plan:
    """What an ingest has to do.

    Attributes:
        units: What to read.
        missing: URI → error of inputs out of reach.
        asked: URI → what an index asks of a file; empty: files are read whole.
    """

    units: list[Unit]
    missing: dict[str, str]
    asked: dict[str, Asked]


def planned(context: Context, before: Mapping[str, Row]) -> Plan:
    """Say which units to read, and register it; ``before`` is what was ``registered`` until now.

    Raises:
        RecipeError: the crawl was ingested with other extraction settings, or the index cannot be used.
    """
    asked = choose(context) if context.given.index else {}
    named = sorted(asked) or list(context.inputs)
    found, missing = look(named)
    found = [replace(file, tag=f"{file.tag}#{asked[file.uri].fingerprint}") if asked else file for file in found]
    rows = context.crawl_files().collect()  # one row a file: as many as the operator listed
    known = _known(context, rows)
    tags = {(entry.file.uri, entry.file.tag): entry.file for entry in known}
    new = [file for file in found if (file.uri, file.tag) not in tags]
    twins = losing_twins([file.uri for file in found], context.recipe.ingest.prefer)
    there = [tags[file.uri, file.tag] for file in found if (file.uri, file.tag) in tags]
    for file in _contents(context, new).collect() if new else ():
        if file["error"] is not None:
            missing[file["uri"]] = file["error"]
            continue
        skip = "twin" if file["uri"] in twins else None
        there.append(PlannedFile(file["uri"], file["size"], file["tag"], file["content_id"], skip))
    damaged = {row["uri"] for row in rows if row["status"] == "damaged"} & set(named)
    retried = damaged if context.given.retries_damaged else set()
    promised = {uri: row["unit"] for uri, row in before.items() if row["unit"] is not None}
    units = plan(there, known, context.recipe.ingest.files_per_unit, retried, promised)
    register(context, named, [*known, *_entries(units)], missing, is_new=bool(units))
    return Plan(units, missing, asked)


def _entries(units: Iterable[Unit]) -> list[Known]:
    return [Known(unit.number, unit.attempt, file) for unit in units for file in unit.files]


def _known(context: Context, rows: list[SparkRow]) -> list[Known]:
    expected = ingest_id(context.recipe)
    if any(row["step_id"] != expected for row in rows):
        raise RecipeError(
            f"crawl: '{context.recipe.crawl}' was ingested with other [extract], [subset] or limits of [ingest];"
            " use those, or give this recipe another crawl name"
        )
    return [
        Known(
            row["unit"],
            row["attempt"],
            PlannedFile(
                row["uri"],
                row["size_bytes"],
                row["tag"],
                row["content_id"],
                row["status"] if row["status"] in ("copy", "twin") else None,
            ),
        )
        for row in rows
    ]


def _contents(context: Context, found: list[SourceFile]) -> DataFrame:
    """Ask the workers for each file's content id; local bytes are hashed there."""
    spark = context.warehouse.spark
    rows = [(file.uri, file.size, file.tag) for file in found]
    n_tasks = min(len(rows), 1 + sum(file.size for file in found) // _BYTES_PER_TASK)
    named = local_rows(spark, rows, "uri string, size long, tag string").repartition(n_tasks, F.col("uri"))

    def hashed(stream: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in stream:
            ids, errors = [], []
            for row in batch.to_pylist():
                identity, error = _content_or_error(SourceFile(row["uri"], row["size"], row["tag"]))
                ids.append(identity)
                errors.append(error)
            columns = [*batch.columns, pa.array(ids, pa.string()), pa.array(errors, pa.string())]
            yield pa.RecordBatch.from_arrays(columns, names=[*batch.schema.names, "content_id", "error"])

    return map_batches(named, hashed, _CONTENT)


def _content_or_error(file: SourceFile) -> tuple[str | None, str | None]:
    try:
        return content_id(file), None
    except OSError as error:
        return None, f"{type(error).__name__}: {error}"
