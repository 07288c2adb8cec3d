"""A search in numbers: each is what counting by hand gives."""

import pytest

from transforms.dedup.candidates import Bounds, Compared
from transforms.dedup.search_counts import bucket_counts, cluster_counts, pair_counts, set_counts, together

pytestmark = pytest.mark.spark

PAIRS = "a string, b string, similarity double"
MEMBERS = "bucket long, n_members long, doc_id string"
REMOVED = "doc_id string, survivor_id string, cluster_id string"


def one(frame):
    [row] = frame.collect()
    return row.asDict()


def members(spark, *sizes):
    rows = [(k, size, f"d{n}") for k, size in enumerate(sizes) for n in range(size)]
    return spark.createDataFrame(rows, MEMBERS)


def test_texts_and_their_different_sets_are_counted(spark):
    equal = spark.createDataFrame([("a", "a"), ("b", "a"), ("c", "c"), ("d", "a")], "doc_id string, first_id string")
    assert one(set_counts(equal)) == {"n_signed": 4, "n_sets": 2}


def test_buckets_are_counted_by_their_members(spark):
    told = one(bucket_counts(members(spark, 2, 2, 2, 3, 4, 5, 5, 7).repartition(3), Bounds(small_bucket=4, max_hubs=1)))
    assert told == {"n_buckets": 8, "n_large_buckets": 3, "largest_bucket": 7}


@pytest.mark.parametrize(("least", "n_near"), [(0.6, 2), (0.95, 0), (None, 4)])
def test_pairs_are_counted_and_those_at_the_threshold_are_near(spark, least, n_near):
    rows = [("a", "b", 0.6), ("a", "c", 0.59), ("b", "c", 0.9), ("d", "e", None)]
    compared = Compared(spark.createDataFrame(rows, PAIRS), members(spark, 3).select("bucket", "doc_id"))
    assert one(pair_counts(compared, least)) == {"n_compared": 4, "n_near": n_near, "n_unsettled": 3}


def test_clusters_are_counted_with_their_survivors(spark):
    rows = [
        (f"{cluster}{n}", f"{cluster}s", cluster)
        for cluster, size in (("x", 1), ("y", 3), ("z", 4))
        for n in range(size)
    ]
    removed = spark.createDataFrame(rows, REMOVED)
    told = {"n_clusters": 3, "n_removed": 8, "largest_cluster": 5}
    assert one(cluster_counts(removed, 4)) == told | {"n_giant_clusters": 1}
    assert one(cluster_counts(removed, 3)) == told | {"n_giant_clusters": 2}


def test_a_search_that_finds_nothing_has_zeros_and_one_row(spark):
    nothing = [
        spark.createDataFrame([], schema) for schema in ("doc_id string, first_id string", MEMBERS, PAIRS, REMOVED)
    ]
    equal, buckets, pairs, removed = nothing
    bounds = Bounds(16, 8)
    counts = (set_counts(equal), bucket_counts(buckets, bounds), pair_counts(Compared(pairs, buckets), 0.8))
    told = one(together(*counts, cluster_counts(removed, 10)))
    assert set(told.values()) == {0}
    assert len(told) == 12
