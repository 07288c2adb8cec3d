"""What a search for near copies did, in one row of numbers."""

from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from transforms.dedup.candidates import Bounds, Compared


def together(*rows: DataFrame) -> DataFrame:
    """Put frames of one row side by side."""
    return reduce(lambda one, other: one.crossJoin(other), rows)


def set_counts(equal: DataFrame) -> DataFrame:
    """Count what was looked at; gives n_signed and n_sets, of what ``equal_sets`` gave."""
    return equal.agg(F.count("*").alias("n_signed"), _count_if(F.col("doc_id") == F.col("first_id")).alias("n_sets"))


def bucket_counts(members: DataFrame, bounds: Bounds) -> DataFrame:
    """Count shared buckets; gives n_buckets, n_large_buckets and largest_bucket, of what ``shared_buckets`` gave.

    Buckets of one size are counted by their members, so one row for each size is shuffled, not one for each bucket.
    """
    n = (F.count("*") / F.col("n_members")).cast("long").alias("n")  # a whole number, below 2^53
    sizes = members.groupBy("n_members").agg(n)
    large = F.when(F.col("n_members") > bounds.small_bucket, F.col("n"))
    told = {"n_buckets": F.sum("n"), "n_large_buckets": F.sum(large), "largest_bucket": F.max("n_members")}
    return sizes.agg(*_or_0(told))


def pair_counts(compared: Compared, least: float | None) -> DataFrame:
    """Count pairs; gives n_compared, n_near (all where no similarity is asked) and n_unsettled."""
    n_near = F.count("*") if least is None else _count_if(F.col("similarity") >= least)
    pairs = compared.pairs.agg(F.count("*").alias("n_compared"), n_near.alias("n_near"))
    return together(pairs, compared.unsettled.agg(F.count("*").alias("n_unsettled")))


def cluster_counts(removed: DataFrame, giant_cluster: int) -> DataFrame:
    """Count clusters of two documents or more.

    Args:
        removed: Of ``survivors``.
        giant_cluster: A giant one has more documents.

    Returns:
        n_clusters, n_removed, largest_cluster (its documents, the survivor too), n_giant_clusters.
    """
    clusters = removed.groupBy("cluster_id").agg((F.count("*") + 1).alias("n"))
    giants = _count_if(F.col("n") > giant_cluster)
    told = {"n_removed": F.sum(F.col("n") - 1), "largest_cluster": F.max("n"), "n_giant_clusters": giants}
    return clusters.agg(F.count("*").alias("n_clusters"), *_or_0(told))


def _count_if(condition: Column) -> Column:
    return F.count(F.when(condition, True))


def _or_0(told: dict[str, Column]) -> list[Column]:
    return [F.coalesce(column, F.lit(0)).cast("long").alias(name) for name, column in told.items()]
