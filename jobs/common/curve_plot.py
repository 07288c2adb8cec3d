"""Curves with their intervals among points, drawn as every plot of our pages."""

from collections.abc import Sequence
from math import inf, isfinite, log10
from typing import TYPE_CHECKING, NamedTuple

from jobs.common.plots import COLOURS, grid, svg
from jobs.common.point_plot import Point, dot, set_powers, span

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_HEIGHT = 280
_DOT = 6


class Line(NamedTuple):
    """One curve; ends of its interval at each x, where it has one."""

    xs: Sequence[float]
    ys: Sequence[float]
    colour: str
    low: Sequence[float] = ()
    high: Sequence[float] = ()
    is_dashed: bool = False


class Names(NamedTuple):
    """What a plot and its axes show; ``is_log``: the lower axis is one of powers of ten, and every x above 0."""

    title: str
    x: str
    y: str
    is_log: bool = False


def curves(names: Names, lines: Sequence[Line], dots: Sequence[Point]) -> str:
    """Draw curves over points, the first ones on top; gives an ``<svg>`` element.

    The plot is as high as curves and points are: an interval that leaves it is cut off there.
    """
    at = log10 if names.is_log else float
    xs = span([*(at(mark.x) for mark in dots), *(at(x) for line in lines for x in line.xs)])
    ys = span([*(mark.y for mark in dots), *(y for line in lines for y in line.ys)])

    def draw(axes: "Axes") -> None:
        axes.set_xlim(*xs)
        axes.set_ylim(*ys)
        if names.is_log:
            set_powers(axes, xs)
        else:
            axes.locator_params(axis="x", nbins=5)
        axes.locator_params(axis="y", nbins=6)
        axes.set_xlabel(names.x)
        axes.set_ylabel(names.y)
        grid(axes, "both")
        for line in reversed(lines):
            _draw(axes, line, [at(x) for x in line.xs], ys)
        for mark in reversed(dots):
            dot(axes, (at(mark.x), mark.y), mark.colour, _DOT)

    return svg(names.title, _HEIGHT, draw)


def _draw(axes: "Axes", line: Line, xs: list[float], ends: tuple[float, float]) -> None:
    colour = COLOURS[line.colour]
    if line.low:
        low, high = (_within(side, ends, otherwise) for side, otherwise in ((line.low, -inf), (line.high, inf)))
        # A polygon: what fill_between draws is a reference to an id.
        axes.fill([*xs, *xs[::-1]], [*low, *high[::-1]], color=colour, alpha=0.2, linewidth=0, clip_on=False)
    style = "--" if line.is_dashed else "-"
    axes.plot(xs, line.ys, style, color=colour, linewidth=1.8, clip_on=False)


def _within(side: Sequence[float], ends: tuple[float, float], otherwise: float) -> list[float]:
    told = (value if isfinite(value) else otherwise for value in side)
    return [min(max(value, ends[0]), ends[1]) for value in told]
