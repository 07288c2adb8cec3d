"""Two snapshots' decisions → what was added, removed and changed, and why; what is counted to see shifts.

Of a snapshot's decisions every document is read, the dropped ones too: they say why something is no longer there.
"""

from collections.abc import Callable, Mapping

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from transforms.score_counts import Scale

FATES = ("removed", "added", "changed", "same")
NOT_IN = {"removed": "not in B's input", "added": "not in A's input"}
"""Fate → what stands in place of a reason where the other snapshot never decided."""
LENGTH_DIGITS = 6
"""Binary digits that a length keeps in its bin: up to 63 exact, above in steps of at most 1/32."""


def by_document(decisions: DataFrame) -> DataFrame:
    """Give key (doc_id), url, is_kept, fingerprint (of its text) and reasons of each document."""
    told = (F.col("doc_id").alias("key"), "url", "is_kept", F.col("text_sha256").alias("fingerprint"), "reasons")
    return decisions.select(*told)


def by_url(decisions: DataFrame) -> DataFrame:
    """Give the same of each URL.

    It is kept if one of its documents is; its fingerprint is of the set of texts kept under it; its reasons are those
    against its document with the smallest id.
    """
    head = F.conv(F.substring("text_sha256", 1, 12), 16, 10).cast("decimal(20,0)")
    # A sum over different numbers does not depend on their order, and needs no room for them as a list would.
    texts = F.sum_distinct(F.when(F.col("is_kept"), head))
    first = F.min(F.struct("doc_id", "reasons"))
    told = decisions.groupBy(F.col("url").alias("key")).agg(
        F.max("is_kept").alias("is_kept"), texts.cast("string").alias("fingerprint"), first.alias("first")
    )
    return told.select(
        "key", F.col("key").alias("url"), "is_kept", "fingerprint", F.col("first.reasons").alias("reasons")
    )


def paired(a: DataFrame, b: DataFrame) -> DataFrame:
    """Put two sides of ``by_document`` or ``by_url`` beside each other; what neither keeps is left out.

    Returns:
        key, url, fate (one of ``FATES``), reasons: of the removed those that B has against it, of the added those
        that A had, of others none; ``NOT_IN`` where that side never saw it.
    """
    sides = (_side(a, "a"), _side(b, "b"))
    kept_a, kept_b = (F.coalesce(F.col(f"{side}_is_kept"), F.lit(False)) for side in "ab")
    both = F.when(F.col("a_fingerprint") == F.col("b_fingerprint"), "same").otherwise("changed")
    fate = F.when(kept_a & kept_b, both).when(kept_a, "removed").otherwise("added")
    reasons = (
        F.when(F.col("fate") == "removed", _said("b", "removed"))
        .when(F.col("fate") == "added", _said("a", "added"))
        .otherwise(F.array().cast("array<string>"))
    )
    rows = sides[0].join(sides[1], on="key", how="full_outer").where(kept_a | kept_b)
    url = F.coalesce("a_url", "b_url").alias("url")
    return rows.select("key", url, fate.alias("fate"), "a_reasons", "b_reasons").select(
        "key", "url", "fate", reasons.alias("reasons")
    )


def _side(rows: DataFrame, side: str) -> DataFrame:
    return rows.select("key", *(F.col(name).alias(f"{side}_{name}") for name in rows.columns if name != "key"))


def _said(side: str, fate: str) -> Column:
    return F.coalesce(F.col(f"{side}_reasons"), F.array(F.lit(NOT_IN[fate])))


def fate_counts(pairs: DataFrame) -> DataFrame:
    """Count pairs by fate and reason, in one pass.

    Returns:
        fate, reason (null: none), n_first (it is the first reason; of one fate these sum up to all), n_any.
    """
    told = pairs.select("fate", F.posexplode_outer("reasons").alias("at", "reason"))
    is_first = F.coalesce(F.col("at"), F.lit(0)) == 0
    return told.groupBy("fate", "reason").agg(
        F.sum(is_first.cast("long")).alias("n_first"), F.count("*").alias("n_any")
    )


def example_pairs(per_reason: int) -> Callable[[DataFrame], DataFrame]:
    """Choose a few pairs of each fate and first reason: those with the smallest sha256 of their key.

    Returns:
        fate, reason (null: none), key, url, reasons; nothing of what stayed the same.
    """
    order = Window.partitionBy("fate", "reason").orderBy(F.sha2("key", 256), "key")

    def step(pairs: DataFrame) -> DataFrame:
        first = F.when(F.size("reasons") > 0, F.element_at("reasons", 1))
        moved = pairs.where(F.col("fate") != "same").withColumn("reason", first)
        ranked = moved.withColumn("rank", F.row_number().over(order)).where(F.col("rank") <= per_reason)
        return ranked.orderBy("fate", "reason", "rank").select("fate", "reason", "key", "url", "reasons")

    return step


