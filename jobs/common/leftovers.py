"""What an ingest that was killed left behind: rows of units that never became live."""

from pyspark.sql import functions as F

from jobs.common.context import Context
from jobs.common.register import latest_run
from schemas.registry import RUNS
from transforms.reading import UNIT_TABLES


def drop_leftovers(context: Context) -> None:
    """Drop them, if the latest ingest of the crawl has not ended: after that, units may be added without looking."""
    crawl, run_id = context.recipe.crawl, latest_run(context)
    has_ended = (F.col("run_id") == run_id) & (F.col("job") == "ingest")
    if run_id is None or not context.warehouse.read(RUNS).where(has_ended).isEmpty():
        return
    live = {(row["unit"], row["attempt"]) for row in context.warehouse.units(crawl).collect()}
    for table in UNIT_TABLES.values():
        mine = context.warehouse.read(table).where(F.col("crawl") == crawl)
        there = {(row["unit"], row["attempt"]) for row in mine.select("unit", "attempt").distinct().collect()}
        for unit, attempt in sorted(there - live):
            context.warehouse.remove(table, {"crawl": crawl, "unit": unit, "attempt": attempt})
