"""One HTML page per snapshot, complete in itself: no script, no network, page content escaped."""

import math
from importlib.resources import files as package_files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from jobs.common import files
from jobs.common.context import Context
from jobs.common.dedup_report import dedup_steps
from jobs.common.model_report import scored_steps
from jobs.common.report_pages import in_order, sampled_pages
from jobs.common.report_plots import plots_of
from jobs.common.report_sums import languages, over_time, personal_data, stages
from jobs.common.snapshots import decided
from transforms.funnel import by_host, by_length

Row = dict[str, Any]
TOP = 15


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
        "languages": languages(context, snapshot, decisions, TOP),
        "hosts": [row.asDict() for row in by_host(decisions).limit(TOP).collect()],
        "lengths": length_classes([row.asDict() for row in by_length(decisions).collect()]),
        "personal": personal_data(context, snapshot, decisions),
        "history": over_time(context.warehouse, snapshot),
        "stages": stages(context),
        "samples": in_order(sampled_pages(context, snapshot, decisions), funnel),
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
    environment.filters["told"] = _told
    plots = {name: Markup(svg) for name, svg in plots_of(told).items()}  # noqa: S704 every label in them is escaped
    page = environment.get_template("report.html.j2")
    return page.render(told | {"plots": plots, "sections": sections_of(told)})


def sections_of(told: Row) -> list[tuple[str, str]]:
    """Give id and name of each section that the page has, in its order."""
    first = [("funnel", "Where everything went"), ("languages", "Languages"), ("hosts", "Hosts")]
    own = [("personal", "Personal data")] if told["personal"] is not None else []
    copies = [(f"dedup-{step['name']}", f"Copies: {step['name']}") for step in told["deduped"]]
    models = [(f"model-{step['name']}.{one['name']}", one["name"]) for step in told["scored"] for one in step["models"]]
    read = [("ingest", "What was read"), ("samples", "Pages"), ("gates", "Gates"), ("lineage", "What made it")]
    middle = [("lengths", "Lengths"), *own, ("time", "Over time"), ("stages", "What it took")]
    return [*first, *middle, *copies, *models, *read]


def template(name: str) -> str:
    """Read a template of this package."""
    return package_files("jobs.common").joinpath(name).read_text(encoding="utf-8")


def length_classes(classes: list[Row]) -> list[Row]:
    """Give power-of-two word classes without holes: fewest (words, as text), n_documents and n_kept."""
    by_class = {row["label"]: row for row in classes}
    empty = {"n_documents": 0, "n_kept": 0}
    every = range(min(by_class), max(by_class) + 1) if by_class else ()
    return [by_class.get(label, empty) | {"fewest": f"{2**label - 1:,}"} for label in every]


def _told(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    return "–" if value is None else f"{value:,}" if type(value) is int else str(value)


def _size(n_bytes: float) -> str:
    power = min(4, int(math.log(max(1, n_bytes), 1024)))
    return f"{n_bytes / 1024**power:,.1f} {('B', 'KB', 'MB', 'GB', 'TB')[power]}" if power else f"{n_bytes:,.0f} B"
