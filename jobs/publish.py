"""A curated snapshot → gates, funnel, manifest, report; the published pointer moves, or it stays."""

from datetime import UTC, datetime
from typing import Any

from pyspark.sql import DataFrame

from jobs.common.context import Context, open_context
from jobs.common.data_files import drop_strays
from jobs.common.dataset_card import write_card
from jobs.common.earlier import population_of
from jobs.common.gate_results import gate_results, told_failures
from jobs.common.manifest import write_manifest
from jobs.common.metrics import decisions_of, ingest_summary
from jobs.common.options import Master, RecipeFile, WarehouseDir, entry
from jobs.common.report import write_report
from jobs.common.snapshots import PUBLISHED, REFUSED, WITHDRAWN, put_row, row_of
from jobs.common.summary import print_summary
from jobs.common.version import code_version
from schemas.errors import QualityGateError, RecipeError
from schemas.registry import FUNNEL, GATE_RESULTS
from schemas.tables import Table
from transforms.funnel import funnel_rows, reason_counts
from transforms.lineage import snapshot_id
from transforms.reasons import reason_order

Row = dict[str, Any]


def run(context: Context) -> Row:
    """Judge the recipe's snapshot and publish it; gives its registry row.

    Report and manifest are written before the pointer moves, so whoever follows it finds them.

    Raises:
        RecipeError: the snapshot was not curated yet.
        QualityGateError: a gate does not hold, and the report says which, or an operator withdrew the snapshot;
            the old pointer stays.
    """
    warehouse = context.warehouse
    name = snapshot_id(context.recipe, population_of(context), code_version())
    snapshot = row_of(warehouse, name)
    if snapshot is None:
        raise RecipeError(f"snapshot {name} was not curated yet; run `sluice curate` first")
    if snapshot["status"] == WITHDRAWN:
        raise QualityGateError(
            f"snapshot {name} was withdrawn, the published one stays; change recipe or input,"
            f" or publish it again: sluice rollback {context.recipe.name} --to {name}"
        )
    with context.job("publish", 1, name) as stage:
        funnel = _funnel(context, snapshot)
        results = gate_results(context, snapshot, funnel)
        warehouse.replace(_frame(context, funnel, FUNNEL), FUNNEL, {"snapshot_id": name})
        warehouse.replace(_frame(context, results, GATE_RESULTS), GATE_RESULTS, {"snapshot_id": name})
        is_held = all(result["is_held"] for result in results)
        verdict = _verdict(snapshot, is_held)
        write_report(context, verdict, funnel, results, ingest_summary(context))
        drop_strays(warehouse, name)
        manifest = write_manifest(warehouse, verdict, results)
        write_card(context, manifest, funnel)
        put_row(warehouse, verdict)
        stage.advance(0, snapshot["n_documents"])
    print_summary(context, verdict, funnel)
    if not is_held:
        raise QualityGateError(f"snapshot {name} was not published: {told_failures(results)}; read the report")
    return verdict


def _verdict(snapshot: Row, is_held: bool) -> Row:
    """Give the registry row after the gates; a snapshot keeps its first time of publishing."""
    if not is_held:
        return {**snapshot, "status": REFUSED, "is_published": False}
    at = snapshot["published_at"] or datetime.now(UTC)
    return {**snapshot, "status": PUBLISHED, "is_published": True, "published_at": at}


def _funnel(context: Context, snapshot: Row) -> list[Row]:
    decisions = decisions_of(context, snapshot["snapshot_id"])
    counts = [row.asDict() for row in reason_counts(decisions).collect()]  # one row a rule
    order = reason_order(context.recipe.steps)
    return funnel_rows(snapshot["snapshot_id"], order, counts, snapshot["n_documents"])


def _frame(context: Context, rows: list[Row], table: Table) -> DataFrame:
    return context.warehouse.spark.createDataFrame(rows, table.schema).coalesce(1)


def command(recipe: RecipeFile, warehouse: WarehouseDir, master: Master = None) -> None:
    """Hold the snapshot against its gates, write its report and publish it; exit 3 if a gate fails.

    Example: sluice publish --recipe conf/recipes/tiny.toml --warehouse wh
    """
    run(open_context(recipe, warehouse, master))


if __name__ == "__main__":
    entry(command)
