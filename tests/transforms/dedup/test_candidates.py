"""Buckets → pairs: all that may be near copies, and never a bucket's square."""

import itertools

import pytest
from pyspark.sql import functions as F

from transforms.dedup.candidates import Bounds, all_pairs, equal_sets, near_pairs, shared_buckets, with_hubs

pytestmark = pytest.mark.spark

SIGNED = "doc_id string, n_shingles long, set_hash long, bands array<long>"


@pytest.fixture
def keep(tmp_path):
    def kept(frame, name):
        frame.write.mode("overwrite").parquet(str(tmp_path / name))
        return frame.sparkSession.read.schema(frame.schema).parquet(str(tmp_path / name))

    return kept


def pairs(frame):
    return sorted((row["a"], row["b"]) for row in frame.select("a", "b").collect())


def test_equal_sets_are_known_by_their_smallest_id_and_empty_ones_are_nobodys(spark):
    rows = [("c", 3, 7, [1]), ("a", 3, 7, [1]), ("b", 4, 7, [1]), ("x", 0, 5, []), ("y", 0, 5, [])]
    told = spark.createDataFrame(rows, SIGNED).transform(equal_sets).collect()
    assert {row["doc_id"]: row["first_id"] for row in told} == {"a": "a", "c": "a", "b": "b"}


def test_only_shared_buckets_are_left(spark):
    rows = [("a", 1, 1, [1, 2]), ("b", 1, 2, [1, 3]), ("c", 1, 3, [4, 3]), ("d", 1, 4, [5, 6]), ("e", 0, 0, [])]
    told = spark.createDataFrame(rows, SIGNED).transform(shared_buckets).collect()
    assert sorted((row["bucket"], row["doc_id"], row["n_members"]) for row in told) == [
        (1, "a", 2),
        (1, "b", 2),
        (3, "b", 2),
        (3, "c", 2),
    ]


def test_in_a_small_bucket_each_is_paired_with_each_once(spark):
    members = spark.createDataFrame([(k, name) for k in (1, 2) for name in "cab"], "bucket long, doc_id string")
    assert pairs(members.transform(all_pairs)) == [("a", "b"), ("a", "c"), ("b", "c")]
    assert {(row["a"], row["b"]) for row in members.transform(with_hubs).collect()} == {("a", "b"), ("a", "c")}


def family_of(name):
    """Texts of one letter are near copies."""
    return F.substring(name, 1, 1)


def near(asked):
    return asked.where(family_of("a") == family_of("b")).withColumn("similarity", F.lit(1.0))


def test_who_is_no_copy_of_its_hub_is_held_against_the_next_one(spark, keep):
    names = [f"{letter}{n}" for letter in "abc" for n in range(5)]
    members = spark.createDataFrame([(1, 15, name) for name in names], "bucket long, n_members long, doc_id string")
    found, rest = near_pairs(members, near, Bounds(small_bucket=4, max_hubs=8), keep)
    assert pairs(found) == sorted((f"{letter}0", f"{letter}{n}") for letter in "abc" for n in range(1, 5))
    assert rest.isEmpty()


def test_rounds_are_bounded_and_what_is_left_is_told(spark, keep):
    names = [f"{letter}{n}" for letter in "abc" for n in range(5)]
    members = spark.createDataFrame([(1, 15, name) for name in names], "bucket long, n_members long, doc_id string")
    found, rest = near_pairs(members, near, Bounds(small_bucket=4, max_hubs=2), keep)
    assert {a for a, _ in pairs(found)} == {"a0", "b0"}
    assert sorted(row["doc_id"] for row in rest.collect()) == [f"c{n}" for n in range(5)]


def test_small_and_large_buckets_find_what_comparing_all_with_all_finds(spark, keep):
    names = [f"{letter}{n}" for letter in "abcd" for n in range(4)]
    buckets = {k: names[k : k + size] for k, size in enumerate((2, 3, 9, 12, 16))}
    rows = [(k, len(inside), name) for k, inside in buckets.items() for name in inside]
    members = spark.createDataFrame(rows, "bucket long, n_members long, doc_id string")
    found, _ = near_pairs(members, near, Bounds(small_bucket=3, max_hubs=8), keep)
    asked = {pair for inside in buckets.values() for pair in itertools.combinations(sorted(inside), 2)}
    expected = {(a, b) for a, b in asked if a[0] == b[0]}
    assert set(pairs(found)) <= expected
    assert _components(pairs(found)) == _components(expected)


def _components(edges):
    groups = []
    for a, b in edges:
        touched = [group for group in groups if a in group or b in group]
        groups = [group for group in groups if group not in touched] + [set().union({a, b}, *touched)]
    return sorted(map(sorted, groups))


def test_a_bucket_of_ten_thousand_makes_no_more_pairs_than_members(spark, keep):
    members = spark.range(10_000).selectExpr("1L AS bucket", "10000L AS n_members", "lpad(id, 8, '0') AS doc_id")
    asked = []

    def counted(frame):
        asked.append(frame.count())
        return frame.where("b < '00005000'").withColumn("similarity", F.lit(1.0))

    found, rest = near_pairs(members, counted, Bounds(small_bucket=8, max_hubs=2), keep)
    assert asked == [0, 9_999, 4_999]
    assert (found.count(), rest.count()) == (4_999, 4_999)
