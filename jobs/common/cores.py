"""How many cores a session's workers have, as far as its settings say."""

import os
import re

from pyspark.sql import SparkSession

_LOCAL = re.compile(r"local(?:\[(\*|\d+)[^\]]*\])?")
_LOCAL_CLUSTER = re.compile(r"local-cluster\[(\d+)\s*,\s*(\d+)\s*,.*\]")


def cores_of(spark: SparkSession) -> int | None:
    """Give the number of cores; None: the settings do not say, as where executors come and go."""
    master = _setting(spark, "spark.master")
    if found := _LOCAL_CLUSTER.fullmatch(master):
        return int(found[1]) * int(found[2])
    if found := _LOCAL.fullmatch(master):
        return (os.cpu_count() or 1) if found[1] == "*" else int(found[1] or 1)
    told = [_setting(spark, f"spark.executor.{name}") for name in ("instances", "cores")]
    return int(told[0]) * int(told[1]) if all(one.isdigit() for one in told) else None


def _setting(spark: SparkSession, name: str) -> str:
    return str(spark.conf.get(name, "") or "")
