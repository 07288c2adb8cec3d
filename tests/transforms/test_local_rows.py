"""Rows that the driver holds, as DataFrames."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from pyspark.sql import Row

from schemas.tables import CRAWL_FILES
from transforms.local_rows import local_rows

pytestmark = [pytest.mark.spark, pytest.mark.matrix]

DDL = (
    "a string, n long, x double, t timestamp, "
    "m map<string,long>, s struct<u:int,v:array<string>>, l array<long>, d date"
)
AT = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
FULL = {
    "a": "é\n",
    "n": 1 << 40,
    "x": 0.1,
    "t": AT,
    "m": {"k": 2},
    "s": {"u": 1, "v": ["y", None]},
    "l": [3],
    "d": date(2026, 1, 2),
}


def told(frame):
    return [(*row[:3], row[3] and row[3].astimezone(UTC), *row[4:]) for row in frame.collect()]


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [FULL],
        [FULL, dict.fromkeys(FULL)],
        [tuple(FULL.values())],
        [Row(**FULL)],
        [FULL | {"t": AT.astimezone(timezone(timedelta(hours=5)))}],
        [FULL | {"t": AT.astimezone().replace(tzinfo=None)}],  # as Spark gives times back
        [FULL | {"m": {}, "l": [], "s": Row(u=None, v=[])}],
    ],
)
def test_rows_are_those_of_a_list(spark, rows):
    found = local_rows(spark, rows, DDL)
    wanted = spark.createDataFrame(rows, DDL)
    assert found.schema == wanted.schema
    assert told(found) == told(wanted)
    assert len(told(found)) == len(rows)


def test_rows_come_back_as_they_were_collected(spark):
    once = local_rows(spark, [FULL, dict.fromkeys(FULL)], DDL)
    assert told(local_rows(spark, once.collect(), once.schema)) == told(once)
    assert told(local_rows(spark, [row.asDict() for row in once.collect()], once.schema)) == told(once)


def test_nulls_are_refused_where_none_may_be(spark):
    row = dict.fromkeys(CRAWL_FILES.schema.names)
    with pytest.raises(Exception, match=r"(?i)null|none"):
        local_rows(spark, [row], CRAWL_FILES.schema)


def test_no_worker_makes_them(spark, capsys):
    if spark.version < "4":
        pytest.skip("Spark 3.5 takes no Arrow table")
    local_rows(spark, [FULL], DDL).where("n > 1").explain()
    assert "LocalTableScan" in capsys.readouterr().out
