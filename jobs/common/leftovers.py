"""What an ingest that was killed left behind: rows of units that never became live."""

from collections.abc import Mapping

from pyspark.sql import functions as F

from jobs.common.context import Context
from jobs.common.tables import matches
from schemas.registry import RUNS
from transforms.fields import Row
from transforms.reading import UNIT_TABLES


def drop_leftovers(context: Context, before: Mapping[str, Row]) -> None:
    """Drop them, if the latest ingest of the crawl has not ended: after that, units may be added without looking.

    ``before`` is what that ingest ``registered``. A context may be used for many ingests: they share
    its run's id, so the one that is meant must have ended after it was planned.
    """
    if not before or _has_ended(context, before):
        return
    crawl = context.recipe.crawl
    live = {(row["unit"], row["attempt"]) for row in context.warehouse.units(crawl).collect()}
    for table in UNIT_TABLES.values():
        mine = context.warehouse.read(table).where(F.col("crawl") == crawl)
        there = {(row["unit"], row["attempt"]) for row in mine.select("unit", "attempt").distinct().collect()}
        for unit, attempt in sorted(there - live):
            context.warehouse.remove(table, {"crawl": crawl, "unit": unit, "attempt": attempt})


def _has_ended(context: Context, before: Mapping[str, Row]) -> bool:
    run_id = next(iter(before.values()))["run_id"]
    mine = context.warehouse.read(RUNS).where(
        matches({"run_id": run_id, "job": "ingest", "crawl": context.recipe.crawl})
    )
    finished_at = mine.agg(F.max("finished_at")).collect()[0][0]
    return finished_at is not None and finished_at >= max(row["planned_at"] for row in before.values())
