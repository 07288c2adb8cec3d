"""Clusters of duplicates, counted by size, with a few members of each."""

import pytest

from transforms.dedup.cluster_counts import clusters_of, sampled, size_classes

pytestmark = pytest.mark.spark

SCHEMA = "doc_id string, survivor_id string, cluster_id string, similarity double"


def test_a_cluster_counts_its_survivor_and_names_its_most_and_least_like(spark):
    rows = [("d", "s", "c", 0.9), ("b", "s", "c", 0.7), ("a", "s", "c", 0.8), ("y", "x", "k", None)]
    told = {row["cluster_id"]: row for row in spark.createDataFrame(rows, SCHEMA).transform(clusters_of).collect()}
    assert [(told[c]["survivor_id"], told[c]["n_members"]) for c in ("c", "k")] == [("s", 4), ("x", 2)]
    assert list(sampled(told["c"]).items()) == [("d", 0.9), ("a", 0.8), ("b", 0.7)]
    assert sampled(told["k"]) == {"y": None}


def test_sizes_are_classes_of_powers_of_two(spark):
    sizes = [2, 3, 4, 7, 8, 8, 2**31 - 1, 2**31]
    counted = spark.createDataFrame([(n,) for n in sizes], "n_members long").transform(size_classes).collect()
    told = [(row["label"], row["n_clusters"], row["n_members"]) for row in counted]
    assert told == [(1, 2, 5), (2, 2, 11), (3, 2, 16), (30, 1, 2**31 - 1), (31, 1, 2**31)]


def test_without_duplicates_there_is_no_cluster(spark):
    clusters = spark.createDataFrame([], SCHEMA).transform(clusters_of)
    assert clusters.collect() == clusters.transform(size_classes).collect() == []
