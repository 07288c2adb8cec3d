"""Functions over Arrow batches, run in Spark's Python workers: the one door between the two."""

import sys
from collections.abc import Callable, Iterable, Iterator
from zipimport import zipimporter

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql.types import StructType

BatchFunction = Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]


def map_batches(df: DataFrame, function: BatchFunction, schema: StructType | str) -> DataFrame:
    """Run ``function`` once per partition, Arrow batches in and out; ``schema`` is that of its rows."""

    def work(stream: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        try:
            yield from function(stream)
        finally:
            forget_archives()

    return df.mapInArrow(work, schema)


def forget_archives() -> None:
    """Drop the import system's finders of zip files; the next import makes those that it needs.

    A worker invalidates every finder at the start of every task. Python 3.11's finders of zip files
    then read their archive's directory again, one for each package of pyspark.zip: 0.12 s a task.
    """
    for path, finder in list(sys.path_importer_cache.items()):
        if isinstance(finder, zipimporter):
            del sys.path_importer_cache[path]
