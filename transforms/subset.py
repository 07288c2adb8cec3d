"""An index of records and what a recipe chooses from it → the byte ranges to read, grouped by file."""

from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from schemas.ingest import Subset


def ranges(index: DataFrame, rules: Subset, base: str) -> DataFrame:
    """Choose records and group their byte ranges by file.

    Args:
        index: Rows as ``CC_INDEX`` says.
        rules: What a record must match; of several rules all, of the values of one any.
        base: What relative file names start from; without a final slash.

    Returns:
        A row for each file: ``uri``, ``ranges`` (array of ``start`` and ``length`` in bytes, sorted,
        each once), their sum ``n_bytes``, and ``fingerprint``, which changes when the ranges do.
    """
    name = F.col("warc_filename")
    uri = F.when(name.rlike("^([a-z0-9]+://|/)"), name).otherwise(F.concat(F.lit(f"{base}/"), name))
    start, length = F.col("warc_record_offset").cast("long"), F.col("warc_record_length").cast("long")
    span = F.struct(start.alias("start"), length.alias("length"))
    return (
        index.where(chosen(rules) & name.isNotNull() & F.col("warc_record_offset").isNotNull())
        .groupBy(uri.alias("uri"))
        .agg(F.array_sort(F.collect_set(span)).alias("ranges"))
        .withColumn("n_bytes", F.aggregate("ranges", F.lit(0).cast("long"), lambda total, one: total + one["length"]))
        .withColumn("fingerprint", F.substring(F.sha2(F.to_json("ranges"), 256), 1, 16))
    )


def chosen(rules: Subset) -> Column:
    """Give the condition that a row of the index is chosen; a rule without values asks nothing."""
    languages = F.split(F.coalesce("content_languages", F.lit("")), ",")
    asked = [
        _one_of("url_host_name", rules.hosts),
        _one_of("url_host_registered_domain", rules.domains),
        _one_of("url_host_tld", rules.tlds),
        _one_of("content_mime_detected", rules.mime_types),
        F.arrays_overlap(languages, F.array(*map(F.lit, rules.languages))) if rules.languages else F.lit(True),
    ]
    return reduce(Column.__and__, asked)


def _one_of(column: str, values: tuple[str, ...]) -> Column:
    return F.coalesce(F.col(column).isin(*values), F.lit(False)) if values else F.lit(True)
