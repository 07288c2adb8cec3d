"""Bars out of parts, lying or standing, drawn as every plot of our pages."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from jobs.common.plots import COLOURS, Series, cut, grid, svg
from transforms.text.printable import printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def stacked(title: str, labels: Sequence[str], parts: Sequence[Series], *, is_upright: bool = False) -> str:
    """Draw a bar for each label, out of parts one after the other; gives an ``<svg>`` element.

    Args:
        title: What a screen reader says.
        labels: Any text, also a stranger's; the first one on top, or on the left of upright bars.
        parts: With a number for each label.
        is_upright: Whether bars stand: for classes that have an order of their own.
    """

    def draw(axes: "Axes") -> None:
        places, told = range(len(labels)), [cut(printable(label)) for label in labels]
        ends = [0.0] * len(labels)
        for one in parts:
            draw_bars = axes.bar if is_upright else axes.barh
            draw_bars(places, one.shares, 0.8, ends, color=COLOURS[one.colour], clip_on=False)
            ends = [end + share for end, share in zip(ends, one.shares, strict=True)]
        value, place = (axes.yaxis, axes.xaxis) if is_upright else (axes.xaxis, axes.yaxis)
        place.set_ticks(places, told)
        axes.tick_params(axis="x", labelrotation=60 * is_upright)
        value.set_major_formatter(lambda n, _: short(n))
        (axes.set_xlim if is_upright else axes.set_ylim)(*_span(len(labels), is_upright=is_upright))
        (axes.set_ylim if is_upright else axes.set_xlim)(0, max(ends, default=0) or 1)
        axes.locator_params(axis="y" if is_upright else "x", nbins=4)
        grid(axes, "y" if is_upright else "x")

    return svg(title, 260 if is_upright else 40 + 24 * max(1, len(labels)), draw)


def _span(n: int, *, is_upright: bool) -> tuple[float, float]:
    return (-0.55, n - 0.45) if is_upright else (n - 0.45, -0.55)


def short(number: float) -> str:
    """Write a number in as few characters as tell it: 1,234,567 as 1.23 M."""
    for limit, unit in ((1e12, " T"), (1e9, " G"), (1e6, " M"), (1e4, " k")):
        if abs(number) >= limit:
            return f"{number / (limit if unit != ' k' else 1e3):.3g}{unit}"
    return f"{number:,.0f}" if number == int(number) else f"{number:.3g}"
