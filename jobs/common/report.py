"""One HTML page per snapshot, complete in itself: no script, no network, page content escaped."""

import math
from importlib.resources import files as package_files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.common import files
from jobs.common.context import Context
from jobs.common.dedup_report import dedup_steps
from jobs.common.model_report import scored_steps
from jobs.common.snapshots import decided
from schemas.tables import DOCUMENTS, UNIT_KEY
from transforms.funnel import by_host, by_language, by_length, dropped_samples

Row = dict[str, Any]
TOP = 15
SAMPLES_PER_REASON = 3
EXCERPT_CHARS = 400


def write_report(context: Context, snapshot: Row, funnel: list[Row], results: list[Row], ingest: Row) -> str:
    """Write ``report.html`` beside the snapshot; gives its address."""
    decisions = decided(context.warehouse, snapshot["snapshot_id"])
    told = {
        "snapshot": snapshot,
        "funnel": [row for row in funnel if row["n_any"]],
        "quiet": [row["reason"] for row in funnel if not row["n_any"]],
        "gates": results,
        "has_data_docs": context.recipe.gates.data_docs,
        "ingest": ingest,
        "languages": [row.asDict() for row in by_language(decisions).limit(TOP).collect()],
        "hosts": [row.asDict() for row in by_host(decisions).limit(TOP).collect()],
        "lengths": histogram([row.asDict() for row in by_length(decisions).collect()]),
        "samples": _samples(context, decisions),
        "scored": scored_steps(context, snapshot),
        "deduped": dedup_steps(context, snapshot),
    }
    target = f"{context.warehouse.snapshot_path(snapshot['snapshot_id'])}/report.html"
    files.write_text(target, render(told))
    return target


def render(told: Row) -> str:
    """Fill the template; every value is escaped."""
    environment = Environment(
        loader=FunctionLoader(template),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["count"] = lambda value: f"{value:,}"
    environment.filters["percent"] = lambda part, whole: f"{100 * part / whole:.1f} %" if whole else "–"
    environment.filters["size"] = _size
    environment.filters["number"] = lambda value: "–" if value is None else f"{value:.4g}"
    return environment.get_template("report.html.j2").render(told)


def template(name: str) -> str:
    """Read a template of this package."""
    return package_files("jobs.common").joinpath(name).read_text(encoding="utf-8")


def histogram(classes: list[Row]) -> list[Row]:
    """Give power-of-two word classes without holes, with bar heights as shares of the highest."""
    if not classes:
        return []
    by_class = {row["label"]: row for row in classes}
    top = max(row["n_documents"] for row in classes)
    bars = []
    for label in range(min(by_class), max(by_class) + 1):
        row = by_class.get(label, {"n_documents": 0, "n_kept": 0})
        low, high = 2**label - 1, 2 ** (label + 1) - 2
        bars.append(
            {
                "fewest": f"{low:,}",
                "words": f"{low:,}" if low == high else f"{low:,} to {high:,}",
                "n_documents": row["n_documents"],
                "n_kept": row["n_kept"],
                "kept_height": row["n_kept"] / top,
                "dropped_height": (row["n_documents"] - row["n_kept"]) / top,
            }
        )
    return bars


def _samples(context: Context, decisions: DataFrame) -> list[Row]:
    """Read the starts of a few dropped texts; their ids are broadcast, so no text is shuffled."""
    chosen = dropped_samples(decisions, SAMPLES_PER_REASON)
    texts = context.warehouse.read(DOCUMENTS).select(
        "doc_id", *UNIT_KEY, F.substring("text", 1, EXCERPT_CHARS).alias("excerpt")
    )
    joined = texts.join(F.broadcast(chosen), on=["doc_id", *UNIT_KEY], how="inner")
    rows = [row.asDict() for row in joined.drop(*UNIT_KEY).collect()]
    return sorted(rows, key=lambda row: (row["reasons"], row["doc_id"]))


def _size(n_bytes: float) -> str:
    power = min(4, int(math.log(max(1, n_bytes), 1024)))
    return f"{n_bytes / 1024**power:,.1f} {('B', 'KB', 'MB', 'GB', 'TB')[power]}" if power else f"{n_bytes:,.0f} B"
