"""Where things went, as bands from column to column (a Sankey diagram), drawn as every plot of our pages."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from jobs.common.plots import COLOURS, svg
from jobs.common.stacked_plot import short
from transforms.text.printable import printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LABEL = 20  # of the plot's units: a line of text with its distance to the next
_THICK = 0.06  # of a node, in columns
_ROOM = 1.15  # to the right of the last column, for its labels


class Node(NamedTuple):
    """One end of bands: what it is called, how much comes to it, and a CSS variable of the page as its colour."""

    label: str
    value: float
    colour: str


class Band(NamedTuple):
    """So much goes from a node to one of the next column; both by their places."""

    column: int
    begin: int
    end: int
    value: float


def flow(title: str, columns: Sequence[Sequence[Node]], bands: Sequence[Band]) -> str:
    """Draw columns of nodes and the bands between them; gives an ``<svg>`` element.

    Args:
        title: What a screen reader says.
        columns: From left to right, each from top to bottom; labels stand to the right of the nodes.
        bands: In the order in which they leave and reach their nodes, from top to bottom.
    """
    height = max(220, _LABEL * (2 + max(len(column) for column in columns)))
    total = max(sum(node.value for node in column) for column in columns) or 1
    tops = [list(_tops(column, total, height)) for column in columns]

    def draw(axes: "Axes") -> None:
        from matplotlib.patches import Rectangle

        left = [[0.0] * len(column) for column in columns]
        reached = [[0.0] * len(column) for column in columns]
        for band in bands:
            x, (i, j) = band.column, (band.begin, band.end)
            y0 = tops[x][i] + left[x][i]
            y1 = tops[x + 1][j] + reached[x + 1][j]
            _ribbon(axes, (x + _THICK, x + 1), (y0, y1), band.value, columns[x + 1][j].colour)
            left[x][i] += band.value
            reached[x + 1][j] += band.value
        for x, column in enumerate(columns):
            for top, node in zip(tops[x], column, strict=True):
                axes.add_patch(Rectangle((x, top), _THICK, node.value, facecolor=COLOURS[node.colour], linewidth=0))
                told = f"{printable(node.label)} {short(node.value)}"
                axes.text(x + _THICK + 0.04, top + node.value / 2, told, va="center", color=COLOURS["ink"])
        lowest = max(tops[x][-1] + column[-1].value for x, column in enumerate(columns))
        axes.set_ylim(max(lowest, total), -0.02 * total)
        axes.set_xlim(0, len(columns) - 1 + _ROOM)
        axes.set_axis_off()

    return svg(title, height, draw)


def _tops(column: Sequence[Node], total: float, height: float) -> Iterator[float]:
    """Put nodes below each other, each with room for its label."""
    least = _LABEL * total / height
    top = 0.0
    for node in column:
        room = max(node.value, least)
        yield top + (room - node.value) / 2
        top += room + 0.25 * least


def _ribbon(axes: "Axes", xs: tuple[float, float], ys: tuple[float, float], value: float, colour: str) -> None:
    """Draw one band, which leaves and arrives level."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    (x0, x1), (y0, y1), mid = xs, ys, sum(xs) / 2
    points = [(x0, y0), (mid, y0), (mid, y1), (x1, y1), (x1, y1 + value), (mid, y1 + value), (mid, y0 + value)]
    codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
    outline = Path([*points, (x0, y0 + value), (x0, y0)], codes)
    axes.add_patch(PathPatch(outline, facecolor=COLOURS[colour], alpha=0.4, linewidth=0))
