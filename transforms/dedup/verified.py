"""Pairs → how alike they are, from hashed shingles: no text takes part."""

from collections.abc import Callable

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

Compare = Callable[[Column, Column], Column]


def jaccard(a: Column, b: Column) -> Column:
    """Give |A ∩ B| / |A ∪ B| of two arrays that hold nothing twice; null if both are empty."""
    shared = F.size(F.array_intersect(a, b))
    return F.try_divide(shared.cast("double"), (F.size(a) + F.size(b) - shared).cast("double"))


def agreement(a: Column, b: Column) -> Column:
    """Give the share of places at which two signatures of one length agree: an estimate of their sets' Jaccard."""
    equal = F.filter(F.zip_with(a, b, lambda x, y: x == y), lambda is_equal: is_equal)
    return F.try_divide(F.size(equal).cast("double"), F.size(a).cast("double"))


def with_similarity(sets: DataFrame, compare: Compare = jaccard) -> Callable[[DataFrame], DataFrame]:
    """Compare pairs.

    Args:
        sets: doc_id, values (array of longs).
        compare: ``jaccard`` of sets, or ``agreement`` of signatures.

    Returns:
        a, b, similarity (double in [0, 1]), of a frame with a and b whose texts are all in ``sets``.
    """

    def step(pairs: DataFrame) -> DataFrame:
        left = sets.select(F.col("doc_id").alias("a"), F.col("values").alias("left"))
        right = sets.select(F.col("doc_id").alias("b"), F.col("values").alias("right"))
        joined = pairs.select("a", "b").join(left, on="a", how="inner").join(right, on="b", how="inner")
        return joined.select("a", "b", compare(F.col("left"), F.col("right")).alias("similarity"))

    return step


def at_least(similarity: float | None) -> Callable[[DataFrame], DataFrame]:
    """Give the pairs that are so similar or more; all of them where nothing is asked."""

    def step(pairs: DataFrame) -> DataFrame:
        return pairs if similarity is None else pairs.where(F.col("similarity") >= similarity)

    return step
