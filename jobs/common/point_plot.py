"""Points over an axis of powers of ten, some with a name beside them, drawn as every plot of our pages."""

from collections.abc import Iterable, Sequence
from math import ceil, floor, log10
from typing import TYPE_CHECKING, NamedTuple

from jobs.common.plots import COLOURS, WIDTH, cut, grid, svg
from transforms.text.printable import printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_HEIGHT = 320
_INNER = (WIDTH - 60, _HEIGHT - 60)
"""What is left for the points, about: names are kept apart by it."""
_LINE = 17
"""Of the plot's units: a line of text with its distance to the next."""
_DOT = 9


class Point(NamedTuple):
    """One point: above 0 on the axis of powers, any number on the other, a CSS variable of the page as its colour."""

    x: float
    y: float
    colour: str
    label: str = ""
    """Written beside it; empty: nothing is."""


def points(title: str, marks: Sequence[Point], x_name: str, y_name: str) -> str:
    """Draw points, the first ones on top; gives an ``<svg>`` element.

    Args:
        title: What a screen reader says.
        marks: With labels of any text, also a stranger's; a handful of them, or there is no room.
        x_name: What the axis of powers shows.
        y_name: What the other one shows.
    """
    xs, ys = span([log10(mark.x) for mark in marks]), span([mark.y for mark in marks])

    def draw(axes: "Axes") -> None:
        axes.set_xlim(*xs)
        axes.set_ylim(*ys)
        set_powers(axes, xs)
        axes.locator_params(axis="y", nbins=6)
        axes.set_xlabel(x_name)
        axes.set_ylabel(y_name)
        grid(axes, "both")
        for mark in reversed(marks):
            dot(axes, (log10(mark.x), mark.y), mark.colour)
        for mark, lift in _apart([mark for mark in marks if mark.label], ys):
            _name(axes, mark, lift, is_left=log10(mark.x) > sum(xs) / 2)

    return svg(title, _HEIGHT, draw)


def set_powers(axes: "Axes", ends: tuple[float, float]) -> None:
    """Write round numbers along an axis of logarithms to the base of 10."""
    ticks = _powers(*ends)
    axes.set_xticks([log10(tick) for tick in ticks], [_power(tick) for tick in ticks])


def span(values: Sequence[float]) -> tuple[float, float]:
    """Give the ends of an axis, with room on both sides, also where all values are one."""
    low, high = min(values, default=0.0), max(values, default=1.0)
    room = max(0.08 * (high - low), 0.02 * max(abs(low), abs(high))) or 1.0
    return low - room, high + room


def _powers(low: float, high: float) -> list[float]:
    """Give round numbers between two powers of ten: 1, 2 and 5 of each, or powers alone where these are many."""
    decades = range(floor(low), ceil(high) + 1)
    fine = [digit * 10.0**decade for decade in decades for digit in (1, 2, 5)]
    inside = [tick for tick in fine if low <= log10(tick) <= high]
    powers = [tick for tick in inside if log10(tick) == round(log10(tick))]
    return inside if len(inside) <= 5 else powers[:: max(1, len(powers) // 5)]


def _power(number: float) -> str:
    digit, _, power = f"{number:.0e}".partition("e")
    return f"{digit}e{int(power)}"


def dot(axes: "Axes", at: tuple[float, float], colour: str, size: float = _DOT) -> None:
    """Draw a round point. matplotlib's own markers are drawn by reference to an id, which two plots would share."""
    from matplotlib.patches import Ellipse
    from matplotlib.transforms import ScaledTranslation

    # As matplotlib's own guide does it; its stubs know of fewer transforms.
    place = ScaledTranslation(*at, axes.transData)  # type: ignore[arg-type]
    round_one = Ellipse((0, 0), size, size, facecolor=COLOURS[colour], linewidth=0, alpha=0.85, clip_on=False)
    round_one.set_transform(place)
    axes.add_artist(round_one)


def _apart(named: Sequence[Point], ys: tuple[float, float]) -> Iterable[tuple[Point, float]]:
    """Give each name with how far it must be lifted from its point, so that no two stand in one line."""
    height = _INNER[1]
    places = sorted(((mark.y - ys[0]) / (ys[1] - ys[0]) * height, i) for i, mark in enumerate(named))
    taken = -float(_LINE)
    lifted = []
    for place, i in places:
        taken = max(place, taken + _LINE)
        lifted.append((i, taken, place))
    over = max(0.0, taken - height)
    return [(named[i], at - over * (at / taken if taken else 0) - place) for i, at, place in lifted]


def _name(axes: "Axes", mark: Point, lift: float, *, is_left: bool) -> None:
    is_far, side = abs(lift) > _LINE / 2, -1 if is_left else 1
    line = {"arrowstyle": "-", "color": COLOURS["soft"], "linewidth": 0.8, "shrinkA": 2, "shrinkB": _DOT / 2}
    axes.annotate(
        cut(printable(mark.label)),
        (log10(mark.x), mark.y),
        xytext=(side * (22 if is_far else 10), lift),
        textcoords="offset points",
        ha="right" if is_left else "left",
        va="center",
        color=COLOURS["ink"],
        arrowprops=line | {"relpos": (float(is_left), 0.5)} if is_far else None,
        annotation_clip=False,
    )
