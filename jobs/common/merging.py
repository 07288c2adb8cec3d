"""Rows of a table dropped or changed by their keys, in one commit that rewrites only the files that hold them."""

from collections.abc import Sequence
from uuid import uuid4

from pyspark.sql import DataFrame

from jobs.common.faults import moment
from jobs.common.tables import Warehouse, in_sql
from schemas.tables import Table


def drop_rows(warehouse: Warehouse, table: Table, keys: DataFrame, on: Sequence[str]) -> int:
    """Drop the rows that have one of ``keys``; gives how many there were.

    Args:
        warehouse: Where.
        table: Of which.
        keys: Columns ``on``; written before, not computed anew each time they are read.
        on: Of the table.
    """
    each = keys.select(*on).distinct()
    n = warehouse.read(table).join(each, list(on), "left_semi").count()
    if n:
        _merge(warehouse, table, each, on, "DELETE")
    return n


def change_rows(warehouse: Warehouse, table: Table, rows: DataFrame, on: Sequence[str]) -> int:
    """Put other values in place in the rows that have the same columns ``on``; gives how many there were.

    Args:
        warehouse: Where.
        table: Of which.
        rows: Columns ``on``, and those to write; each key once, written before.
        on: Of the table.
    """
    n = rows.count()
    if n:
        values = [name for name in rows.columns if name not in on]
        _merge(warehouse, table, rows, on, "UPDATE SET " + ", ".join(f"t.`{name}` = s.`{name}`" for name in values))
    return n


def _merge(warehouse: Warehouse, table: Table, rows: DataFrame, on: Sequence[str], action: str) -> None:
    # Names are of tables' schemas, never of data or settings.
    view = f"sluice_{uuid4().hex}"
    same = " AND ".join(f"t.`{name}` = s.`{name}`" for name in on)
    rows.createOrReplaceTempView(view)
    try:
        target = in_sql(warehouse.path(table))
        warehouse.spark.sql(f"MERGE INTO {target} t USING {view} s ON {same} WHEN MATCHED THEN {action}").collect()
        moment(table.name)
    finally:
        warehouse.spark.catalog.dropTempView(view)
