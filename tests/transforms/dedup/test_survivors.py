"""Who survives: by crawl, length, age or score, and always one, but of earlier crawls all."""

from datetime import UTC, datetime
from itertools import permutations
from math import inf, nan

import pytest
from pyspark.sql import functions as F

from transforms.dedup.exact import same, same_text
from transforms.dedup.survivors import rank, removed, repeated, survivors, with_eras

pytestmark = pytest.mark.spark

SCHEMA = (
    "doc_id string, crawl string, words struct<n_chars: int, n_words: int>, fetched_at timestamp,"
    " fingerprint struct<exact_hash: string>, `score hq.1` double, `score lm` double"
)
EARLY, LATE = datetime(2020, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def documents(spark):
    rows = [
        ("d1", "CC-MAIN-2021-04", (10, 2), LATE, ("h",), 0.5, 90.0),
        ("d2", "CC-MAIN-2019-51", (10, 2), EARLY, ("h",), nan, 80.0),
        ("d3", "CC-MAIN-2021-04", (30, 2), None, ("h",), 0.5, nan),
        ("d4", "CC-MAIN-2021-04", (20, 2), EARLY, ("h",), None, None),
        ("d5", "CC-MAIN-2021-04", (1, 2), LATE, ("h",), -inf, inf),
        ("d6", "CC-MAIN-2012", (1, 2), LATE, ("other",), 1.0, 1.0),
    ]
    return spark.createDataFrame(rows, SCHEMA).withColumn("era", F.lit(0)).cache()


@pytest.mark.parametrize(
    ("asked", "order"),
    [
        (["longest"], "d3 d4 d1 d2 d5 d6"),
        (["oldest"], "d2 d4 d1 d5 d6 d3"),
        (["newest"], "d1 d5 d6 d2 d4 d3"),
        (["oldest", "longest"], "d4 d2 d1 d5 d6 d3"),
        (["score:hq.1"], "d6 d1 d3 d5 d2 d4"),
        (["score:hq.1", "longest"], "d6 d3 d1 d5 d4 d2"),
        (["score:lm"], "d6 d2 d1 d5 d3 d4"),
        ([], "d1 d2 d3 d4 d5 d6"),
    ],
)
def test_the_order_of_survivors(documents, asked, order):
    rows = documents.orderBy(rank(asked, lowest_best={"lm"})).collect()
    assert " ".join(row["doc_id"] for row in rows) == order


def test_a_highest_perplexity_is_not_the_best(documents):
    best = [documents.orderBy(rank(["score:lm"], low)).first()["doc_id"] for low in ((), ("lm",))]
    assert best == ["d5", "d6"]


def test_each_component_keeps_one_document(spark, documents):
    members = spark.createDataFrame(
        [("d1", "d1"), ("d3", "d1"), ("d4", "d1"), ("d2", "d2"), ("d5", "d2"), ("d6", "c"), ("gone", "c")],
        "id string, component string",
    )
    ranked = documents.select("*", rank(["longest"]).alias("rank"))
    told = {tuple(row) for row in survivors(members, ranked).collect()}
    assert told == {("d1", "d3", "d1"), ("d4", "d3", "d1"), ("d5", "d2", "d2")}


def test_exact_duplicates_survive_by_the_same_order(documents):
    for asked in permutations(["longest", "oldest", "score:hq.1"], 2):
        first = documents.where("fingerprint.exact_hash = 'h'").orderBy(rank(asked)).first()["doc_id"]
        rows = documents.withColumn("rank", rank(asked)).transform(same(same_text())).collect()
        assert {(row["doc_id"], row["survivor_id"], row["cluster_id"]) for row in rows} == {
            (doc_id, first, "h") for doc_id in ("d1", "d2", "d3", "d4", "d5") if doc_id != first
        }


def test_what_is_even_goes_to_the_smallest_id_whatever_the_order(spark, documents):
    even = documents.withColumn("words", F.struct(F.lit(1).alias("n_chars"), F.lit(2).alias("n_words"))).orderBy(
        F.desc("doc_id")
    )
    for frame in (even, even.repartition(5, "crawl")):
        assert {
            row["survivor_id"]
            for row in frame.withColumn("rank", rank(["longest"])).transform(same(same_text())).collect()
        } == {"d1"}


def test_the_oldest_crawl_comes_first_whatever_else_is_asked(documents):
    crawls = [documents.drop("era").where(f"doc_id IN ({ids})") for ids in ("'d6', 'd2'", "'d5', 'd1'", "'d3', 'd4'")]
    told = with_eras(crawls)
    assert {row["doc_id"]: row["era"] for row in told.collect()} == {
        "d6": -2, "d2": -2, "d5": -1, "d1": -1, "d3": 0, "d4": 0,
    }  # fmt: skip
    assert [row["doc_id"] for row in told.orderBy(rank(["longest"])).collect()] == ["d2", "d6", "d1", "d5", "d3", "d4"]


@pytest.fixture(scope="module")
def eras(spark):
    """Documents (id, cluster, era); ``again`` is there twice."""
    rows = [
        ("old1", "bridged", -2), ("old2", "bridged", -1), ("new1", "bridged", 0), ("new2", "bridged", 0),
        ("new3", "own", 0), ("new4", "own", 0),
        ("again", "again", -1), ("again", "again", 0),
        ("old3", "old", -2), ("old4", "old", -1),
        ("new5", "alone", 0),
    ]  # fmt: skip
    told = spark.createDataFrame(rows, "doc_id string, cluster_id string, era int")
    return told.withColumn("rank", rank([])).cache()


def test_no_document_of_an_earlier_crawl_is_removed(eras):
    assert {tuple(row) for row in eras.transform(removed).collect()} == {
        ("new1", "old1", "bridged"),
        ("new2", "old1", "bridged"),
        ("new4", "new3", "own"),
        ("again", "again", "again"),
    }


def test_a_document_that_an_earlier_crawl_holds_is_known_by_its_id(eras):
    assert [(row["doc_id"], row["era"]) for row in eras.transform(repeated).collect()] == [("again", 0)]
