"""Documents of a snapshot → which copy of which comes in which phase of training, and in what order.

A source's documents stand in the order of a seeded hash of their ids. Each begins where those before it end, told off
in tokens, and again for each further copy; it belongs to the phase in whose stretch of the source it begins. So a phase
gets of a source what it asks but for one document's tokens, and no order, partition or core changes which.
"""

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, SparkSession, Window
from pyspark.sql import functions as F

from transforms.local_rows import local_rows
from transforms.phases import Part

# Of a source's order, in stretches: none of them is large, and the sums over them are few.
_STRETCH_BITS = 12
_PARTS = "source string, phase string, phase_number int, part_begins long, part_ends long"


def placed(documents: DataFrame, seed: int) -> DataFrame:
    """Add ``begins``: how many tokens of its source stand before each document in the seeded order.

    Prefix sums on two levels, of stretches and within them: no window holds a source. Documents without tokens go.

    Args:
        documents: doc_id, source, n_tokens (long) and whatever else; written before, since they are read twice.
        seed: Of the order.
    """
    hashed = documents.where("n_tokens > 0").withColumn("place_hash", _hash(seed, "doc_id"))
    stretched = hashed.withColumn("stretch", F.shiftrightunsigned("place_hash", 64 - _STRETCH_BITS))
    before = Window.partitionBy("source").orderBy("stretch").rowsBetween(Window.unboundedPreceding, -1)
    sums = stretched.groupBy("source", "stretch").agg(F.sum("n_tokens").alias("n"))
    bases = sums.withColumn("base", F.coalesce(F.sum("n").over(before), F.lit(0))).drop("n")
    inside = Window.partitionBy("source", "stretch").orderBy("place_hash", "doc_id")
    within = F.coalesce(F.sum("n_tokens").over(inside.rowsBetween(Window.unboundedPreceding, -1)), F.lit(0))
    told = stretched.withColumn("within", within).join(F.broadcast(bases), ["source", "stretch"])
    return told.withColumn("begins", F.col("base") + F.col("within")).drop("base", "within", "stretch", "place_hash")


def unique_tokens(documents: DataFrame) -> DataFrame:
    """Sum up each source's documents and tokens: source, n_documents, n_tokens."""
    return documents.groupBy("source").agg(F.count("*").alias("n_documents"), F.sum("n_tokens").alias("n_tokens"))


def mixed(documents: DataFrame, parts: Sequence[Part], unique: DataFrame, seed: int) -> DataFrame:
    """Give a row for each copy of each document that a phase takes.

    Args:
        documents: Of ``placed``.
        parts: What phases ask, of ``phases.parts_of``.
        unique: Of ``unique_tokens``; a row a source.
        seed: Of the order in a phase.

    Returns:
        What ``documents`` has, less ``begins``; copy (from 0), phase, phase_number, place (of its first token on the
        source's cursor) and order_key: a phase is read in its order, and ties by doc_id and copy.
    """
    asked = unique.select("source", F.col("n_tokens").alias("n_unique"))
    taken = documents.join(F.broadcast(asked.join(F.broadcast(_ends(unique, parts)), "source")), "source")
    last = F.floor((F.col("n_asked") - 1 - F.col("begins")) / F.col("n_unique")).cast("int")
    copies = taken.where("begins < n_asked").withColumn("copy", F.explode(F.sequence(F.lit(0), last)))
    cursor = copies.withColumn("place", F.col("begins") + F.col("copy") * F.col("n_unique"))
    is_within = (F.col("place") >= F.col("part_begins")) & (F.col("place") < F.col("part_ends"))
    told = cursor.join(F.broadcast(_rows(unique.sparkSession, parts)), "source").where(is_within)
    order = _hash(seed, "phase_number", "doc_id", "copy")
    return told.withColumn("order_key", order).drop("begins", "n_unique", "n_asked", "part_begins", "part_ends")


def reached(mixture: DataFrame) -> DataFrame:
    """Sum up what each phase got of each source: phase_number, source, n_reached, n_rows, n_copies (of a document)."""
    return mixture.groupBy("phase_number", "source").agg(
        F.sum("n_tokens").alias("n_reached"),
        F.count("*").alias("n_rows"),
        F.countDistinct("copy").alias("n_copies"),
    )


def _ends(unique: DataFrame, parts: Sequence[Part]) -> DataFrame:
    return _rows(unique.sparkSession, parts).groupBy("source").agg(F.max("part_ends").alias("n_asked"))


def _rows(spark: SparkSession, parts: Sequence[Part]) -> DataFrame:
    told = [(one.source, one.phase, one.phase_number, one.begins, one.ends) for one in parts]
    return local_rows(spark, told, _PARTS)


def _hash(seed: int, *names: str) -> Column:
    return F.xxhash64(F.lit(seed).cast("long"), *names)
