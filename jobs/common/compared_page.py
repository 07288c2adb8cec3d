"""Two snapshots side by side as one HTML page, complete in itself: no script, no network, page content escaped."""

from importlib.resources import files as package_files
from typing import Any

from jinja2 import Environment, StrictUndefined

from jobs.common.plots import Series, bars, outlines
from transforms.fields import Row

_MOST_BARS = 12
_COLOURS = ("soft", "kept")
"""Of A and of B; the page's key has the same."""


def to_html(told: Row) -> str:
    """Fill the template with what ``compare.run`` gives; every value is escaped."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["count"] = lambda value: f"{value:,}"
    environment.filters["percent"] = lambda ratio: f"{100 * ratio:.2f} %"
    environment.filters["number"] = _number
    environment.filters["plot"] = _plot
    template = package_files("jobs.common").joinpath("compare.html.j2").read_text(encoding="utf-8")
    return environment.from_string(template).render(told)


def _plot(shift: Row) -> str:
    """Draw one distribution of both snapshots, as SVG in which every label is escaped."""
    title = f"{shift['name']}: share of the documents that A keeps, and that B keeps"
    if shift["kind"] == "labels":
        rows = sorted(shift["labels"][:_MOST_BARS], key=lambda row: -max(row["a_ratio"], row["b_ratio"]))
        sides = ([row[f"{side}_ratio"] for row in rows] for side in "ab")
        series = [Series(shares, colour) for shares, colour in zip(sides, _COLOURS, strict=True)]
        return bars(title, [row["label"] for row in rows], series)
    told = shift["bars"]
    series = [Series(_shares(told[side]), colour) for side, colour in zip("ab", _COLOURS, strict=True)]
    x_name = f"{shift['name']} of a document" if shift["name"] in {"words", "tokens"} else shift["name"]
    return outlines(title, told["ticks"], series, x_name)


def _shares(counts: list[int]) -> list[float]:
    total = sum(counts)
    return [n / total if total else 0.0 for n in counts]


def _number(value: Any) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 1000 or value == int(value) else f"{value:.4g}"
