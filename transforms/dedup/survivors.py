"""Which document of a cluster survives, and which it removes."""

from collections.abc import Callable, Collection, Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from schemas.steps import SCORE_ORDER
from transforms.scores import score_column

# Ascending: the smallest value survives. A missing time counts as the latest.
_ORDERS: dict[str, Callable[[], Column]] = {
    "longest": lambda: -F.col("words.n_chars"),
    "oldest": lambda: F.coalesce(F.col("fetched_at"), F.to_timestamp(F.lit("9999-12-31"))),
    "newest": lambda: F.coalesce(-F.unix_micros("fetched_at"), F.lit(0)),
    "oldest_crawl": lambda: F.col("crawl"),  # CC-MAIN-<year>-<week>: the order of names is that of time
}


def rank(survivor: Sequence[str], lowest_best: Collection[str] = ()) -> Column:
    """Give the order of survivors: of two documents the one with the smaller struct stays.

    Args:
        survivor: What is asked, most important first: ``longest`` (``words.n_chars``), ``oldest`` and ``newest``
            (``fetched_at``), ``oldest_crawl`` (``crawl``), or ``score:<model>``, the best score in the model's
            ``score_column``.
        lowest_best: Models whose lowest score is the best one.

    Returns:
        A struct whose last field is ``doc_id``, which settles what is even: no two documents have the same. A missing
        time comes last, and so does a score that is null or NaN.
    """
    return F.struct(*(_order(name, lowest_best).alias(name) for name in survivor), F.col("doc_id"))


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
        ranked: ``doc_id``, ``cluster_id`` and ``rank``; each document in one cluster.

    Returns:
        doc_id, survivor_id, cluster_id: one row per removed document. A cluster of a million documents is no skew for
        the aggregation, since only its smallest candidate leaves each partition.
    """
    best = ranked.groupBy("cluster_id").agg(F.min("rank").alias("best"), F.count("*").alias("n"))
    shared = best.where("n > 1").select("cluster_id", F.col("best.doc_id").alias("survivor_id"))
    members = ranked.select("doc_id", "cluster_id").join(shared, on="cluster_id", how="inner")
    return members.where("doc_id <> survivor_id").select("doc_id", "survivor_id", "cluster_id")
