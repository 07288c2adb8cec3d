"""Rows that the driver holds → a DataFrame that is a local relation: no job and no Python worker makes it."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, cast

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.pandas.types import to_arrow_schema
from pyspark.sql.types import StructType

_convert: Any = None
with suppress(ImportError):  # Spark 3.5 takes no Arrow table
    from pyspark.sql.conversion import LocalDataToArrowConversion

    _convert = LocalDataToArrowConversion.convert


def local_rows(
    spark: SparkSession, rows: Sequence[Mapping[str, Any] | tuple[Any, ...]], schema: StructType | str
) -> DataFrame:
    """Give a DataFrame of rows that are few: each goes through the driver, and from there to wherever it is read.

    ``createDataFrame`` of a list pickles it, and has a Python worker of a task unpickle it each time that it is
    read, which takes 0.25 s for no row at all; an Arrow table takes 0.03 s. On Spark 3.5 the list has to do.

    Args:
        spark: The session, classic or Connect.
        rows: Dicts, tuples or Spark's own rows; a time without a zone is one of the driver's zone.
        schema: Their columns, as a type or as DDL.

    Raises:
        PySparkException, ArrowException: a value is not of its column's type, or null where none may be.
    """
    give: Any = spark.createDataFrame
    if _convert is None:
        return give(list(rows), schema)  # type: ignore[no-any-return]
    types = cast("StructType", StructType.fromDDL(schema)) if isinstance(schema, str) else schema
    table = _convert(list(rows), types, False) if rows else to_arrow_schema(types).empty_table()
    return give(table, types)  # type: ignore[no-any-return]
