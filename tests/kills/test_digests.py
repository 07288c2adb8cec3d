"""The digest of a snapshot depends on its input only."""

import pytest
from pyspark.sql import SparkSession

from jobs import nightly
from jobs.common.context import Inputs, open_context
from jobs.common.snapshots import rows
from jobs.common.tables import Warehouse
from tests.kills.cuts import cut_at

pytestmark = [pytest.mark.spark, pytest.mark.slow]

SETTINGS = (1, 7, 16, "adaptive", "backwards")
"""What must change nothing: partitions of a shuffle (2 is what tests run with), how Spark plans, the order of input."""


def digest_with(setting, recipe, crawl, warehouse):
    """Run with one setting changed; gives the snapshot's digest."""
    spark = SparkSession.getActiveSession()
    changed = {"spark.sql.adaptive.enabled": "true"} if setting == "adaptive" else {}
    changed |= {"spark.sql.shuffle.partitions": str(setting)} if isinstance(setting, int) else {}
    before = {key: spark.conf.get(key) for key in changed}
    paths = sorted(map(str, crawl.iterdir()), reverse=setting == "backwards")
    try:
        for key, value in changed.items():
            spark.conf.set(key, value)
        context = open_context(str(recipe), str(warehouse), None, Inputs(paths))
        nightly.run(context)
        return rows(context.warehouse)[-1]["digest"]
    finally:
        for key, value in before.items():
            spark.conf.set(key, value)


@pytest.mark.parametrize("setting", SETTINGS, ids=str)
def test_the_digest_depends_on_nothing_but_the_input(spark, crawl, recipe, digest, tmp_path, setting):
    assert digest_with(setting, recipe, crawl, tmp_path / "w") == digest


@pytest.mark.parametrize("cores", [1, 3])
def test_the_digest_depends_on_no_number_of_cores(spark, crawl, recipe, digest, tmp_path, cores):
    assert cut_at("", recipe, crawl, tmp_path / "w", f"local[{cores}]")[0] == 0
    assert rows(Warehouse(spark, str(tmp_path / "w")))[-1]["digest"] == digest
