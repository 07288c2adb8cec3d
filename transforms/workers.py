"""Functions over Arrow batches, run in Spark's Python workers: the one door between the two."""

import gc
import os
import socket
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from stat import S_ISSOCK
from zipimport import zipimporter

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql.types import StructType

BatchFunction = Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]


def map_batches(df: DataFrame, function: BatchFunction, schema: StructType | str) -> DataFrame:
    """Run ``function`` once per partition, Arrow batches in and out; ``schema`` is that of its rows."""

    def work(stream: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        acknowledge_at_once()
        try:
            yield from function(stream)
        finally:
            forget_archives()
            keep_imports()
            acknowledge_at_once()

    return df.mapInArrow(work, schema)


def acknowledge_at_once() -> None:
    """Have the kernel acknowledge what Spark sends without delay, where it can be told to (Linux).

    Spark writes to a worker in small pieces, and the next one leaves when the last was acknowledged (Nagle's
    algorithm), which a kernel puts off for 40 ms: a task that does nothing took 50 ms, and takes 7.
    """
    if not hasattr(socket, "TCP_QUICKACK"):
        return
    for name in os.listdir("/proc/self/fd"):
        with suppress(OSError):  # what was closed meanwhile, and sockets that are none of TCP
            if S_ISSOCK(os.fstat(int(name)).st_mode):
                with socket.socket(fileno=os.dup(int(name))) as one:
                    one.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)


def forget_archives() -> None:
    """Drop the import system's finders of zip files; the next import makes those that it needs.

    A worker invalidates every finder at the start of every task. Python 3.11's finders of zip files
    then read their archive's directory again, one for each package of pyspark.zip: 0.12 s a task.
    """
    for path, finder in list(sys.path_importer_cache.items()):
        if isinstance(finder, zipimporter):
            del sys.path_importer_cache[path]


def keep_imports() -> None:
    """Put what is alive now out of the garbage collector's sight, once what is dead was collected.

    A worker collects garbage behind every task, which looks at all that was ever imported: 0.1 s a task.
    """
    gc.collect()
    gc.freeze()
