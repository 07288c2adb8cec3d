"""What equal texts and equal addresses share."""

import pytest
from pyspark.sql import functions as F

from transforms.dedup.exact import normal_url, same, same_text

pytestmark = pytest.mark.spark

URLS = {
    "https://a.example/x": "a.example/x",
    "http://www.A.example/X/?utm_source=y#top": "a.example/X",
    "http://a.example/x?page=2&ref=1&utm_a=2&z=1": "a.example/x?page=2&z=1",
    "http://a.example?feed=rss": "a.example",
    "http://a.example/x?reference=1": "a.example/x?reference=1",
    "http://a.example/?q=www.b.example": "a.example/?q=www.b.example",
    " https://b.example:8080/ ": "b.example",
    "b.example": "b.example",
    "https://é.example/ß?": "é.example/ß",
    "#x": None,
    "": None,
}


def test_addresses_of_one_page_are_written_alike(spark):
    rows = spark.createDataFrame([(url,) for url in URLS], "url string").select("url", normal_url(F.col("url")))
    assert {row[0]: row[1] for row in rows.collect()} == URLS


def test_texts_of_one_word_are_nobodys_copies(spark):
    rows = [("a", (2,), ("h",), 1), ("b", (2,), ("h",), 2), ("c", (1,), ("i",), 1), ("d", (1,), ("i",), 2)]
    schema = "doc_id string, words struct<n_words: long>, fingerprint struct<exact_hash: string>, rank int"
    ranked = spark.createDataFrame(rows, schema).withColumn("rank", F.struct(F.lit(0).alias("era"), "rank", "doc_id"))
    [found] = ranked.transform(same(same_text())).collect()
    assert found.asDict() == {"doc_id": "b", "survivor_id": "a", "cluster_id": "h"}
