"""The only reader and writer of tables: Delta under one warehouse folder, checked both ways."""

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from pyspark.sql import Column, DataFrame, DataFrameWriter, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import StructType

from jobs.common import files
from jobs.common.faults import moment
from schemas.errors import RecipeError
from schemas.tables import CRAWL_FILES, UNIT_KEY, Table
from transforms.local_rows import local_rows

_CREATING = threading.Lock()
_COMMIT = re.compile(r"^[0-9]{20}\.json$")
_HARMLESS = re.compile(r"^[A-Za-z0-9._-]+$")

Place = Mapping[str, str | int]
"""Column → value of the rows to replace; a key may end in ``<`` for all smaller values."""


@dataclass(frozen=True)
class Warehouse:
    """One folder with all tables (``tables/``) and all snapshots (``snapshots/``).

    Attributes:
        spark: The session that reads and writes.
        root: Path or URI that Spark and fsspec both understand.
    """

    spark: SparkSession
    root: str

    def path(self, table: Table) -> str:
        """Give a table's address."""
        return f"{self.root}/tables/{table.name}"

    def snapshot_path(self, snapshot_id: str) -> str:
        """Give the folder that holds everything of one snapshot."""
        return f"{self.root}/snapshots/{snapshot_id}"

    def curated_path(self, snapshot_id: str) -> str:
        """Give the address of a snapshot's own table."""
        return f"{self.snapshot_path(snapshot_id)}/curated"

    def has(self, table: Table, path: str | None = None) -> bool:
        """Say whether a table was ever written."""
        log = f"{path or self.path(table)}/_delta_log"
        # The folder alone may be there before the first commit is, and old commits go once there is a checkpoint.
        return files.exists(f"{log}/{0:020}.json") or files.exists(f"{log}/_last_checkpoint")

    def read(self, table: Table, path: str | None = None) -> DataFrame:
        """Read a table; one that was never written is empty.

        Raises:
            RecipeError: the table on disk is not what this version of Sluice expects.
        """
        where = path or self.path(table)
        if not self.has(table, where):
            return local_rows(self.spark, [], table.schema)
        frame = self.spark.read.format("delta").load(where)
        check_schema(frame.schema, table, where)
        return frame

    def live(self, table: Table) -> DataFrame:
        """Read the rows whose (crawl, unit, attempt) is the one that ``crawl_files`` holds."""
        return self.read(table).join(F.broadcast(self.units()), on=list(UNIT_KEY), how="left_semi")

    def units(self, crawl: str | None = None) -> DataFrame:
        """Give the committed (crawl, unit, attempt)s."""
        units = self.read(CRAWL_FILES).select(*UNIT_KEY).distinct()
        return units if crawl is None else units.where(F.col("crawl") == crawl)

    def replace(self, frame: DataFrame, table: Table, place: Place, path: str | None = None) -> None:
        """Put ``frame`` where ``place`` says, instead of what was there; one atomic commit.

        A rerun leaves the same table, and a killed one the old table. Rows outside of ``place``
        are refused by Delta.
        """
        where = path or self.path(table)
        if self._begins(frame, table, where):
            return
        writer = self._writer(frame, table)
        if self.read(table, where).where(predicate(place)).isEmpty():
            # Nothing to replace: a plain append takes a third of the time. One driver writes a table.
            _save(writer.mode("append"), table, where)
        else:
            _save(writer.mode("overwrite").option("replaceWhere", predicate(place)), table, where)

    def remove(self, table: Table, place: Place) -> None:
        """Drop the rows of ``place``, if there are any."""
        if self.has(table) and not self.read(table).where(predicate(place)).isEmpty():
            self.replace(local_rows(self.spark, [], table.schema), table, place)

    def _begins(self, frame: DataFrame, table: Table, where: str) -> bool:
        """Make the table out of its first rows where there is none; units that commit at once must not both make it."""
        with _CREATING:
            if self.has(table, where):
                return False
            _save(self._writer(frame, table).mode("append"), table, where)
            return True

    def append(self, frame: DataFrame, table: Table) -> None:
        """Add rows that are known not to be there; a third of the cost of looking, or of replacing."""
        if not self._begins(frame, table, self.path(table)):
            _save(self._writer(frame, table).mode("append"), table, self.path(table))

    def overwrite(self, frame: DataFrame, table: Table, path: str | None = None) -> None:
        """Replace a table whole, in one atomic commit."""
        _save(self._writer(frame, table).mode("overwrite"), table, path or self.path(table))

    def _writer(self, frame: DataFrame, table: Table) -> DataFrameWriter:
        check_schema(frame.schema, table, "rows to be written")
        writer = frame.select(*table.schema.names).write.format("delta")
        # Only ids and numbers: Delta's log keeps min and max of a column after its rows are gone.
        writer = writer.option("delta.dataSkippingStatsColumns", ",".join(table.indexed))
        return writer.partitionBy(*table.partitions) if table.partitions else writer

    def files_of(self, table: Table, path: str | None = None) -> list[str]:
        """Give the data files of a table's current version, as sorted paths from its own folder."""
        where = path or self.path(table)
        if not self.has(table, where):
            return []
        # Spark tells URIs, in which whatever is not plain is escaped.
        inside = f"{where.removeprefix(self.root)}/"
        return sorted(unquote(uri).rpartition(inside)[2] for uri in self.read(table, where).inputFiles())

    def detail(self, path: str, name: str) -> Any:
        """Give one of the things that Delta tells of the table at an address."""
        return self.spark.sql(f"DESCRIBE DETAIL {in_sql(path)}").select(name).collect()[0][0]

    def version(self, table: Table) -> int:
        """Give the table's current Delta version; -1 if it was never written."""
        fs, log = files.filesystem(f"{self.path(table)}/_delta_log")
        names = [path.rpartition("/")[2] for path in fs.ls(log, detail=False, refresh=True)] if fs.exists(log) else []
        return max((int(name[:20]) for name in names if _COMMIT.match(name)), default=-1)


