"""Whether doc_id is a key: exactly within each unit, and across units in a range of ids.

Ids are hashes, so ids of one range are a sample of all, and equal ids are in it together or not at all.
"""

import hashlib

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from transforms.dedup.search_counts import together

_DIGITS = 8  # of 32 hex ones; so fine is the sample


def id_range(n: int, most: int, seed: str) -> tuple[str, str] | None:
    """Choose which ids are looked at across units.

    Args:
        n: All documents.
        most: How many are looked at, about.
        seed: Where the range lies; the same one gives the same range.

    Returns:
        First prefix of the range, and first one behind it; None: all ids, as there are not more than ``most``.
    """
    if n <= most:
        return None
    size = 16**_DIGITS
    width = max(1, size * most // n)
    start = int(hashlib.sha256(seed.encode("utf-8")).hexdigest(), 16) % (size - width + 1)
    return f"{start:0{_DIGITS}x}", f"{start + width:0{_DIGITS}x}" if start + width < size else "g"


def equal_hashes(decisions: DataFrame, bounds: tuple[str, str] | None) -> DataFrame:
    """Count equal 64-bit hashes where ``repeated_ids`` would count equal ids: a third of its work.

    Equal ids have equal hashes: 0 says that none is repeated. Another number may be chance, of a billion ids once in
    thirty times; then ask ``repeated_ids``.

    Args:
        decisions: Live ones of one snapshot, and so of one crawl, each unit in one attempt.
        bounds: Of ``id_range``.

    Returns:
        One row: n.
    """
    hashes = decisions.select(F.xxhash64("unit", "doc_id").alias("hash"))
    within = hashes.groupBy("hash").agg(F.count("*").alias("n")).where("n > 1").agg(F.count("*").alias("n_within"))
    ids = decisions.where(_in_range(bounds)).select("unit", F.xxhash64("doc_id").alias("hash"))
    across = _of_several_units(ids, "hash").agg(F.count("*").alias("n_across"))
    return together(within, across).select((F.col("n_within") + F.col("n_across")).alias("n"))


def repeated_ids(decisions: DataFrame, bounds: tuple[str, str] | None) -> DataFrame:
    """Count repeated ids.

    Args:
        decisions: Live ones of one snapshot, and so of one crawl, each unit in one attempt.
        bounds: Of ``id_range``.

    Returns:
        One row: n_repeated_in_units, rows whose doc_id their unit has already; n_repeated_across_units, ids of the
        range that more units than one have.
    """
    ids = decisions.select("unit", "doc_id")
    n_rows = ids.groupBy("unit", "doc_id").agg(F.count("*").alias("n")).where("n > 1")
    within = n_rows.agg(F.coalesce(F.sum(F.col("n") - 1), F.lit(0)).alias("n_repeated_in_units"))
    across = _of_several_units(ids.where(_in_range(bounds)), "doc_id")
    return together(within, across.agg(F.count("*").alias("n_repeated_across_units")))


def _of_several_units(rows: DataFrame, key: str) -> DataFrame:
    ends = rows.groupBy(key).agg(F.min("unit").alias("first"), F.max("unit").alias("last"))
    return ends.where("first <> last")


def _in_range(bounds: tuple[str, str] | None) -> Column:
    if bounds is None:
        return F.lit(True)
    return (F.col("doc_id") >= bounds[0]) & (F.col("doc_id") < bounds[1])
