"""Which document of a cluster survives, and which it removes."""

from collections.abc import Callable, Collection, Sequence
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from schemas.steps import SCORE_ORDER
from transforms.scores import score_column

# Ascending: the smallest value survives. A missing time counts as the latest.
_ORDERS: dict[str, Callable[[], Column]] = {
    "longest": lambda: -F.col("words.n_chars"),
    "oldest": lambda: F.coalesce(F.col("fetched_at"), F.to_timestamp(F.lit("9999-12-31"))),
    "newest": lambda: F.coalesce(-F.unix_micros("fetched_at"), F.lit(0)),
}


def with_eras(crawls: Sequence[DataFrame]) -> DataFrame:
    """Put the documents of several crawls together, the oldest first.

    Returns:
        Their rows with ``era``: 0 for the last crawl, whose documents may be removed, -1 for the one before it, and so
        on. A document of an earlier crawl is one that survived there, and stays.
    """
    last = len(crawls) - 1
    eras = [crawl.withColumn("era", F.lit(at - last)) for at, crawl in enumerate(crawls)]
    return reduce(lambda all_of, one: all_of.unionByName(one), eras)


def rank(survivor: Sequence[str], lowest_best: Collection[str] = ()) -> Column:
    """Give the order of survivors: of two documents the one with the smaller struct stays.

    Args:
        survivor: What is asked, most important first: ``longest`` (``words.n_chars``), ``oldest`` and ``newest``
            (``fetched_at``), or ``score:<model>``, the best score in the model's ``score_column``.
        lowest_best: Models whose lowest score is the best one.

    Returns:
        A struct whose first field is ``era``, the oldest first, and whose last one is ``doc_id``, which settles what is
        even: no two documents of a crawl have the same. A missing time comes last, and so does a score that is null or
        NaN.
    """
    return F.struct("era", *(_order(name, lowest_best).alias(name) for name in survivor), F.col("doc_id"))


def _order(name: str, lowest_best: Collection[str]) -> Column:
    if not name.startswith(SCORE_ORDER):
        return _ORDERS[name]()
    model = name.removeprefix(SCORE_ORDER)
    score = F.col(score_column(model))
    # Spark sorts NaN behind all numbers, but null before them.
    return F.coalesce(score if model in lowest_best else -score, F.lit(float("nan")))


def survivors(members: DataFrame, ranked: DataFrame) -> DataFrame:
    """Choose the survivor of each component.

    Args:
        members: ``id`` and ``component``, as ``clusters.components`` gives them.
        ranked: ``doc_id`` and ``rank`` of the documents to choose from; other members are left out.

    Returns:
        As ``removed``, with the component as cluster_id.
    """
    named = members.select(F.col("id").alias("doc_id"), F.col("component").alias("cluster_id"))
    return named.join(ranked.select("doc_id", "rank"), on="doc_id", how="inner").transform(removed)


def removed(ranked: DataFrame) -> DataFrame:
    """Keep the first document of each cluster.

    Args:
        ranked: ``doc_id``, ``cluster_id`` and ``rank``; each document in one cluster. An id may be there once for each
            era.

    Returns:
        doc_id, survivor_id, cluster_id: one row per removed document of era 0. Where documents of earlier eras meet in
        a cluster, all of them stay, and the first is named. A cluster of a million documents is no skew for the
        aggregation, since only its smallest candidate leaves each partition.
    """
    best = ranked.groupBy("cluster_id").agg(F.min("rank").alias("best"), F.count("*").alias("n"))
    survivor = [F.col("best.doc_id").alias("survivor_id"), F.col("best.era").alias("survivor_era")]
    shared = best.where("n > 1").select("cluster_id", *survivor)
    members = ranked.where("rank.era = 0").select("doc_id", "cluster_id").join(shared, on="cluster_id", how="inner")
    gone = members.where("doc_id <> survivor_id OR survivor_era < 0")
    return gone.select("doc_id", "survivor_id", "cluster_id")


def repeated(ranked: DataFrame) -> DataFrame:
    """Give the documents of era 0, with ``doc_id`` and ``rank``, that an earlier era holds under the same id."""
    ids = ranked.where("rank.era < 0").select("doc_id")
    return ranked.where("rank.era = 0").join(ids, on="doc_id", how="left_semi")
