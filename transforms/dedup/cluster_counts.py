"""``duplicates`` of one dedup step → its clusters: how large they are, and a few members of each."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from transforms.fields import Row


def clusters_of(removed: DataFrame) -> DataFrame:
    """Sum up each cluster; one of a million members is no skew, since only a row of it leaves each partition.

    Args:
        removed: doc_id, survivor_id, cluster_id, similarity.

    Returns:
        cluster_id, survivor_id, n_members (the survivor among them); ``most_alike``, ``least_alike`` (similarity,
        doc_id): the removed documents most and least similar to the survivor; ``first`` (doc_id, similarity): the
        one with the smallest id. Where similarities are null or equal, ids decide.
    """
    likeness = F.struct("similarity", "doc_id")
    return removed.groupBy("cluster_id").agg(
        F.min("survivor_id").alias("survivor_id"),
        (F.count("*") + 1).alias("n_members"),
        F.max(likeness).alias("most_alike"),
        F.min(likeness).alias("least_alike"),
        F.min(F.struct("doc_id", "similarity")).alias("first"),
    )


def size_classes(clusters: DataFrame) -> DataFrame:
    """Count clusters by size.

    Returns:
        label (n: clusters of 2^n members or more, fewer than twice as many), n_clusters, n_members (of all of these).
    """
    label = (F.length(F.bin("n_members")) - 1).alias("label")  # exact, which a logarithm is not
    counted = clusters.groupBy(label).agg(F.count("*").alias("n_clusters"), F.sum("n_members").alias("n_members"))
    return counted.orderBy("label")


def sampled(cluster: Row) -> dict[str, float | None]:
    """Give the one to three removed documents that a row of ``clusters_of`` names, id → similarity, most alike first.

    Args:
        cluster: The row as a dict; structs in it may be rows or dicts.
    """
    named = [cluster[name] for name in ("most_alike", "first", "least_alike")]
    return {row["doc_id"]: row["similarity"] for row in named}
