"""What a warehouse holds and nobody needs: of killed runs, of snapshots beyond those to keep, of old versions."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

from pyspark.sql import DataFrame

from jobs.common import files
from jobs.common.snapshots import FREED, ROWS_OF_SNAPSHOTS, put_row, rows
from jobs.common.tables import Warehouse, in_sql
from schemas.registry import ALL
from schemas.tables import CURATED, Table
from transforms.fields import Row


@dataclass(frozen=True)
class Garbage:
    """One thing that could go.

    Attributes:
        what: ``staging``, ``folder`` (of no snapshot), ``snapshot`` or ``table`` (files of old versions).
        name: Of the folder, snapshot or table.
        n_files: How many files would go; of a snapshot those of its folder, its decisions go too.
        n_bytes: Of those files.
    """

    what: str
    name: str
    n_files: int
    n_bytes: int


def found(warehouse: Warehouse, keep: int | None, hours: int) -> list[Garbage]:
    """Look, and touch nothing.

    Args:
        warehouse: Where.
        keep: How many snapshots of each name stay besides the published one, the newest; None: all of them.
        hours: How long what killed runs and old versions left must have lain untouched.
    """
    before = datetime.now(UTC) - timedelta(hours=hours)
    snapshots = rows(warehouse)
    known = {row["snapshot_id"] for row in snapshots if row["status"] != FREED}
    told = [_folder("staging", path, before) for path in inside(f"{warehouse.root}/staging")]
    there = inside(f"{warehouse.root}/snapshots")
    told += [_folder("folder", path, before) for path in there if path.rpartition("/")[2] not in known]
    told += [_folder("snapshot", warehouse.snapshot_path(one), None) for one in _beyond(snapshots, keep)]
    told += [_old_files(warehouse, table, hours) for table in ALL if table is not CURATED]
    return [one for one in told if one.n_files or one.what == "snapshot"]


def free(warehouse: Warehouse, garbage: Iterable[Garbage], hours: int) -> None:
    """Remove what ``found`` gave; a snapshot's row stays, as what came before others.

    Killed at any moment, the next call goes on: a snapshot is called freed before its data go.
    """
    for one in garbage:
        if one.what == "table":
            vacuum(warehouse, next(table for table in ALL if table.name == one.name), hours)
            continue
        if one.what == "snapshot":
            _forget(warehouse, one.name)
        folder = "staging" if one.what == "staging" else "snapshots"
        files.remove(f"{warehouse.root}/{folder}/{one.name}")


def _beyond(found: list[Row], keep: int | None) -> Iterator[str]:
    """Give the ids of snapshots that are not published and not among the newest ``keep`` of their name."""
    if keep is None:
        return
    rest = [row for row in found if not row["is_published"] and row["status"] != FREED]
    for name in sorted({row["name"] for row in rest}):
        mine = [row["snapshot_id"] for row in rest if row["name"] == name]  # the oldest first
        yield from mine[: max(0, len(mine) - keep)]


def _forget(warehouse: Warehouse, snapshot_id: str) -> None:
    row = next(row for row in rows(warehouse) if row["snapshot_id"] == snapshot_id)
    put_row(warehouse, {**row, "status": FREED, "is_published": False})
    for table in ROWS_OF_SNAPSHOTS:
        warehouse.remove(table, {"snapshot_id": snapshot_id})


def inside(folder: str) -> list[str]:
    """Give the paths of what lies in a folder, if it is there."""
    fs, path = files.filesystem(folder)
    return sorted(str(one).rstrip("/") for one in fs.ls(path, detail=False)) if fs.exists(path) else []


def _folder(what: str, folder: str, before: datetime | None) -> Garbage:
    """Sum a folder up; one in which something is younger than ``before`` may be in use, and counts as empty."""
    fs, path = files.filesystem(folder)
    found = list(fs.find(path, detail=True).values()) if fs.exists(path) else []
    if before and any(_changed(one) > before for one in found):
        found = []
    return Garbage(what, path.rstrip("/").rpartition("/")[2], len(found), sum(one["size"] for one in found))


def _old_files(warehouse: Warehouse, table: Table, hours: int) -> Garbage:
    """Sum up the files that Delta would remove from a table."""
    none = Garbage("table", table.name, 0, 0)
    if not warehouse.has(table) or not _has_old_files(warehouse, table):
        return none
    fs, root = files.filesystem(warehouse.path(table))
    sizes = {unquote(path[len(root) :]): one["size"] for path, one in fs.find(root, detail=True).items()}
    mark = f"/tables/{table.name}"
    told = [unquote(row["path"]) for row in vacuum(warehouse, table, hours, "DRY RUN").collect()]  # a row a file
    old = [sizes[name] for name in (path.rpartition(mark)[2] for path in told) if name in sizes]
    return Garbage("table", table.name, len(old), sum(old))


def vacuum(warehouse: Warehouse, table: Table, hours: int, how: str = "") -> DataFrame:
    """Have Delta remove a table's files of old versions; gives a row for each with ``how="DRY RUN"``."""
    # Below a week Delta asks that the operator knows that nothing is running: the command says so.
    warehouse.spark.conf.set("spark.databricks.delta.retentionDurationCheck.enabled", "false")
    return warehouse.spark.sql(f"VACUUM {in_sql(warehouse.path(table))} RETAIN {hours} HOURS {how}")


def purge(warehouse: Warehouse) -> None:
    """Leave no file of an older version of any table, and no row that is only marked as deleted."""
    for table in ALL:
        if warehouse.has(table):
            path = warehouse.path(table)
            if warehouse.detail(path, "properties").get("delta.enableDeletionVectors") == "true":
                warehouse.spark.sql(f"REORG TABLE {in_sql(path)} APPLY (PURGE)").collect()
            if _has_old_files(warehouse, table):
                vacuum(warehouse, table, 0).collect()


def _has_old_files(warehouse: Warehouse, table: Table) -> bool:
    """Look whether a table's folder holds what is not of its current version; quicker than asking Delta."""
    fs, root = files.filesystem(warehouse.path(table))
    current = set(warehouse.files_of(table))
    names = (unquote(path[len(root) + 1 :]) for path in fs.find(root))
    return any(not name.startswith("_delta_log/") and not _is_hidden(name) and name not in current for name in names)


def _is_hidden(name: str) -> bool:
    # Hadoop's checksum beside each file of a local disk: Delta counts it as none of its own, it goes with the file.
    return name.rpartition("/")[2].startswith(".")


def _changed(info: dict[str, Any]) -> datetime:
    told = info.get("mtime") or info.get("LastModified") or info.get("updated") or info.get("last_modified")
    if told is None:
        return datetime.now(UTC)  # of an unknown age: it stays
    when = datetime.fromtimestamp(told, UTC) if isinstance(told, int | float) else datetime.fromisoformat(str(told))
    return when if when.tzinfo else when.replace(tzinfo=UTC)
