"""A snapshot's numbers, read from its tables: what the gates ask and what the report shows."""

from collections.abc import Sequence
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.common.context import Context
from jobs.common.earlier import populations
from jobs.common.eras import stayed
from jobs.common.judged import removed_by
from jobs.common.ledger import is_unbalanced
from jobs.common.snapshots import decided
from schemas.steps import DedupStep
from schemas.tables import CURATED, DOCUMENTS, REJECTS
from transforms.digests import TEXTS_DIGESTED, digest, texts_digest
from transforms.reasons import reason_order
from transforms.uniqueness import equal_hashes, id_range, repeated_ids

Row = dict[str, Any]
IDS_ACROSS_UNITS = 4_000_000
"""About so many ids are looked at across units; a snapshot of fewer documents is looked at whole."""
_REPEATED = ("n_repeated_in_units", "n_repeated_across_units")


def gate_metrics(context: Context, snapshot: Row) -> dict[str, float]:
    """Compute the one row that the gates look at; a share of nothing is 0."""
    decisions = decided(context.warehouse, snapshot["snapshot_id"])
    ledger, told = _ledger(context), _decided(decisions, context.recipe.gates.languages())
    bounds = id_range(int(told["n_decided"]), IDS_ACROSS_UNITS, snapshot["snapshot_id"])
    is_key = equal_hashes(decisions, bounds).collect()[0]["n"] == 0
    repeated = dict.fromkeys(_REPEATED, 0) if is_key else repeated_ids(decisions, bounds).collect()[0].asDict()
    n_documents = context.live(DOCUMENTS).count()
    return {
        **ledger,
        **told,
        **repeated,
        "n_unaccounted_documents": abs(n_documents - told["n_decided"]),
        "null_language_ratio": told["n_null_language"] / max(1, told["n_decided"]),
        "kept_ratio": told["n_kept_documents"] / max(1, told["n_decided"]),
        "n_duplicates_without_survivor": _orphans(context, decisions, snapshot["population_id"]),
        "n_curated_differences": _curated_differences(context, decisions, snapshot["snapshot_id"]),
    }


def _ledger(context: Context) -> dict[str, float]:
    row = (
        context.crawl_files()
        .agg(
            _count(is_unbalanced()).alias("n_unbalanced_files"),
            (_count(F.col("status") == "damaged") / F.greatest(F.count("*"), F.lit(1))).alias("bad_files_ratio"),
            F.sum("n_documents").alias("d"),
            F.sum("n_rejected_records").alias("r"),
        )
        .collect()[0]
    )
    documents, rejected = row["d"] or 0, row["r"] or 0
    return {
        "n_unbalanced_files": row["n_unbalanced_files"],
        "bad_files_ratio": row["bad_files_ratio"],
        "rejected_records_ratio": rejected / max(1, documents + rejected),
    }


def _decided(decisions: DataFrame, languages: Sequence[str]) -> dict[str, float]:
    """Count decided documents in one pass, and the shares of languages; as many rows come back as there are labels."""
    has_reason = F.size("reasons") > 0
    counts = {
        "n_decided": F.count("*"),
        "n_dropped_without_reason": _count(~F.col("is_kept") & ~has_reason),
        "n_kept_with_reason": _count(F.col("is_kept") & has_reason),
        "n_kept_documents": _count(F.col("is_kept")),
    }
    by_label = decisions.groupBy("language").agg(*(count.alias(name) for name, count in counts.items())).collect()
    told = {name: float(sum(row[name] for row in by_label)) for name in counts}
    told["n_null_language"] = float(sum(row["n_decided"] for row in by_label if row["language"] is None))
    kept = {row["language"]: row["n_kept_documents"] for row in by_label}
    ratios = {f"language_ratio.{one}": kept.get(one, 0) / max(1, told["n_kept_documents"]) for one in languages}
    return told | ratios


def _orphans(context: Context, decisions: DataFrame, population: str) -> float:
    """Count duplicates whose survivor is missing, is a duplicate too, or was dropped by an earlier step.

    One may also stand in an earlier crawl.
    """
    n = 0
    told = populations(context) if context.recipe.earlier else {}
    for i, step in enumerate(context.recipe.steps):
        if isinstance(step, DedupStep):
            removed = removed_by(context, step, population)
            gone = reason_order(context.recipe.steps[: i + 1])
            first = F.element_at("reasons", 1)
            standing = decisions.where(F.col("is_kept") | ~first.isin(gone))
            for survivors in (standing, *stayed(context, step, told)):
                removed = removed.join(
                    survivors.select(F.col("doc_id").alias("survivor_id")), "survivor_id", "left_anti"
                )
            n += removed.count()
    return float(n)


def _curated_differences(context: Context, decisions: DataFrame, snapshot_id: str) -> float:
    """Compare the written texts with what was decided; 0 or 1."""
    kept = decisions.where("is_kept").select(*TEXTS_DIGESTED)
    curated = context.warehouse.read(CURATED, context.warehouse.curated_path(snapshot_id))
    return float(digest(kept) != texts_digest(curated))


def ingest_summary(context: Context) -> Row:
    """Sum up what was read: files by status, bytes, records by type, rejects by kind and reason."""
    files = context.crawl_files()
    sums = ("size_bytes", "read_bytes", "skipped_bytes", "n_records", "n_documents", "n_rejected_records")
    total = files.agg(
        F.count("*").alias("n_files"),
        F.countDistinct("unit").alias("n_units"),
        *(F.coalesce(F.sum(name), F.lit(0)).alias(name) for name in (*sums, "n_skipped_records", "n_gaps")),
    ).collect()[0]
    statuses = files.groupBy("status").count().orderBy(F.desc("count"), "status").collect()
    types = files.select(F.explode("records_by_type").alias("kind", "n")).groupBy("kind").agg(F.sum("n").alias("n"))
    rejects = context.live(REJECTS)
    reasons = rejects.groupBy("kind", "reason").count().orderBy(F.desc("count"), "kind", "reason").collect()
    damaged = files.where("status = 'damaged'").select("uri", "error").orderBy("uri").limit(20).collect()
    return {
        **total.asDict(),
        "statuses": [row.asDict() for row in statuses],
        "types": [row.asDict() for row in types.orderBy(F.desc("n"), "kind").collect()],
        "rejects": [row.asDict() for row in reasons],
        "damaged": [row.asDict() for row in damaged],
    }


def _count(condition: Column) -> Column:
    return F.coalesce(F.sum(condition.cast("long")), F.lit(0))
