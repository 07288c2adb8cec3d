"""The Spark session: the one that is there, or a local one with Delta."""

import logging
import os
import sys
from contextlib import suppress
from pathlib import Path

from pyspark.sql import SparkSession

from jobs.common.fetch import delta_jars
from jobs.common.java import check_java
from jobs.common.kernels import use_own_cache

# What every session needs, wherever it runs; set only where the platform allows it.
_RUNTIME = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
    # Texts are large rows: Arrow's default batch of 10,000 of them costs 640 MB a worker.
    "spark.sql.execution.arrow.maxRecordsPerBatch": "1000",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.sql.parquet.compression.codec": "zstd",
    "spark.sql.parquet.columnarReaderBatchSize": "512",
    # Texts hardly repeat: Parquet would look each one up, and then give up.
    "parquet.enable.dictionary#text": "false",
    # A task's rows are nearly always of one partition: they need not be sorted, texts and all, to be told apart. Those
    # of more are still sorted.
    "spark.sql.maxConcurrentOutputFileWriters": "1",
}
_DELTA = {
    "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
    "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
}
# A laptop: no UI, few small partitions, a JVM that starts fast. 60 s of a Delta test become 15 s.
_LOCAL = {
    "spark.ui.enabled": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.sql.shuffle.partitions": "8",
    "spark.databricks.delta.snapshotPartitions": "2",
    "spark.sql.sources.parallelPartitionDiscovery.parallelism": "4",
    # Of a hundred, which is the default, hardly one is still there when a job is run again.
    "spark.sql.codegen.cache.maxEntries": "1000",
    "spark.ui.showConsoleProgress": "false",
}
# Of C1 alone the code cache is 48 MB, which many queries fill: then nothing is compiled any more. And when classes fill
# 21 MB, and each time when they need more, the whole heap would be collected.
_JAVA = (
    "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=240m -XX:+UseSerialGC -XX:MetaspaceSize=256m"
    f" -Dlog4j2.configurationFile=file:{Path(__file__).with_name('log4j2.properties')}"
)


def open_session(master: str | None = None) -> SparkSession:
    """Give the active session, or build one.

    In a notebook, or under spark-submit, the session or its settings are the platform's: only
    Sluice's own SQL settings are added. Otherwise a local one is started, with Delta's jars.

    Args:
        master: Spark master of a local session; ``local[*]`` without. Spark Connect is chosen by
            ``SPARK_REMOTE`` (``sc://…``, or ``local[2]`` for a Connect server in this process).

    Raises:
        SetupError: no fitting Java, or Delta's jars cannot be had.
    """
    session = SparkSession.getActiveSession()
    if session is None:
        session = _submitted() if "PYSPARK_GATEWAY_PORT" in os.environ else _local(master)
    for key, value in _RUNTIME.items():
        with suppress(Exception):  # Databricks serverless refuses most settings; its own are fine
            session.conf.set(key, value)
    return session


def _submitted() -> SparkSession:
    builder = SparkSession.builder.appName("sluice")
    for key, value in _DELTA.items():
        builder = builder.config(key, value)
    return builder.getOrCreate()


def _local(master: str | None) -> SparkSession:
    remote = os.environ.get("SPARK_REMOTE", "")
    builder = SparkSession.builder.appName("sluice")
    if remote.startswith("sc://"):
        return builder.remote(remote).getOrCreate()
    check_java()
    use_own_cache()
    # Without this, local workers run the PATH's python3, which has none of our packages.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ.setdefault("PYSPARK_DRIVER_PYTHON", sys.executable)
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    jars = ",".join(map(str, delta_jars()))
    for key, value in {**_DELTA, **_LOCAL, "spark.jars": jars, **_memory()}.items():
        builder = builder.config(key, value)
    logging.getLogger("py4j").setLevel(logging.ERROR)
    return builder.remote(remote).getOrCreate() if remote else builder.master(master or "local[*]").getOrCreate()


def _memory() -> dict[str, str]:
    """Give the driver a quarter of the machine, 1 to 8 GB: Python workers need the rest.

    An eighth of it is for what is young, a few times the default: nearly all dies there, and what does not is copied.
    """
    info = Path("/proc/meminfo")
    kilobytes = int(info.read_text().split()[1]) if info.exists() else 8 << 20
    gigabytes = min(8, max(1, kilobytes >> 22))
    return {
        "spark.driver.memory": f"{gigabytes}g",
        "spark.driver.extraJavaOptions": f"{_JAVA} -Xms{256 * gigabytes}m -Xmn{128 * gigabytes}m",
    }
