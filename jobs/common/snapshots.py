"""The registry of snapshots: a handful of rows, replaced whole in one atomic commit."""

from typing import Any

from jobs.common.tables import Warehouse
from schemas.registry import SNAPSHOTS

Row = dict[str, Any]


def rows(warehouse: Warehouse) -> list[Row]:
    """Give all snapshots, oldest first."""
    found = warehouse.read(SNAPSHOTS).orderBy("created_at", "snapshot_id").collect()
    return [row.asDict() for row in found]


def row_of(warehouse: Warehouse, snapshot_id: str) -> Row | None:
    """Give a snapshot's row, or None."""
    return next((row for row in rows(warehouse) if row["snapshot_id"] == snapshot_id), None)


def published_id(warehouse: Warehouse, name: str) -> str | None:
    """Give the published snapshot of a recipe name, or None."""
    mine = [row for row in rows(warehouse) if row["name"] == name and row["is_published"]]
    return mine[-1]["snapshot_id"] if mine else None


def put_row(warehouse: Warehouse, row: Row) -> None:
    """Add a snapshot, or replace its row. Publishing one unpublishes the others of its name."""
    others = [old for old in rows(warehouse) if old["snapshot_id"] != row["snapshot_id"]]
    if row["is_published"]:
        others = [{**old, "is_published": False} if old["name"] == row["name"] else old for old in others]
    table = warehouse.spark.createDataFrame([*others, row], SNAPSHOTS.schema)
    warehouse.overwrite(table.coalesce(1), SNAPSHOTS)
