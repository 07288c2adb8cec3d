"""How a session writes tables: texts are not looked up in dictionaries, and partitions come out whole."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from pyspark.sql import functions as F

pytestmark = [pytest.mark.spark, pytest.mark.matrix]


def written(spark, folder, n_partitions):
    """Write 999 rows, of which ``n_partitions`` partitions take turns within a task; gives the files."""
    rows = spark.range(0, 999, 1, 1).select(
        (F.col("id") % n_partitions).cast("int").alias("unit"),
        F.col("id"),
        (F.col("id") % 3).cast("string").alias("text"),
        (F.col("id") % 3).cast("string").alias("host"),
    )
    rows.write.format("delta").partitionBy("unit").save(str(folder))
    return sorted(folder.glob("unit=*/*.parquet"))


def test_texts_have_no_dictionary_and_other_columns_do(spark, tmp_path):
    for path in written(spark, tmp_path / "t", 1):
        columns = pq.ParquetFile(path).metadata.row_group(0).to_dict()["columns"]
        by_name = {one["path_in_schema"]: one["has_dictionary_page"] for one in columns}
        assert (by_name["text"], by_name["host"]) == (False, True)


@pytest.mark.parametrize("n_partitions", [1, 2, 7])
def test_partitions_that_take_turns_come_out_whole(spark, tmp_path, n_partitions):
    files = written(spark, tmp_path / "t", n_partitions)
    assert len({Path(path).parent for path in files}) == n_partitions
    assert len(files) <= n_partitions + 1, "only the first partition is written before the rest is sorted"
    found = spark.read.format("delta").load(str(tmp_path / "t")).orderBy("id").collect()
    assert [(row["id"], row["unit"]) for row in found] == [(i, i % n_partitions) for i in range(999)]
