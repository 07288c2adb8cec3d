"""The register of what an ingest was asked to read, and in which units.

So ``sluice status`` can say what is missing, and an ingest that was killed is finished as it was begun.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

from jobs.common.context import Context
from schemas.inputs import INPUTS
from transforms.fields import Row
from transforms.local_rows import local_rows
from transforms.units import Known


def register(
    context: Context, named: Iterable[str], held: Iterable[Known], missing: dict[str, str], *, is_new: bool
) -> None:
    """Write down, before reading begins, which unit holds or is to hold which of the named inputs.

    Args:
        context: Crawl and run.
        named: URIs of the inputs; files of earlier runs that are not among them are no inputs of this run.
        held: Where files are, then where they will be; the last word on a file counts.
        missing: URI → error of those out of reach.
        is_new: Whether there is something to read; if not, and no error is new, nothing is written.
    """
    wanted = set(named)
    rows = {one.file.uri: _planned(one) for one in held if one.file.uri in wanted}
    rows |= {uri: _lost(uri, error) for uri, error in missing.items()}
    if is_new or {uri: row["error"] for uri, row in registered(context).items()} != {
        u: r["error"] for u, r in rows.items()
    }:
        _write(context, rows)


def register_lost(context: Context, missing: dict[str, str]) -> None:
    """Write down which inputs went out of reach while they were read."""
    rows = registered(context)
    _write(context, rows | {uri: {**rows.get(uri, {}), **_lost(uri, error)} for uri, error in missing.items()})


def registered(context: Context) -> dict[str, Row]:
    """Give what the latest ingest of the crawl registered: a row of ``inputs`` for each URI."""
    return {row["uri"]: row.asDict() for row in context.of_crawl(INPUTS).collect()}  # a row a file


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
    frame = local_rows(context.warehouse.spark, full, INPUTS.schema)
    context.warehouse.replace(frame, INPUTS, {"crawl": context.recipe.crawl})
