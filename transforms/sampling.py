"""Samples of documents by a hash of their ids and a seed: the same whatever partitions, order or engine."""

import math
from collections.abc import Callable

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

Transform = Callable[[DataFrame], DataFrame]

_SURELY = 8  # standard deviations


def chance(seed: int) -> Column:
    """Give each ``doc_id`` a number from 0 to below 1; those below a share are that share's sample.

    A smaller share's sample is part of a larger one's.
    """
    return F.shiftrightunsigned(F.xxhash64(F.lit(str(seed)), "doc_id"), 11) * F.lit(2.0**-53)


def drawn_of_each(n: int, seed: int, sizes: DataFrame) -> Transform:
    """Draw up to n documents of each domain, those of the smallest ``chance``.

    Only those that are likely to be drawn are sorted: no task sorts a whole domain.

    Args:
        n: How many; all where there are fewer. At least 1.
        seed: Of ``chance``.
        sizes: domain and n_documents, a row for each domain; broadcast.

    Returns:
        doc_id and domain, of frames with both.
    """
    enough = n + _SURELY * (1 + math.isqrt(n))

    def step(documents: DataFrame) -> DataFrame:
        chances = documents.select("doc_id", "domain", chance(seed).alias("chance"))
        joined = chances.join(F.broadcast(sizes.select("domain", "n_documents")), on="domain", how="inner")
        likely = joined.where(F.col("chance") * F.col("n_documents") < enough)
        place = F.row_number().over(Window.partitionBy("domain").orderBy("chance", "doc_id"))
        return likely.withColumn("place", place).where(F.col("place") <= n).select("doc_id", "domain")

    return step
