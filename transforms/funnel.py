"""Decisions → where every document went: the funnel, and the distributions of the report."""

from collections.abc import Sequence
from typing import Any

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

Row = dict[str, Any]


def reason_counts(decisions: DataFrame) -> DataFrame:
    """Count each reason, in one pass.

    Returns:
        reason; n_dropped, n_dropped_bytes, n_dropped_words: documents whose first reason it is;
        n_any: documents that have it at all; n_only: documents that have no other (what loosening
        this rule alone would bring back).
    """
    is_first = F.col("reason") == F.element_at("reasons", 1)
    zero = F.lit(0).cast("long")
    told = decisions.where(F.size("reasons") > 0).withColumn("reason", F.explode("reasons"))
    return told.groupBy("reason").agg(
        F.sum(is_first.cast("long")).alias("n_dropped"),
        F.count("*").alias("n_any"),
        F.sum((F.size("reasons") == 1).cast("long")).alias("n_only"),
        F.sum(F.when(is_first, F.col("n_bytes")).otherwise(zero)).alias("n_dropped_bytes"),
        F.sum(F.when(is_first, F.col("n_words")).otherwise(zero)).alias("n_dropped_words"),
    )


def funnel_rows(snapshot_id: str, order: Sequence[str], counts: Sequence[Row], n_documents: int) -> list[Row]:
    """Put reason counts in the recipe's order and run the level down; rules that hit nothing stay.

    Args:
        snapshot_id: Copied into each row.
        order: Every reason of the recipe, in its order.
        counts: Rows of ``reason_counts``.
        n_documents: All documents that were decided.
    """
    by_reason = {row["reason"]: row for row in counts}
    left, rows = n_documents, []
    for position, reason in enumerate(order):
        found = by_reason.get(reason, {})
        dropped = found.get("n_dropped", 0)
        row = {"snapshot_id": snapshot_id, "position": position, "reason": reason}
        row |= {"n_entered": left, "n_dropped": dropped, "n_left": left - dropped}
        for name in ("n_any", "n_only", "n_dropped_bytes", "n_dropped_words"):
            row[name] = found.get(name, 0)
        rows.append(row)
        left -= dropped
    return rows


def largest_drift(now: Sequence[Row], before: Sequence[Row], n_now: int, n_before: int) -> tuple[str | None, float]:
    """Find the rule whose dropped share of all documents changed most between two snapshots.

    Args:
        now: Rows of ``funnel_rows``; a rule that only one funnel has drops nothing in the other.
        before: The other snapshot's.
        n_now: All documents that were decided.
        n_before: The other snapshot's.

    Returns:
        reason (of several the first by name; None: no rule), and its change, in [0, 1].
    """
    told = {row["reason"]: row["n_dropped"] / max(1, n_now) for row in now}
    was = {row["reason"]: row["n_dropped"] / max(1, n_before) for row in before}
    changes = {name: abs(told.get(name, 0.0) - was.get(name, 0.0)) for name in sorted({*told, *was})}
    name = max(changes, key=changes.__getitem__, default=None)
    return name, changes[name] if name else 0.0


def by_language(decisions: DataFrame) -> DataFrame:
    """Count documents and kept ones per language, most documents first."""
    return _kept_of(decisions.withColumn("label", F.coalesce("language", F.lit("unknown"))))


def by_language_lengths(decisions: DataFrame) -> DataFrame:
    """Count as ``by_language``, with n_kept_words, and of kept documents' words the 10th, 50th and 90th percentile.

    These are short, middle and long: about so, and null where none is kept.
    """
    kept = F.when(F.col("is_kept"), F.col("n_words"))
    told = decisions.withColumn("label", F.coalesce("language", F.lit("unknown"))).withColumn("kept_words", kept)
    counted = told.groupBy("label").agg(
        F.count("*").alias("n_documents"),
        F.sum(F.col("is_kept").cast("long")).alias("n_kept"),
        F.coalesce(F.sum("kept_words"), F.lit(0)).alias("n_kept_words"),
        *(F.percentile_approx("kept_words", share).alias(name) for name, share in _SHARES.items()),
    )
    return counted.orderBy(F.desc("n_documents"), "label")


_SHARES = {"short": 0.1, "middle": 0.5, "long": 0.9}


def by_host(decisions: DataFrame) -> DataFrame:
    """Count documents and kept ones per host, most kept first."""
    return _kept_of(decisions.withColumn("label", F.col("host"))).orderBy(
        F.desc("n_kept"), F.desc("n_documents"), "label"
    )


def by_length(decisions: DataFrame) -> DataFrame:
    """Count documents and kept ones per power-of-two class of word counts; class 0 is no word."""
    size = F.floor(F.log2(F.col("n_words") + 1)).cast("int")
    return _kept_of(decisions.withColumn("label", size)).orderBy("label")


def samples(decisions: DataFrame, per_reason: int) -> DataFrame:
    """Choose a few documents for each first reason, and as many kept ones: those with the smallest sha256 of doc_id.

    Returns:
        doc_id, crawl, unit, attempt, url, reasons (empty: kept), n_words, language: the same on every run.
    """
    first = F.when(F.size("reasons") > 0, F.element_at("reasons", 1)).otherwise("")
    order = Window.partitionBy("first").orderBy(F.sha2("doc_id", 256), "doc_id")
    ranked = (
        decisions.withColumn("first", first)
        .withColumn("rank", F.row_number().over(order))
        .where(F.col("rank") <= per_reason)
    )
    return ranked.select("doc_id", "crawl", "unit", "attempt", "url", "reasons", "n_words", "language")


def _kept_of(labelled: DataFrame) -> DataFrame:
    counted = labelled.groupBy("label").agg(
        F.count("*").alias("n_documents"), F.sum(F.col("is_kept").cast("long")).alias("n_kept")
    )
    return counted.orderBy(F.desc("n_documents"), "label")
