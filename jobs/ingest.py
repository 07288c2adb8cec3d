"""Crawl files → ``documents``, ``rejects``, ``crawl_files``, unit by unit; each unit once."""

from collections.abc import Callable
from functools import partial

from pyspark.sql import functions as F

from jobs.common import files
from jobs.common.context import Context, Inputs, open_context
from jobs.common.faults import moment
from jobs.common.inputs import planned
from jobs.common.ledger import check_ledger, commit_files, settle_repeats, settle_revisits
from jobs.common.leftovers import drop_leftovers
from jobs.common.options import Base, Index, Input, Master, RecipeFile, RetryFailed, WarehouseDir, entry
from jobs.common.parallel import at_once, each
from jobs.common.register import register_lost, registered
from jobs.common.sandbox import ReaderFactory
from jobs.common.takedown_key import remembered
from jobs.common.tasks import UnitTasks
from schemas.errors import SourceUnavailableError
from schemas.tables import CRAWL_FILES
from transforms.extract import page_reader
from transforms.fields import Row
from transforms.lineage import ingest_id
from transforms.local_rows import local_rows
from transforms.reading import STAGED, UNIT_TABLES


def run(context: Context, make_reader: ReaderFactory = page_reader) -> None:
    """Ingest what is new or changed among the inputs; what is known already is left alone.

    Args:
        context: Warehouse, recipe and inputs.
        make_reader: Makes the page reader out of the recipe's ``[extract]``.

    Raises:
        RecipeError: the crawl was ingested with other extraction settings; or what was taken down cannot be told.
        SourceUnavailableError: some inputs could not be reached, all others are committed; or another run is writing.
        QualityGateError: the ledger does not balance.
    """
    with context.lease("ingest"):
        _run(context, make_reader)


def _run(context: Context, make_reader: ReaderFactory) -> None:
    before = registered(context)
    drop_leftovers(context, before)
    taken = remembered(context.warehouse)
    plan = planned(context, before)
    missing = dict(plan.missing)
    with context.job("ingest", len(plan.units), ingest_id(context.recipe)) as stage:
        tasks = [UnitTasks(context, unit, plan.asked, make_reader, taken_down=taken) for unit in plan.units]
        for _, rows in each(ingest_unit, tasks):
            lost = {row["uri"]: row["error"] for row in rows if row["status"] == "unreachable"}
            stage.advance(len(rows) - len(lost), sum(row["n_documents"] for row in rows if row["uri"] not in lost))
            missing |= lost
            if lost:
                register_lost(context, lost)
        counted = settle_repeats(context)
        settle_revisits(context)
    check_ledger(counted)
    if missing:
        listed = "; ".join(f"{uri} ({error})" for uri, error in sorted(missing.items())[:20])
        more = f" and {len(missing) - 20} more" if len(missing) > 20 else ""
        raise SourceUnavailableError(f"{len(missing)} inputs could not be reached: {listed}{more}")


def ingest_unit(tasks: UnitTasks) -> list[Row]:
    """Read a unit's files and commit its rows; gives the ``crawl_files`` row of each file, those out of reach too."""
    context, unit = tasks.context, tasks.unit
    warehouse, crawl = context.warehouse, context.recipe.crawl
    staging = f"{warehouse.root}/staging/{crawl}-{unit.number}-{unit.attempt}"
    told = list(tasks.stage(staging).values())
    moment("staged")
    staged = warehouse.spark.read.schema(STAGED).parquet(staging)
    lost = [row["uri"] for row in told if row["status"] == "unreachable"]
    kept = ~F.col("source_file").isin(lost) if lost else F.lit(True)
    # crawl_files comes last: until it holds this attempt, readers do not see the rest.
    at_once(
        [
            partial(warehouse.append, staged.where(F.col(kind).isNotNull()).select(f"{kind}.*").where(kept), table)
            for kind, table in UNIT_TABLES.items()
            if any(_N_ROWS[kind](row) for row in told)
        ]
    )
    ledger = [row for row in told if row["uri"] not in lost]
    commit_files(context, local_rows(warehouse.spark, ledger, CRAWL_FILES.schema), unit.number, unit.attempt)
    files.remove(staging)
    return told


# Kind of a staged row → how many of them a file's ledger row says it gave.
_N_ROWS: dict[str, Callable[[Row], int]] = {
    "document": lambda row: row["n_documents"],
    "reject": lambda row: row["n_rejected_records"] + row["n_gaps"],
    "revisit": lambda row: row["records_by_type"].get("revisit", 0),
    "image": lambda row: row["n_images"],
}


def command(  # noqa: PLR0913, PLR0917 a command line has the options that it has
    recipe: RecipeFile,
    warehouse: WarehouseDir,
    input: Input = None,
    index: Index = None,
    base: Base = None,
    retry_failed: RetryFailed = False,
    master: Master = None,
) -> None:
    """Read crawl files into documents, rejects and their byte ledger.

    Example: sluice ingest --recipe conf/recipes/tiny.toml --input crawl/ --warehouse wh
    """
    run(open_context(recipe, warehouse, master, Inputs(input or [], base, retry_failed, index)))


if __name__ == "__main__":
    entry(command)
