"""What rows are, as one number that depends on nothing else: not on order, partitions, files or Spark's version."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

# What a snapshot's digests are of: all decisions, and the texts that were kept.
DIGESTED = ("doc_id", "url", "language", "text_sha256", "reasons")
TEXTS_DIGESTED = DIGESTED[:-1]
_PARTS = 4  # a 128-bit number in 32-bit parts: their sums stay far inside a long


def digest(rows: DataFrame) -> str:
    """Digest a frame: ``count:sum`` of a 128-bit hash of each row, the sum modulo 2^128, as hex.

    It depends on the rows only: not on their order, partitions, files, or on Spark's version.
    Nulls differ from empty strings; arrays must be in a fixed order. Runs one Spark job.
    """
    hashed = rows.select(row_hash(rows.columns).alias("h"))
    parts = [F.sum(F.conv(F.substring("h", 1 + 8 * i, 8), 16, 10).cast("long")).alias(f"p{i}") for i in range(_PARTS)]
    found = hashed.agg(F.count("*").alias("n"), *parts).collect()[0]
    total = sum((found[f"p{i}"] or 0) << (32 * (_PARTS - 1 - i)) for i in range(_PARTS))
    return f"{found['n']}:{total % (1 << 128):032x}"


def texts_digest(curated: DataFrame) -> str:
    """Digest rows of ``curated`` as their decisions are: ``TEXTS_DIGESTED``."""
    return digest(curated.withColumn("text_sha256", F.sha2("text", 256)).select(*TEXTS_DIGESTED))


def row_hash(names: list[str]) -> Column:
    """Hash a row to 32 hex characters; hashing each field first keeps fields apart."""
    fields = [F.coalesce(F.sha2(F.col(name).cast("string"), 256), F.lit("null")) for name in names]
    return F.substring(F.sha2(F.concat(*fields), 256), 1, 32)
