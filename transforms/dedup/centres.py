"""Clusters of vectors by Spark ML's k-means, learned from a sample of them.

The sample is one partition, in a fixed order: Spark ML draws its first centres and adds up vectors partition by
partition, so that another partitioning would give other clusters.
"""

from collections.abc import Callable

from pyspark.ml.clustering import KMeans
from pyspark.ml.functions import array_to_vector
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

Transform = Callable[[DataFrame], DataFrame]

_ROUNDS = 10  # clusters only part the work: better ones find little more


def clustered(sample: DataFrame, n_clusters: int, seed: int) -> Transform:
    """Give what puts vectors into clusters; learning them is done at once.

    Args:
        sample: Rows of ``semantic.VECTORS``, one or more, few enough for one task's memory.
        n_clusters: How many, at most; as many as the sample has different vectors, if these are fewer.
        seed: Of the first centres.

    Returns:
        What gives doc_id and cluster (int) of rows of ``VECTORS``.
    """
    if n_clusters == 1:
        return lambda vectors: vectors.select("doc_id", F.lit(0).alias("cluster"))
    # Not the arrays themselves: k-means takes none that may hold a null, as all that is read from Parquet may.
    vector = array_to_vector(F.col("values")).alias("vector")
    in_order = sample.repartition(1).sortWithinPartitions("doc_id").select(vector)
    asked = KMeans(featuresCol="vector", predictionCol="cluster", distanceMeasure="cosine", maxIter=_ROUNDS)
    model = asked.setK(n_clusters).setSeed(seed).fit(in_order)
    return lambda vectors: model.transform(vectors.select("doc_id", vector)).select("doc_id", "cluster")
