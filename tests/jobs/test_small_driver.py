"""Nothing that grows with the documents comes to the driver: executors of their own, and 64 MB for results."""

import json
import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT

N = 300_000  # their ids alone are 10 MB as text, and Spark's results of a row each many times that


@pytest.mark.slow
@pytest.mark.spark
def test_a_driver_of_a_gigabyte_that_may_collect_64_mb_finds_all_copies(tmp_path):
    subprocess.run(["make", "dist"], cwd=ROOT, check=True, capture_output=True)
    jars = ",".join(map(str, (ROOT / "build" / "jars").glob("delta-4.0.1/*.jar")))
    submit = [ROOT / ".venv" / "bin" / "spark-submit", "--master", "local-cluster[2,1,1024]", "--jars", jars]
    submit += ["--driver-memory", "1g", "--conf", "spark.driver.maxResultSize=64m"]
    submit += ["--conf", "spark.sql.shuffle.partitions=16", "--py-files", ROOT / "dist" / "crawlsluice.zip"]
    done = subprocess.run(
        list(map(str, [*submit, ROOT / "tests" / "bench" / "cluster.py", tmp_path, N])),
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={
            **os.environ,
            "PYSPARK_PYTHON": sys.executable,
            "SLUICE_HOME": str(ROOT / "build"),
            "PYTHONPATH": str(ROOT),
        },
    )
    assert done.returncode == 0, done.stderr[-3000:]
    removed = json.loads(done.stdout.strip().splitlines()[-1])["removed"]
    # Of ten documents three are copies of the first three: equal, and with 2 and 10 % of other words. The first one
    # goes, of the second pair the shorter one, where its similarity (0.81 on average) is 0.75 or more and is found.
    assert removed["7"] == N // 10
    assert 0.8 * N // 10 < removed["1"] + removed["8"] <= N // 10
