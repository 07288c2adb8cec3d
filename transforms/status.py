"""How far each crawl's ingest has come: inputs asked for, against files committed."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

STATES = ("done", "damaged", "failed", "pending")


def states(inputs: DataFrame, crawl_files: DataFrame) -> DataFrame:
    """Say of each input where it stands: ``inputs`` and live ``crawl_files`` rows in, one row an input out.

    ``done``: committed in the planned attempt, or a later one. ``damaged``: so too, with gaps that
    ``error`` begins to tell. ``failed``: out of reach. ``pending``: not committed yet.
    """
    held = crawl_files.select(
        "crawl",
        "uri",
        "status",
        F.col("attempt").alias("held"),
        F.col("unit").alias("in_unit"),
        "n_documents",
        "seconds",
        F.col("read_at"),
        F.col("error").alias("fault"),
    )
    is_held = (F.col("in_unit") == F.col("unit")) & (F.col("held") >= F.col("attempt"))
    state = (
        F.when(F.col("error").isNotNull(), "failed")
        .when(~F.coalesce(is_held, F.lit(False)), "pending")
        .when(F.col("status") == "damaged", "damaged")
        .otherwise("done")
    )
    return inputs.join(held, ["crawl", "uri"], "left").select(
        "crawl",
        "uri",
        "planned_at",
        "read_at",
        "n_documents",
        state.alias("state"),
        F.coalesce("size_bytes", F.lit(0)).alias("size_bytes"),
        F.coalesce("error", "fault").alias("error"),
    )


def progress(found: DataFrame) -> DataFrame:
    """Sum states up: a row for each crawl, with its rate and what it says of the time left.

    ``bytes_per_s`` counts what was read since the latest ingest began, null if that was nothing;
    ``seconds_left`` is what pending bytes take at that rate.
    """
    is_in = F.col("state").isin("done", "damaged")
    is_new = is_in & (F.col("read_at") >= F.col("planned_at"))
    counts = [_count(F.col("state") == state).alias(f"n_{state}") for state in STATES]
    size = F.col("size_bytes")
    seconds = F.max(F.when(is_new, F.col("read_at"))).cast("double") - F.max("planned_at").cast("double")
    rate = F.sum(F.when(is_new, size)) / F.when(seconds > 0, seconds)
    return (
        found.groupBy("crawl")
        .agg(
            *counts,
            F.coalesce(F.sum(F.when(is_in, F.col("n_documents"))), F.lit(0)).alias("n_documents"),
            _sum(size, is_in).alias("done_bytes"),
            _sum(size, F.col("state") == "pending").alias("pending_bytes"),
            rate.alias("bytes_per_s"),
        )
        .withColumn("seconds_left", F.col("pending_bytes") / F.col("bytes_per_s"))
        .orderBy("crawl")
    )


def _count(condition: Column) -> Column:
    return F.sum(F.when(condition, 1).otherwise(0))


def _sum(value: Column, condition: Column) -> Column:
    return F.sum(F.when(condition, value).otherwise(0))
