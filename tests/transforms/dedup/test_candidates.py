"""Buckets → pairs: all that may be near copies, and never a bucket's square."""

import itertools

import pytest
from pyspark.sql import functions as F

from transforms.dedup.candidates import Bounds, all_pairs, compared_pairs, equal_sets, shared_buckets, with_hubs

pytestmark = pytest.mark.spark

SIGNED = "doc_id string, n_shingles long, set_hash long, bands array<long>"
MEMBERS = "bucket long, n_members long, doc_id string"


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
    told = spark.createDataFrame(rows, SIGNED).withColumn("era", F.lit(0)).transform(equal_sets).collect()
    assert {row["doc_id"]: row["first_id"] for row in told} == {"a": "a", "c": "a", "b": "b"}


def test_only_shared_buckets_are_left(spark):
    rows = [("a", 1, 1, [1, 2]), ("b", 1, 2, [1, 3]), ("c", 1, 3, [4, 3]), ("d", 1, 4, [5, 6]), ("e", 0, 0, [])]
    told = spark.createDataFrame(rows, SIGNED).withColumn("era", F.lit(0)).transform(shared_buckets).collect()
    assert sorted((row["bucket"], row["doc_id"], row["n_members"]) for row in told) == [
        (1, "a", 2),
        (1, "b", 2),
        (3, "b", 2),
        (3, "c", 2),
    ]


def test_in_a_small_bucket_each_is_paired_with_each_once(spark):
    members = spark.createDataFrame([(k, 3, name) for k in (1, 2) for name in "cab"], MEMBERS).withColumn(
        "era", F.lit(0)
    )
    assert pairs(members.transform(all_pairs)) == [("a", "b"), ("a", "c"), ("b", "c")]
    assert {(row["a"], row["b"]) for row in members.transform(with_hubs).collect()} == {("a", "b"), ("a", "c")}


def compare(asked):
    """Texts of one letter are near copies."""
    is_near = F.substring("a", 1, 1) == F.substring("b", 1, 1)
    return asked.withColumn("similarity", F.when(is_near, 0.9).otherwise(0.1))


def near(compared):
    return compared.where("similarity > 0.5")


def in_one_bucket(spark, names):
    return spark.createDataFrame([(1, len(names), name) for name in names], MEMBERS).withColumn("era", F.lit(0))


def test_who_is_no_copy_of_its_hub_is_held_against_the_next_one(spark, keep):
    names = [f"{letter}{n}" for letter in "abc" for n in range(5)]
    found, rest = compared_pairs(in_one_bucket(spark, names), compare, near, Bounds(small_bucket=4, max_hubs=8), keep)
    assert pairs(near(found)) == sorted((f"{letter}0", f"{letter}{n}") for letter in "abc" for n in range(1, 5))
    others = [("a0", name) for name in names[5:]] + [("b0", name) for name in names[10:]]
    assert pairs(found.where("similarity = 0.1")) == sorted(others)
    assert rest.isEmpty()


def test_rounds_are_bounded_and_what_is_left_is_told(spark, keep):
    names = [f"{letter}{n}" for letter in "abc" for n in range(5)]
    found, rest = compared_pairs(in_one_bucket(spark, names), compare, near, Bounds(small_bucket=4, max_hubs=2), keep)
    assert {a for a, _ in pairs(found)} == {"a0", "b0"}
    assert sorted(row["doc_id"] for row in rest.collect()) == [f"c{n}" for n in range(5)]


def test_small_and_large_buckets_find_what_comparing_all_with_all_finds(spark, keep):
    names = [f"{letter}{n}" for letter in "abcd" for n in range(4)]
    buckets = {k: names[k : k + size] for k, size in enumerate((2, 3, 9, 12, 16))}
    rows = [(k, len(inside), name) for k, inside in buckets.items() for name in inside]
    members = spark.createDataFrame(rows, MEMBERS).withColumn("era", F.lit(0))
    found, _ = compared_pairs(members, compare, near, Bounds(small_bucket=3, max_hubs=8), keep)
    asked = {pair for inside in buckets.values() for pair in itertools.combinations(sorted(inside), 2)}
    expected = {(a, b) for a, b in asked if a[0] == b[0]}
    assert set(pairs(found)) <= asked
    assert len(set(pairs(found))) == len(pairs(found)), "each pair once, though it shares several buckets"
    assert _components(pairs(near(found))) == _components(expected)


def _components(edges):
    groups = []
    for a, b in edges:
        touched = [group for group in groups if a in group or b in group]
        groups = [group for group in groups if group not in touched] + [set().union({a, b}, *touched)]
    return sorted(map(sorted, groups))


def test_a_bucket_of_ten_thousand_makes_no_more_pairs_than_members(spark, keep):
    members = spark.range(10_000).selectExpr(
        "1L AS bucket", "10000L AS n_members", "lpad(id, 8, '0') AS doc_id", "0 AS era"
    )
    asked = []

    def counted(frame):
        asked.append(frame.count())
        return frame.withColumn("similarity", F.when(F.col("b") < "00005000", 0.9).otherwise(0.1))

    found, rest = compared_pairs(members, counted, near, Bounds(small_bucket=8, max_hubs=2), keep)
    assert asked == [0, 9_999, 4_999]
    assert (found.count(), near(found).count(), rest.count()) == (14_998, 4_999, 4_999)


def of_eras(frame, *old):
    """Say which texts are of an earlier crawl."""
    return frame.withColumn("era", F.when(F.col("doc_id").isin(*old), F.lit(-1)).otherwise(F.lit(0)))


def test_of_equal_sets_the_oldest_is_known_and_its_buckets_are_left_out_where_none_is_new(spark):
    rows = [("b", 3, 7, [1, 2]), ("a", 3, 7, [1, 2]), ("c", 1, 8, [1, 3]), ("d", 1, 9, [2, 4]), ("e", 1, 5, [3])]
    signed = of_eras(spark.createDataFrame(rows, SIGNED), "b", "c")
    told = signed.transform(equal_sets).collect()
    assert {row["doc_id"]: row["first_id"] for row in told} == {"a": "b", "b": "b", "c": "c", "d": "d", "e": "e"}
    shared = signed.where("doc_id <> 'a'").transform(shared_buckets).collect()
    assert sorted((row["bucket"], row["doc_id"], row["era"]) for row in shared) == [
        (2, "b", -1),
        (2, "d", 0),
        (3, "c", -1),
        (3, "e", 0),
    ]


def test_two_texts_of_earlier_crawls_are_never_compared(spark, keep):
    names = [f"{letter}{n}" for letter in "abc" for n in range(5)]
    old = {name for name in names if name[1] in "013"}
    members = spark.createDataFrame([(1, 15, name) for name in names], MEMBERS).transform(of_eras, *old)
    asked = set()

    def watched(frame):
        asked.update(pairs(frame))
        return compare(frame)

    assert set(pairs(members.transform(all_pairs))) == {
        (a, b) for a, b in itertools.combinations(names, 2) if not {a, b} <= old
    }
    found, rest = compared_pairs(members, watched, near, Bounds(small_bucket=4, max_hubs=15), keep)
    assert not any({a, b} <= old for a, b in asked)
    new = {name for name in names if name not in old}
    assert {b for _, b in pairs(near(found))} >= new
    assert rest.isEmpty()
    _, rest = compared_pairs(members, watched, near, Bounds(small_bucket=4, max_hubs=1), keep)
    assert {row["doc_id"] for row in rest.collect()} == {name for name in new if name[0] != "a"}
