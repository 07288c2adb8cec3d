"""Snapshots made anew without what was taken down: each is a version of its own, and the old one goes."""

from datetime import UTC, datetime

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.common import files
from jobs.common.garbage import inside
from jobs.common.merging import drop_rows
from jobs.common.past import context_of
from jobs.common.publishing import funnel_of, write_beside
from jobs.common.snapshots import FREED, ROWS_OF_SNAPSHOTS, decided, put_rows, rows, totals
from jobs.common.tables import Warehouse
from jobs.common.takedown_rows import OF_SNAPSHOTS
from schemas.registry import GATE_RESULTS
from schemas.tables import CURATED, DECISIONS
from schemas.tokens import TOKENS
from transforms.digests import digest
from transforms.fields import Row
from transforms.lineage import snapshot_without


def replace_snapshots(warehouse: Warehouse, ids: DataFrame) -> dict[str, str]:
    """Make every snapshot that holds or decided one of ``ids`` anew without them, and move pointers in one commit.

    A snapshot keeps its place: what was published is published, by the gates that it was held against then.

    Returns:
        Id of the old → id of the new.
    """
    held = warehouse.read(DECISIONS).join(ids, "doc_id", "left_semi").select("snapshot_id").distinct()
    names = {row["snapshot_id"] for row in held.collect()}  # as many as there are snapshots
    old = [row for row in rows(warehouse) if row["snapshot_id"] in names and row["status"] != FREED]
    made: dict[str, Row] = {}
    for row in old:  # the oldest first: parents come before what was made after them
        parent = made.get(row["parent_id"])
        made[row["snapshot_id"]] = _made(warehouse, row, parent["snapshot_id"] if parent else row["parent_id"], ids)
    gone = [{**row, "status": FREED, "is_published": False} for row in old]
    if old:
        put_rows(warehouse, [*gone, *made.values()])
    return {name: row["snapshot_id"] for name, row in made.items()}


def _made(warehouse: Warehouse, old: Row, parent_id: str | None, ids: DataFrame) -> Row:
    """Write a snapshot's data again, but for some documents; gives its row."""
    was = old["snapshot_id"]
    mine = decided(warehouse, was)
    name = snapshot_without(old["name"], was, digest(mine.join(ids, "doc_id", "left_semi").select("doc_id")))
    curated = warehouse.read(CURATED, warehouse.curated_path(was))
    warehouse.overwrite(curated.join(ids, "doc_id", "left_anti"), CURATED, warehouse.curated_path(name))
    for table, found in ((DECISIONS, mine), (TOKENS, warehouse.read(TOKENS).where(F.col("snapshot_id") == was))):
        stay = found.join(ids, "doc_id", "left_anti").withColumn("snapshot_id", F.lit(name))
        warehouse.replace(stay.select(*table.schema.names), table, {"snapshot_id": name})
    row = {**old, "snapshot_id": name, "supersedes": was, "parent_id": parent_id, "created_at": datetime.now(UTC)}
    row |= totals(decided(warehouse, name))
    if old["n_kept_tokens"] is not None:
        counted = warehouse.read(TOKENS).where(F.col("snapshot_id") == name).agg(F.sum("n_tokens"))
        row["n_kept_tokens"] = counted.collect()[0][0] or 0
    if files.exists(f"{warehouse.snapshot_path(was)}/MANIFEST.json"):
        _write_beside(warehouse, old, row)
    return row


def _write_beside(warehouse: Warehouse, old: Row, row: Row) -> None:
    context = context_of(warehouse, row)
    judged = warehouse.read(GATE_RESULTS).where(F.col("snapshot_id") == old["snapshot_id"]).collect()
    results = [{**one.asDict(), "snapshot_id": row["snapshot_id"]} for one in judged]
    write_beside(context, row, funnel_of(context, row), results)


def sweep(warehouse: Warehouse, ids: DataFrame) -> dict[str, int]:
    """Remove what is left of snapshots that are no more, and of ``ids`` in their tables; gives how many rows that were.

    Folders that no snapshot calls its own go too: a run that was killed left them, and they may hold anything.
    """
    there = {row["snapshot_id"]: row["status"] != FREED for row in rows(warehouse)}
    for name in (path.rpartition("/")[2] for path in inside(f"{warehouse.root}/snapshots")):
        if not there.get(name):
            files.remove(warehouse.snapshot_path(name))
    for table in ROWS_OF_SNAPSHOTS:
        known = warehouse.read(table).select("snapshot_id").distinct().collect()
        for name in (row["snapshot_id"] for row in known if not there.get(row["snapshot_id"])):
            warehouse.remove(table, {"snapshot_id": name})
    told = {table.name: drop_rows(warehouse, table, ids, ["doc_id"]) for table in OF_SNAPSHOTS if warehouse.has(table)}
    return {name: n for name, n in told.items() if n}
