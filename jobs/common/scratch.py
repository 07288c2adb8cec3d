"""What a job writes on its way and drops at its end."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.types import StructType

from jobs.common import files
from jobs.common.context import Context
from jobs.common.tables import Warehouse


@dataclass(frozen=True)
class Scratch:
    """A folder of Parquet files in the warehouse's ``staging/``."""

    spark: SparkSession
    folder: str

    def keep(self, frame: DataFrame, name: str) -> DataFrame:
        """Write a frame and give it back as it is read from there: nothing before it is done or planned again."""
        self.put(frame, name)
        return self.read(name, frame.schema)

    def put(self, frame: DataFrame, name: str) -> None:
        """Write a frame. Threads write frames of their own: ``<name>/<part>``, which are read as one."""
        frame.write.mode("overwrite").parquet(f"{self.folder}/{name}")

    def read(self, name: str, schema: StructType) -> DataFrame:
        """Read what was written, with all of its parts."""
        return self.spark.read.schema(schema).option("recursiveFileLookup", True).parquet(f"{self.folder}/{name}")


def scratch(context: Context, name: str) -> AbstractContextManager[Scratch]:
    """Give an empty folder of the recipe's crawl; see ``room_in``."""
    return room_in(context.warehouse, f"{context.recipe.crawl}-{name}")


@contextmanager
def room_in(warehouse: Warehouse, name: str) -> Iterator[Scratch]:
    """Give an empty folder; what a killed run left there goes first, and all of it at the end."""
    folder = f"{warehouse.root}/staging/{name}"
    files.remove(folder)
    try:
        yield Scratch(warehouse.spark, folder)
    finally:
        files.remove(folder)
