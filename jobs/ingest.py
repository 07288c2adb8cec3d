"""Crawl files → ``documents``, ``rejects``, ``crawl_files``, unit by unit; each unit once."""

import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import partial

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.common import files
from jobs.common.context import Context, Inputs, open_context
from jobs.common.inputs import planned_units
from jobs.common.ledger import check_ledger, commit_files, settle_repeats, settle_revisits
from jobs.common.options import Base, Input, Master, RecipeFile, RetryFailed, WarehouseDir, entry
from jobs.common.parallel import each
from jobs.common.register import register_lost
from jobs.common.stores import Access
from jobs.common.tables import Place
from schemas.errors import SourceUnavailableError
from transforms.extract import page_reader
from transforms.fields import Row
from transforms.lineage import ingest_id
from transforms.pages import CrawlFile
from transforms.reading import STAGED, UNIT_TABLES, Batches, Ledger, read_file
from transforms.units import PlannedFile, Unit
from transforms.workers import map_batches


def run(context: Context) -> None:
    """Ingest what is new or changed among the inputs; what is known already is left alone.

    Raises:
        RecipeError: the crawl was ingested with other extraction settings.
        SourceUnavailableError: some inputs could not be reached; all others are committed.
        QualityGateError: the ledger does not balance.
    """
    units, missing = planned_units(context)
    with context.job("ingest", len(units), ingest_id(context.recipe)) as stage:
        for _, ledgers in each(partial(ingest_unit, context), units):
            lost = {row["uri"]: row["error"] for row in ledgers if row["status"] == "unreachable"}
            stage.advance(len(ledgers) - len(lost), sum(row["document"] for row in ledgers if row["uri"] not in lost))
            missing |= lost
            if lost:
                register_lost(context, lost)
        settle_repeats(context)
        settle_revisits(context)
    check_ledger(context)
    if missing:
        listed = "; ".join(f"{uri} ({error})" for uri, error in sorted(missing.items())[:20])
        more = f" and {len(missing) - 20} more" if len(missing) > 20 else ""
        raise SourceUnavailableError(f"{len(missing)} inputs could not be reached: {listed}{more}")


def ingest_unit(context: Context, unit: Unit) -> list[Row]:
    """Read a unit's files and commit its rows; gives of each file uri, status, error and rows by kind."""
    warehouse, recipe = context.warehouse, context.recipe
    place: Place = {"crawl": recipe.crawl, "unit": unit.number, "attempt": unit.attempt}
    staging = f"{warehouse.root}/staging/{recipe.crawl}-{unit.number}-{unit.attempt}"
    _staged_frame(context, unit, dict(place)).write.mode("overwrite").parquet(staging)
    staged = warehouse.spark.read.schema(STAGED).parquet(staging)
    ledger = staged.where("file IS NOT NULL").select("file.*")
    told = ledger.select("uri", "status", "error", *(F.expr(n).alias(kind) for kind, n in _N_ROWS.items())).collect()
    lost = [row["uri"] for row in told if row["status"] == "unreachable"]
    kept = ~F.col("source_file").isin(lost) if lost else F.lit(True)
    # crawl_files comes last: until it holds this attempt, readers do not see the rest.
    for kind, table in UNIT_TABLES.items():
        if any(row[kind] for row in told):
            rows = staged.where(F.col(kind).isNotNull()).select(f"{kind}.*").where(kept)
            warehouse.replace(rows, table, place)
        else:
            warehouse.remove(table, place)  # what a killed run may have left
    commit_files(context, ledger.where("status <> 'unreachable'"), unit.number, unit.attempt)
    files.remove(staging)
    return [row.asDict() for row in told]


# Kind of a staged row → how many of them a file's ledger row says it gave.
_N_ROWS = {
    "document": "n_documents",
    "reject": "n_rejected_records + n_gaps",
    "revisit": "coalesce(records_by_type['revisit'], 0)",
    "image": "n_images",
}


def _staged_frame(context: Context, unit: Unit, place: Row) -> DataFrame:
    """Plan one task per file: row ``i`` of ``range`` is partition ``i``."""
    spark, recipe = context.warehouse.spark, context.recipe
    rows = [(i, f.uri, f.size, f.tag, f.content_id, f.skip) for i, f in enumerate(unit.files)]
    named = spark.createDataFrame(rows, "id long, uri string, size long, tag string, content_id string, skip string")
    tasks = spark.range(0, len(rows), 1, numPartitions=len(rows)).join(F.broadcast(named), "id")
    step_id = ingest_id(recipe)
    access = Access.here()  # the driver's settings go to the workers with the task
    read_page, limit = page_reader(recipe.extract.model_dump()), recipe.ingest.max_record_bytes

    def read(stream: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in stream:
            for row in batch.to_pylist():
                row.pop("id")
                file = CrawlFile(place, row["uri"], row["content_id"], read_page, limit)
                yield from _read_planned(PlannedFile(**row), file, step_id, access)

    return map_batches(tasks, read, STAGED)


def _read_planned(planned: PlannedFile, file: CrawlFile, step_id: str, access: Access) -> Iterator[pa.RecordBatch]:
    """Read one file in the worker; losing reach of it is an answer, not a failure of the task."""
    started, batches, ledger, error = time.monotonic(), Batches(), Ledger(), None
    if planned.skip is None:
        try:
            with files.open_binary(planned.uri, planned.tag, access) as stream:
                yield from read_file(stream, file, ledger, batches)
        except (OSError, SourceUnavailableError) as reason:
            error = f"{type(reason).__name__}: {reason}"
    row = ledger.row(planned, file.place, error)
    row |= {"step_id": step_id, "seconds": time.monotonic() - started, "read_at": datetime.now(UTC)}
    yield from batches.add("file", row)
    yield from batches.flush()


def command(  # noqa: PLR0913, PLR0917 a command line has the options that it has
    recipe: RecipeFile,
    input: Input,
    warehouse: WarehouseDir,
    base: Base = None,
    retry_failed: RetryFailed = False,
    master: Master = None,
) -> None:
    """Read crawl files into documents, rejects and their byte ledger.

    Example: sluice ingest --recipe conf/recipes/tiny.toml --input crawl/ --warehouse wh
    """
    run(open_context(recipe, warehouse, master, Inputs(input, base, retry_failed)))


if __name__ == "__main__":
    entry(command)