def in_sql(path: str) -> str:
    """Name the table at an address as SQL does."""
    return "delta.`{}`".format(path.replace("`", "``"))


def _save(writer: DataFrameWriter, table: Table, where: str) -> None:
    writer.save(where)
    moment(table.name)


def matches(place: Place) -> Column:
    """Give the condition that a row belongs to ``place``."""
    condition = F.lit(True)
    for name, value in place.items():
        condition = condition & (F.col(name) == value)
    return condition


def predicate(place: Place) -> str:
    """Write ``place`` as a SQL condition. Names in it are checked: nothing else enters the SQL.

    Raises:
        RecipeError: a value is neither a whole number nor a plain name.
    """
    parts = []
    for column, value in place.items():
        if not isinstance(value, int) and not _HARMLESS.match(value):
            raise RecipeError(f"{column}: given {value!r}; allowed are letters, digits, '.', '_' and '-'")
        name = column if column.endswith("<") else f"{column} ="
        parts.append(f"{name} {value}" if isinstance(value, int) else f"{name} '{value}'")
    return " AND ".join(parts)


def check_schema(found: StructType, table: Table, where: str) -> None:
    """Compare columns by name and type, and report every difference at once.

    Raises:
        RecipeError: columns are missing, unknown or of another type.
    """
    have = {field.name: field.dataType.simpleString() for field in found}
    want = {field.name: field.dataType.simpleString() for field in table.schema}
    faults = [f"{name} is missing" for name in want if name not in have]
    faults += [f"{name} is unknown" for name in have if name not in want]
    faults += [f"{name} is {have[name]}, not {want[name]}" for name in want if have.get(name, want[name]) != want[name]]
    if faults:
        raise RecipeError(f"table {table.name} ({where}) does not fit this version: {'; '.join(faults)}")