def both_sides(a: DataFrame, b: DataFrame) -> DataFrame:
    """Put rows of both sides below each other, with n_a and n_b: 1 on its own side, 0 on the other."""
    sides = [
        rows.withColumns({f"n_{side}": F.lit(int(side == name)).cast("long") for side in "ab"})
        for name, rows in (("a", a), ("b", b))
    ]
    return sides[0].unionByName(sides[1])


def label_counts(rows: DataFrame) -> DataFrame:
    """Count documents of both sides by language and by length, in one pass.

    Returns:
        kind (``language`` or ``words``), label (a language, ``unknown`` without one; the fewest words of a bin), n_a,
        n_b; of ``both_sides`` with language and n_words.
    """
    labels = {"language": F.coalesce("language", F.lit("unknown")), "words": least_of_bin("n_words").cast("string")}
    told = F.array(*(F.struct(F.lit(kind).alias("kind"), label.alias("label")) for kind, label in labels.items()))
    each = rows.select("n_a", "n_b", F.explode(told).alias("told"))
    return _sums(each.select("n_a", "n_b", "told.kind", "told.label"), "kind", "label")


def token_counts_by_bin(rows: DataFrame) -> DataFrame:
    """Count documents of both sides by their number of tokens: low (the fewest of a bin), n_a, n_b."""
    return _sums(rows.select("n_a", "n_b", least_of_bin("n_tokens").alias("low")), "low")


def least_of_bin(name: str) -> Column:
    """Give the smallest whole number of a number's bin: its first binary digits, and zeros.

    Digits, and not a logarithm: the last bit of that is not the same on all machines.
    """
    digits = F.bin(name)
    head = F.substring(digits, 1, LENGTH_DIGITS)
    rest = F.translate(F.substring(digits, LENGTH_DIGITS + 1, 64), "1", "0")
    return F.conv(F.concat(head, rest), 2, 10).cast("long")


def host_counts(rows: DataFrame) -> DataFrame:
    """Count documents of both sides by host: label, n_a, n_b; of ``both_sides`` with host."""
    return _sums(rows.withColumnRenamed("host", "label"), "label")


def largest(n: int) -> Callable[[DataFrame], DataFrame]:
    """Choose the labels with most documents on both sides together."""
    return lambda counts: counts.orderBy(F.desc(F.col("n_a") + F.col("n_b")), "label").limit(n)


def most_moved(n: int, totals: tuple[int, int]) -> Callable[[DataFrame], DataFrame]:
    """Choose the labels whose share differs most between the sides, of which ``totals`` gives all documents."""
    p, q = _ratios(totals)
    return lambda counts: counts.orderBy(F.desc(F.abs(q - p)), "label").limit(n)


def label_divergence(totals: tuple[int, int]) -> Callable[[DataFrame], DataFrame]:
    """Sum up n_labels and js_divergence (as ``shifts.js_divergence``) over labels that may be too many to collect.

    Args:
        totals: All documents of each side, neither 0.
    """
    p, q = _ratios(totals)
    terms = [F.when(one > 0, one * F.log2(2 * one / (p + q))).otherwise(F.lit(0.0)) for one in (p, q)]
    return lambda counts: counts.agg(
        F.count("*").alias("n_labels"), (F.sum(terms[0] + terms[1]) / 2).alias("js_divergence")
    )


def _ratios(totals: tuple[int, int]) -> tuple[Column, Column]:
    # Floats: numbers without a point would become decimals, and Spark's have too few digits for small shares.
    return F.col("n_a") / F.lit(float(totals[0])), F.col("n_b") / F.lit(float(totals[1]))


def score_counts(scales: Mapping[str, Scale]) -> Callable[[DataFrame], DataFrame]:
    """Count documents of both sides by their bins on all scales together, so that bins are the finest of all.

    Returns:
        A column of each scale's name (its bin), n_a, n_b; of ``both_sides`` with score, not null.
    """
    bins = [scale.bin_of(F.col("score")).alias(name) for name, scale in scales.items()]
    return lambda rows: _sums(rows.select("n_a", "n_b", *bins), *scales)


def score_range(rows: DataFrame) -> DataFrame:
    """Give one row: n_a, n_b, low, high and least_positive of ``both_sides`` with score, not null."""
    score = F.col("score")
    return rows.agg(
        *(F.coalesce(F.sum(name), F.lit(0)).alias(name) for name in ("n_a", "n_b")),
        F.min(score).alias("low"),
        F.max(score).alias("high"),
        F.min(F.when(score > 0, score)).alias("least_positive"),
    )


def _sums(rows: DataFrame, *by: str) -> DataFrame:
    return rows.groupBy(*by).agg(F.sum("n_a").alias("n_a"), F.sum("n_b").alias("n_b"))
