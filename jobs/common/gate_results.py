"""A snapshot held against its recipe's gates: numbers, verdicts, Data Docs."""

import tempfile
from collections.abc import Sequence
from typing import Any, NamedTuple

from pyspark.sql import functions as F

from jobs.common import files
from jobs.common.context import Context
from jobs.common.data_docs import plain
from jobs.common.gates import evaluate
from jobs.common.kept_metrics import kept_metrics
from jobs.common.metrics import gate_metrics
from jobs.common.snapshots import decided, row_of
from schemas.expectations import gates
from schemas.registry import FUNNEL
from transforms.funnel import largest_drift

Row = dict[str, Any]


class Drift(NamedTuple):
    """How a snapshot differs from its parent."""

    numbers: dict[str, float]
    """``funnel_drift`` and ``kept_ratio_drift``; what cannot be told is missing, and so does not hold."""
    rule: str | None
    """Whose dropped share changed most."""


def gate_results(context: Context, snapshot: Row, funnel: Sequence[Row]) -> list[Row]:
    """Judge a curated snapshot, and build Data Docs beside it if the recipe wants them; gives ``gate_results`` rows.

    Args:
        context: The command's surroundings.
        snapshot: Its registry row.
        funnel: Its rows of ``funnel``.
    """
    warehouse, name, limits = context.warehouse, snapshot["snapshot_id"], context.recipe.gates
    parent = row_of(warehouse, snapshot["parent_id"]) if snapshot["parent_id"] else None
    drift = _drift(context, snapshot, parent, funnel) if parent else Drift({}, None)
    decisions = decided(context.warehouse, name)
    metrics = {
        **gate_metrics(context, snapshot),
        **kept_metrics(context, decisions, name, snapshot["population_id"]),
        **drift.numbers,
    }
    target = f"{warehouse.snapshot_path(name)}/data_docs"
    with tempfile.TemporaryDirectory(prefix="sluice-") as folder:
        results = evaluate(metrics, gates(limits, parent is not None), name, folder if limits.data_docs else None)
        if limits.data_docs:
            plain(folder)
            files.put_folder(folder, target)
        else:
            files.remove(target)  # it may be there of an earlier verdict
    return [{**row, "why": f"{row['why']}: {drift.rule}"} if _is_told(row, drift) else row for row in results]


def _drift(context: Context, snapshot: Row, parent: Row, funnel: Sequence[Row]) -> Drift:
    n_now, n_before = (max(1, row["n_documents"]) for row in (snapshot, parent))
    kept = abs(snapshot["n_kept"] / n_now - parent["n_kept"] / n_before)
    rows = context.warehouse.read(FUNNEL).where(F.col("snapshot_id") == parent["snapshot_id"]).collect()
    if not rows and parent["n_kept"] < parent["n_documents"]:
        return Drift({"kept_ratio_drift": kept}, None)
    rule, change = largest_drift(funnel, [row.asDict() for row in rows], n_now, n_before)
    return Drift({"kept_ratio_drift": kept, "funnel_drift": change}, rule if change else None)


def _is_told(row: Row, drift: Drift) -> bool:
    return row["gate"] == "funnel_drift" and row["observed"] is not None and drift.rule is not None


def told_failures(results: Sequence[Row]) -> str:
    """Name each failed gate, in one line: what was observed, what is allowed, what it means."""
    return "; ".join(
        f"{row['gate']} = {'unknown' if row['observed'] is None else format(row['observed'], '.4g')}, "
        f"allowed: {_allowed(row)} ({row['why']})"
        for row in results
        if not row["is_held"]
    )


def _allowed(row: Row) -> str:
    least, most = row["min_allowed"], row["max_allowed"]
    if least is not None and least == most:
        return f"{least:.4g}"
    told = [f"{least:.4g} or more"] if least is not None else []
    return ", ".join([*told, f"{most:.4g} or less"] if most is not None else told)
