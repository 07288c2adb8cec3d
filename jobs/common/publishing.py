"""What stands beside a snapshot's data: funnel, gates, report, manifest, card; all there before a pointer moves."""

from pyspark.sql import DataFrame

from jobs.common.context import Context
from jobs.common.data_files import drop_strays
from jobs.common.dataset_card import write_card
from jobs.common.faults import moment
from jobs.common.manifest import write_manifest
from jobs.common.metrics import ingest_summary
from jobs.common.report import write_report
from jobs.common.snapshots import decided
from schemas.registry import FUNNEL, GATE_RESULTS
from schemas.tables import Table
from transforms.fields import Row
from transforms.funnel import funnel_rows, reason_counts
from transforms.local_rows import local_rows
from transforms.reasons import reason_order


def funnel_of(context: Context, snapshot: Row) -> list[Row]:
    """Count a snapshot's documents by reason; gives ``funnel`` rows, in the order of its recipe."""
    decisions = decided(context.warehouse, snapshot["snapshot_id"])
    counts = [row.asDict() for row in reason_counts(decisions).collect()]  # one row a rule
    order = reason_order(context.recipe.steps)
    return funnel_rows(snapshot["snapshot_id"], order, counts, snapshot["n_documents"])


def write_beside(context: Context, snapshot: Row, funnel: list[Row], results: list[Row]) -> None:
    """Write all of it.

    Args:
        context: The snapshot's surroundings.
        snapshot: Its registry row, as it will be.
        funnel: Of ``funnel_of``.
        results: Its ``gate_results`` rows.
    """
    warehouse, name = context.warehouse, snapshot["snapshot_id"]
    warehouse.replace(_frame(context, funnel, FUNNEL), FUNNEL, {"snapshot_id": name})
    warehouse.replace(_frame(context, results, GATE_RESULTS), GATE_RESULTS, {"snapshot_id": name})
    write_report(context, snapshot, funnel, results, ingest_summary(context))
    moment("report")
    drop_strays(warehouse, name)
    manifest = write_manifest(warehouse, snapshot, results)
    moment("manifest")
    write_card(context, manifest, funnel)
    moment("card")


def _frame(context: Context, rows: list[Row], table: Table) -> DataFrame:
    return local_rows(context.warehouse.spark, rows, table.schema).coalesce(1)
