"""The register of what an ingest was asked to read, so that ``sluice status`` can say what is missing."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from pyspark.sql import functions as F

from jobs.common.context import Context
from schemas.inputs import INPUTS
from transforms.fields import Row
from transforms.units import Known, Unit


def register(context: Context, units: Sequence[Unit], known: Iterable[Known], missing: dict[str, str]) -> None:
    """Write down, before reading begins, which unit is to hold which of the named inputs.

    ``missing`` (URI → error) are those out of reach. Files of earlier runs that were not named
    now are no inputs of this run. Where nothing is to be read and nothing is new, nothing is written.
    """
    planned = [Known(unit.number, unit.attempt, file) for unit in units for file in unit.files]
    named = set(context.inputs)
    rows = {one.file.uri: _planned(one) for one in [*known, *planned] if one.file.uri in named}
    rows |= {uri: _lost(uri, error) for uri, error in missing.items()}
    if units or {uri: row["error"] for uri, row in _held(context).items()} != {u: r["error"] for u, r in rows.items()}:
        _write(context, rows)


def register_lost(context: Context, missing: dict[str, str]) -> None:
    """Write down which inputs went out of reach while they were read."""
    rows = _held(context)
    _write(context, rows | {uri: {**rows.get(uri, {}), **_lost(uri, error)} for uri, error in missing.items()})


def _held(context: Context) -> dict[str, Row]:
    mine = context.warehouse.read(INPUTS).where(F.col("crawl") == context.recipe.crawl)
    return {row["uri"]: row.asDict() for row in mine.collect()}  # a row a file


def _planned(one: Known) -> Row:
    return {
        "uri": one.file.uri,
        "size_bytes": one.file.size,
        "unit": one.unit,
        "attempt": one.attempt,
        "error": None,
    }


def _lost(uri: str, error: str) -> Row:
    return {"uri": uri, "size_bytes": None, "unit": None, "attempt": None, "error": error}


def _write(context: Context, rows: dict[str, Row]) -> None:
    now = datetime.now(UTC)
    told = {"crawl": context.recipe.crawl, "run_id": context.run_id}
    full = [{"planned_at": now, **row, **told} for row in rows.values()]
    frame = context.warehouse.spark.createDataFrame(full, INPUTS.schema)
    context.warehouse.replace(frame, INPUTS, {"crawl": context.recipe.crawl})
