"""Evaluated models beside their snapshots as one HTML page, complete in itself: no script, no network, all escaped."""

from collections.abc import Mapping, Sequence
from importlib.resources import files as package_files

from jinja2 import Environment, StrictUndefined

from jobs.common.leaderboard_lines import percent, power, scale_rows, sized
from jobs.common.point_plot import Point, points
from schemas.benchmark import Benchmark
from transforms.fields import Row
from transforms.text.printable import printable

_COLOURS = ("kept", "gone", "good", "bad")
"""Of the points of the best snapshots; the others have the page's soft one."""
_MOST_NAMED = 6
_MOST_BY_TASK = 6


def to_html(rows: Sequence[Row], benchmark: Benchmark, version: str | None = None) -> str:
    """Fill the template with rows of ``evaluations.board``, in their order; every value is escaped."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters.update(percent=percent, power=power, sized=sized, printable=printable)
    environment.filters["count"] = lambda value: "–" if value is None else f"{value:,}"
    template = package_files("jobs.common").joinpath("leaderboard.html.j2").read_text(encoding="utf-8")
    asked = version or benchmark.version
    best, snapshots = rows[:_MOST_BY_TASK], _snapshots(rows)
    colours = dict(zip((row["snapshot_id"] for row in snapshots), _COLOURS, strict=False))
    return environment.from_string(template).render(
        rows=rows,
        benchmark=benchmark,
        version=asked,
        snapshots=snapshots,
        colours=colours,
        scales=scale_rows(benchmark),
        plot=_plot(rows, colours),
        best=best,
        tasks=_tasks(best, benchmark, benchmark.baselines_of(asked)),
    )


def _snapshots(rows: Sequence[Row]) -> list[Row]:
    """Give the best row of each snapshot, with how many evaluations it has."""
    first: dict[str, Row] = {}
    for row in rows:
        mine = first.setdefault(row["snapshot_id"], row | {"n": 0})
        mine["n"] += 1
    return list(first.values())


def _plot(rows: Sequence[Row], colours: Mapping[str, str]) -> str:
    """Draw CORE against compute, the name of each snapshot beside its best model. Empty: there is nothing to draw."""
    drawn = [row for row in rows if row["core"] is not None and row["compute"]]
    unnamed = list(dict.fromkeys(row["snapshot_id"] for row in drawn))[:_MOST_NAMED]
    marks = []
    for row in drawn:
        name = row["snapshot_id"]
        label = name if name in unnamed else ""
        marks.append(Point(row["compute"], 100 * row["core"], colours.get(name, "soft"), label))
        unnamed = [one for one in unnamed if one != name]
    title = "CORE against the compute of training, a point a model"
    return points(title, marks, "compute of training (FLOP)", "CORE (%)") if marks else ""


def _tasks(best: Sequence[Row], benchmark: Benchmark, baselines: Mapping[str, float]) -> list[Row]:
    """Give each task's accuracies of the best models, CORE's tasks first."""
    ordered = sorted(baselines, key=lambda task: task not in benchmark.core)
    told = []
    for task in ordered:
        values = [row["accuracies"].get(task) for row in best]
        top = max((value for value in values if value is not None), default=None)
        told.append({"task": task, "baseline": baselines[task] / 100, "values": values, "top": top})
    return told
