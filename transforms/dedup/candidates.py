"""Signatures → pairs worth comparing: texts that agree in a whole band share a bucket (Leskovec and others, 3.4).

A bucket of a million texts never makes a million² pairs. Texts with equal sets of shingles are one candidate; in a
small bucket each is compared with each; in a larger one all are compared with its hub, those that are no copies of it
with the next hub, and so on for a bounded number of rounds.
"""

from collections.abc import Callable
from typing import NamedTuple

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from transforms.dedup.clusters import Keep

Near = Callable[[DataFrame], DataFrame]


class Bounds(NamedTuple):
    """How much is compared in a bucket."""

    small_bucket: int
    """In one of so many texts or fewer, each with each."""
    max_hubs: int
    """In a larger one, each with so many."""


def equal_sets(signed: DataFrame) -> DataFrame:
    """Find texts with equal sets of shingles.

    Args:
        signed: Rows of ``signatures`` of one step.

    Returns:
        doc_id, first_id: each text that has shingles, with the smallest id of those with the same set, which may be
        its own.
    """
    with_shingles = signed.where("n_shingles > 0").select("doc_id", "n_shingles", "set_hash")
    firsts = with_shingles.groupBy("set_hash", "n_shingles").agg(F.min("doc_id").alias("first_id"))
    return with_shingles.join(firsts, on=["set_hash", "n_shingles"], how="inner").select("doc_id", "first_id")


def shared_buckets(signed: DataFrame) -> DataFrame:
    """Give the buckets that two texts share, or more.

    Returns:
        bucket, n_members, doc_id: one row for each text in each of these. A bucket is a 64-bit hash that holds its
        band's number.
    """
    members = signed.select("doc_id", F.explode("bands").alias("bucket"))
    sizes = members.groupBy("bucket").agg(F.count("*").alias("n_members")).where("n_members > 1")
    return members.join(sizes, on="bucket", how="inner").select("bucket", "n_members", "doc_id")


def all_pairs(members: DataFrame) -> DataFrame:
    """Pair each with each in every bucket; gives a, b (a < b), each pair once."""
    left = members.select("bucket", F.col("doc_id").alias("a"))
    right = members.select("bucket", F.col("doc_id").alias("b"))
    return left.join(right, on="bucket", how="inner").where("a < b").select("a", "b").distinct()


def with_hubs(members: DataFrame) -> DataFrame:
    """Hold every text of a bucket against its hub, the smallest id; gives bucket, a (the hub), b (another)."""
    hubs = members.groupBy("bucket").agg(F.min("doc_id").alias("a"))
    held = members.join(hubs, on="bucket", how="inner").where("a <> doc_id")
    return held.select("bucket", "a", F.col("doc_id").alias("b"))


def not_settled(near: DataFrame) -> Near:
    """Give, of what ``with_hubs`` gave, the members (bucket, doc_id) whose pair is not in ``near`` (a, b)."""

    def step(asked: DataFrame) -> DataFrame:
        rest = asked.join(near.select("a", "b"), on=["a", "b"], how="left_anti")
        return rest.select("bucket", F.col("b").alias("doc_id"))

    return step


def near_pairs(members: DataFrame, near: Near, bounds: Bounds, keep: Keep) -> tuple[DataFrame, DataFrame]:
    """Compare the texts of every bucket.

    Args:
        members: Of ``shared_buckets``.
        near: Gives those of some pairs (a, b) that are near copies.
        bounds: How much is compared at most.
        keep: Each round is written, so that the next one does not ask again.

    Returns:
        What ``near`` gave, where a pair may stand more than once; and the members (bucket, doc_id) of large buckets
        that were compared with as many hubs as allowed and were near none: other copies of theirs may be missed.
    """
    small = members.where(F.col("n_members") <= bounds.small_bucket)
    found = keep(small.transform(all_pairs).transform(near), "pairs")
    rest = members.where(F.col("n_members") > bounds.small_bucket).select("bucket", "doc_id")
    for number in range(bounds.max_hubs):
        asked = keep(rest.transform(with_hubs), f"asked-{number}")
        if asked.isEmpty():
            break
        settled = keep(asked.select("a", "b").distinct().transform(near), f"hubs-{number}")
        found = found.unionByName(settled)
        rest = keep(asked.transform(not_settled(settled)), f"rest-{number}")
    return found, rest.join(rest.groupBy("bucket").count().where("count > 1"), on="bucket", how="left_semi")
