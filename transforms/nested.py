"""Columns inside structs, by paths such as ``metadata.url``."""

from collections.abc import Iterable
from typing import Any

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql.types import DataType, StringType, StructField, StructType


def column_at(path: str) -> Column:
    """Give the column; each part is quoted, so that nothing but a name is in it."""
    return F.col(".".join("`{}`".format(part.replace("`", "``")) for part in path.split(".")))


def strings_at(paths: Iterable[str]) -> StructType:
    """Give a schema that has a string at each path and nothing else."""
    tree: dict[str, Any] = {}
    for path in paths:
        *folders, name = path.split(".")
        inner = tree
        for folder in folders:
            inner = inner.setdefault(folder, {})
        inner[name] = None
    return _struct(tree)


def type_at(schema: StructType, path: str) -> DataType | None:
    """Give the type of what is at a path; None if nothing is."""
    found: DataType = schema
    for part in path.split("."):
        if not isinstance(found, StructType) or part not in found.names:
            return None
        found = found[part].dataType
    return found


def value_at(row: Any, path: str) -> Any:
    """Give what an object read from JSON has at a path; None if nothing is there."""
    for part in path.split("."):
        row = row.get(part) if isinstance(row, dict) else None
    return row


def _struct(tree: dict[str, Any]) -> StructType:
    return StructType([StructField(name, _struct(below) if below else StringType()) for name, below in tree.items()])
