"""Signatures → pairs worth comparing: texts that agree in a whole band share a bucket (Leskovec and others, 3.4).

A bucket of a million texts never makes a million² pairs. Texts with equal sets of shingles are one candidate; in a
small bucket each is compared with each; in a larger one all are compared with its hub, those that are no copies of it
with the next hub, and so on for a bounded number of rounds.
"""

from collections.abc import Callable
from functools import reduce
from typing import NamedTuple

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from transforms.dedup.clusters import Keep

Step = Callable[[DataFrame], DataFrame]


class Bounds(NamedTuple):
    """How much is compared in a bucket."""

    small_bucket: int
    """In one of so many texts or fewer, each with each."""
    max_hubs: int
    """In a larger one, each with so many."""


class Compared(NamedTuple):
    """What came of comparing."""

    pairs: DataFrame
    """a, b (a < b), similarity: every pair that was compared, once."""
    unsettled: DataFrame
    """bucket, doc_id: members of large buckets that were compared with as many hubs as allowed and were near none:
    other copies of theirs may be missed."""


def equal_sets(signed: DataFrame) -> DataFrame:
    """Find texts with equal sets of shingles.

    Args:
        signed: Rows of ``signatures`` of one step, with ``era`` (``survivors.with_eras``).

    Returns:
        doc_id, first_id: each text that has shingles, with the smallest id of those with the same set, which may be
        its own; of several eras the oldest.
    """
    with_shingles = signed.where("n_shingles > 0").select("doc_id", "n_shingles", "set_hash", "era")
    first = F.min(F.struct("era", "doc_id"))["doc_id"].alias("first_id")
    firsts = with_shingles.groupBy("set_hash", "n_shingles").agg(first)
    return with_shingles.join(firsts, on=["set_hash", "n_shingles"], how="inner").select("doc_id", "first_id")


def shared_buckets(signed: DataFrame) -> DataFrame:
    """Give the buckets that two texts share, or more, one of them of era 0.

    Returns:
        bucket, n_members, doc_id, era: one row for each text in each of these. A bucket is a 64-bit hash that holds its
        band's number.
    """
    members = signed.select("doc_id", "era", F.explode("bands").alias("bucket"))
    sizes = members.groupBy("bucket").agg(F.count("*").alias("n_members"), F.max("era").alias("last"))
    shared = sizes.where("n_members > 1 AND last = 0")
    return members.join(shared, on="bucket", how="inner").select("bucket", "n_members", "doc_id", "era")


def all_pairs(members: DataFrame) -> DataFrame:
    """Pair each with each in every bucket, but not two of earlier eras; gives a, b (a < b), each pair once."""
    left = members.select("bucket", F.col("doc_id").alias("a"), F.col("era").alias("era_a"))
    right = members.select("bucket", F.col("doc_id").alias("b"), F.col("era").alias("era_b"))
    asked = left.join(right, on="bucket", how="inner").where("a < b AND greatest(era_a, era_b) = 0")
    return asked.select("a", "b").distinct()


def with_hubs(members: DataFrame) -> DataFrame:
    """Hold every text of a bucket against its hub, the smallest id; of buckets without a text of era 0, none.

    Returns:
        bucket, a (the hub), b (another), era (of b), is_asked (false where both are of earlier eras).
    """
    hubs = members.groupBy("bucket").agg(F.min(F.struct("doc_id", "era")).alias("hub"), F.max("era").alias("last"))
    hubs = hubs.where("last = 0").select("bucket", F.col("hub.doc_id").alias("a"), F.col("hub.era").alias("era_a"))
    held = members.join(hubs, on="bucket", how="inner").where("a <> doc_id")
    is_asked = F.greatest("era", "era_a") == 0
    return held.select("bucket", "a", F.col("doc_id").alias("b"), "era", is_asked.alias("is_asked"))


def not_settled(near: DataFrame) -> Step:
    """Give, of what ``with_hubs`` gave, the members (bucket, doc_id, era) whose pair is not in ``near`` (a, b)."""

    def step(asked: DataFrame) -> DataFrame:
        rest = asked.join(near.select("a", "b"), on=["a", "b"], how="left_anti")
        return rest.select("bucket", F.col("b").alias("doc_id"), "era")

    return step


def compared_pairs(members: DataFrame, compare: Step, near: Step, bounds: Bounds, keep: Keep) -> Compared:
    """Compare the texts of every bucket.

    Args:
        members: Of ``shared_buckets``.
        compare: Appends ``similarity`` to pairs (a, b).
        near: Gives those of them that are near copies, which settles a member of a large bucket.
        bounds: How much is compared at most.
        keep: Each round is written, so that the next one does not ask again.
    """
    small = members.where(F.col("n_members") <= bounds.small_bucket)
    pairs = keep(small.transform(all_pairs).transform(compare), "pairs")
    rest = members.where(F.col("n_members") > bounds.small_bucket).select("bucket", "doc_id", "era")
    rounds: list[DataFrame] = []
    for number in range(bounds.max_hubs):
        asked = keep(rest.transform(with_hubs), f"asked-{number}")
        if asked.isEmpty():
            break
        asked_pairs = asked.where("is_asked").select("a", "b").distinct()
        rounds.append(keep(asked_pairs.transform(compare), f"hubs-{number}"))
        rest = keep(asked.transform(not_settled(rounds[-1].transform(near))), f"rest-{number}")
    crowded = rest.groupBy("bucket").count().where("count > 1")
    unsettled = rest.where("era = 0").drop("era").join(crowded, on="bucket", how="left_semi")
    if rounds:  # a pair may share a small bucket and a large one, or two large ones
        pairs = keep(reduce(lambda one, other: one.unionByName(other), rounds, pairs).distinct(), "compared")
    return Compared(pairs, unsettled)
