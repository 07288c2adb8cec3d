"""Equal texts: one of them survives, the others are duplicates of it."""

from collections.abc import Callable, Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

# Ascending: the smallest value survives. A missing time counts as the latest.
_ORDERS: dict[str, Callable[[], Column]] = {
    "longest": lambda: -F.col("words.n_chars"),
    "oldest": lambda: F.coalesce(F.col("fetched_at"), F.to_timestamp(F.lit("9999-12-31"))),
}


def exact_duplicates(survivor: Sequence[str]) -> Callable[[DataFrame], DataFrame]:
    """Find documents with equal ``fingerprint.exact_hash``.

    Args:
        survivor: Who stays, most important first (``longest``, ``oldest``); ``doc_id`` settles
            what is even, so the result does not depend on order or partitions.

    Returns:
        doc_id, survivor_id, cluster_id (the shared hash): one row per removed document. Two
        aggregations over hashes and ids; a hash shared by a million documents is no skew, since
        only its smallest candidate leaves each partition.
    """
    rank = F.struct(*(_ORDERS[name]().alias(name) for name in survivor), F.col("doc_id"))

    def step(df: DataFrame) -> DataFrame:
        ranked = df.select("doc_id", F.col("fingerprint.exact_hash").alias("cluster_id"), rank.alias("rank"))
        best = ranked.groupBy("cluster_id").agg(F.min("rank").alias("best"), F.count("*").alias("n"))
        shared = best.where("n > 1").select("cluster_id", F.col("best.doc_id").alias("survivor_id"))
        members = ranked.select("doc_id", "cluster_id").join(shared, on="cluster_id", how="inner")
        return members.where("doc_id <> survivor_id").select("doc_id", "survivor_id", "cluster_id")

    return step
