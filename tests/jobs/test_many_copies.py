"""A page with a million copies, and one with thousands of nearly equal ones: no pair of each with each."""

import pytest
from pyspark.sql import functions as F

from jobs import dedup, measure
from schemas.searches import NEAR_SEARCHES
from schemas.tables import CRAWL_FILES, DOCUMENTS, DUPLICATES
from tests.jobs.texts import document_rows, file_row

pytestmark = [pytest.mark.spark, pytest.mark.slow]

RECIPE = """
name = "r"
crawl = "c"
[[steps]]
name = "size"
kind = "measure"
families = []
[[steps]]
name = "near"
kind = "dedup"
method = "near"
[steps.near]
min_similarity = 0.75
"""
COPIES, EDITED = 1_000_000, 20_000
HUBS = 8
PAGE = " ".join(f"w{n}" for n in range(60))


@pytest.fixture
def crawl(open_at, tmp_path):
    """A million copies of a page, thousands with one more word each, empty ones, ones of one word, and another page."""
    (tmp_path / "r.toml").write_text(RECIPE)
    context = open_at(recipe=tmp_path / "r.toml")
    warehouse, place = context.warehouse, {"crawl": "c", "unit": 0, "attempt": 0}
    n = COPIES + EDITED
    text = F.when(F.col("id") < COPIES, F.lit(PAGE)).otherwise(F.concat(F.lit(f"{PAGE} more"), F.col("id")))
    text = F.when(F.col("id") < n, text).when(F.col("id") < n + 5, F.lit("")).when(F.col("id") < n + 10, F.lit("word"))
    rows = warehouse.spark.range(0, n + 11, 1, 8).withColumns(
        {"doc_id": F.lpad(F.col("id").cast("string"), 32, "0"), "text": F.coalesce(text, F.lit("quite another page"))}
    )
    like = warehouse.spark.createDataFrame(document_rows([("", "https://a.example/", "")], place), DOCUMENTS.schema)
    beside = like.drop("doc_id", "text")
    warehouse.append(rows.crossJoin(F.broadcast(beside)).select(*DOCUMENTS.schema.names), DOCUMENTS)
    files = warehouse.spark.createDataFrame([file_row(place, n + 11)], CRAWL_FILES.schema)
    warehouse.append(files, CRAWL_FILES)
    measure.run(context)
    return context


def test_one_stays_of_each_and_pairs_are_bounded(crawl):
    dedup.run(crawl, crawl.recipe.dedup_steps()[0])
    removed = crawl.warehouse.read(DUPLICATES)
    n, survivors, first = removed.agg(F.count("*"), F.countDistinct("survivor_id"), F.min("survivor_id")).collect()[0]
    assert (n, survivors) == (COPIES + EDITED - 1, 1)
    assert int(first) >= COPIES, "the longest stays, and of those the smallest id"
    [row] = crawl.warehouse.read(NEAR_SEARCHES).collect()
    assert (row["n_signed"], row["n_sets"]) == (COPIES + EDITED + 1, EDITED + 2)
    assert EDITED <= row["n_compared"] <= HUBS * EDITED
    assert (row["n_clusters"], row["largest_cluster"], row["n_giant_clusters"]) == (1, COPIES + EDITED, 1)
