"""Plots as SVG for our HTML pages: text stays text, colours are the page's, the same numbers give the same bytes.

A plot is part of its page: it has no ids, styles or colours of its own, so two of them do not meet, and it is as dark
as the page is. Only pages with plots load matplotlib, which takes a second.
"""

import io
import re
import warnings
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple

from transforms.text.printable import printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH = 440
"""Of every plot, in its own units: on a phone's page its texts are still large enough to read."""

_TEXT = 13
_LONGEST_LABEL = 24
COLOURS = {name: f"#0101{i:02x}" for i, name in enumerate(("ink", "soft", "line", "kept", "gone", "bad", "good"))}
"""CSS variable of the page → the colour that matplotlib draws with in its place."""
_SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "sluice",
    "text.parse_math": False,  # a host may have dollar signs
    "font.size": _TEXT,
    "text.color": COLOURS["soft"],
    "axes.edgecolor": COLOURS["line"],
    "axes.labelcolor": COLOURS["soft"],
    "xtick.labelcolor": COLOURS["soft"],
    "ytick.labelcolor": COLOURS["soft"],
    "grid.color": COLOURS["line"],
    # Marks are drawn by reference to an id, and two plots of a page would share it.
    "xtick.major.size": 0,
    "xtick.major.pad": 8,  # away from the other axis' lowest label
    "ytick.major.size": 0,
}


class Series(NamedTuple):
    """What is drawn in one colour.

    Attributes:
        shares: A share (0 to 1) for each label or bin.
        colour: A CSS variable of the page, without its dashes: ``kept``, ``gone``, ``soft`` …
    """

    shares: Sequence[float]
    colour: str


def bars(title: str, labels: Sequence[str], series: Sequence[Series]) -> str:
    """Draw a horizontal bar of each series for each label, the first label on top; gives an ``<svg>`` element.

    Args:
        title: What a screen reader says.
        labels: Any text, also a stranger's: control characters are replaced, long ones shortened.
        series: With a share for each label.
    """

    def draw(axes: "Axes") -> None:
        height = 0.8 / len(series)
        for i, one in enumerate(series):
            places = [at - 0.4 + height * (i + 0.5) for at in range(len(labels))]
            axes.barh(places, one.shares, height * 0.9, color=COLOURS[one.colour], clip_on=False)
        axes.set_yticks(range(len(labels)), [cut(printable(label)) for label in labels])
        axes.set_ylim(len(labels) - 0.45, -0.55)
        axes.set_xlim(0, max((share for one in series for share in one.shares), default=0) or 1)
        axes.xaxis.set_major_formatter(_percent)
        axes.locator_params(axis="x", nbins=4)
        grid(axes, "x")

    return svg(title, 40 + (14 + 10 * len(series)) * max(1, len(labels)), draw)


def outlines(title: str, ticks: Sequence[tuple[float, str]], series: Sequence[Series], x_name: str) -> str:
    """Draw histograms over each other, the first one filled, the others as lines; gives an ``<svg>`` element.

    Args:
        title: What a screen reader says.
        ticks: Where on the axis (in bins from its left end) which value stands.
        series: With a share for each bin; bins are equally wide.
        x_name: What the axis shows.
    """

    def draw(axes: "Axes") -> None:
        for i, one in enumerate(series):
            colour = COLOURS[one.colour]
            if i == 0:
                axes.stairs(one.shares, color=colour, clip_on=False, fill=True, alpha=0.5)
            else:
                axes.stairs(one.shares, color=colour, clip_on=False, linewidth=2.2)
        axes.set_xlim(0, max(1, *(len(one.shares) for one in series)))
        axes.set_ylim(0, max((share for one in series for share in one.shares), default=0) or 1)
        axes.set_xticks([at for at, _ in ticks], [label for _, label in ticks])
        axes.set_xlabel(x_name)
        axes.yaxis.set_major_formatter(_percent)
        axes.locator_params(axis="y", nbins=4)
        grid(axes, "y")

    return svg(title, 240, draw)


def _percent(share: float, _: Any = None) -> str:
    return f"{100 * share:.3g} %"


def cut(label: str) -> str:
    """Shorten a long label in its middle: a host's end says most."""
    half = _LONGEST_LABEL // 2
    return label if len(label) <= _LONGEST_LABEL else f"{label[: half - 1]}…{label[-half:]}"


def grid(axes: "Axes", which: Any) -> None:
    """Draw lines across one axis, and no frame."""
    axes.grid(axis=which, clip_on=False)
    axes.set_axisbelow(True)
    axes.spines[:].set_visible(False)


def svg(title: str, height: float, draw: Any) -> str:
    """Let ``draw`` fill a pair of axes and write the figure, without anything that is not the plot.

    Args:
        title: What a screen reader says.
        height: In the plot's own units.
        draw: Is given the axes; draws in ``COLOURS`` and without markers.
    """
    import matplotlib
    from matplotlib.figure import Figure

    # Settings of the operator's own matplotlibrc must not show, nor warnings that a font lacks a script: the page's
    # fonts write the text.
    with matplotlib.rc_context(), warnings.catch_warnings():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_SETTINGS)
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        figure = Figure(figsize=(WIDTH / 72, height / 72), dpi=72, layout="constrained", facecolor="none")
        axes = figure.add_subplot(facecolor="none")
        draw(axes)
        return _embedded(_written(figure), title)


def _written(figure: "Figure") -> str:
    out = io.StringIO()
    figure.savefig(out, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    return out.getvalue()


def _embedded(svg: str, title: str) -> str:
    """Take a file's SVG for a page: its body, in the page's colours, and a name for who cannot see it."""
    [(box, body)] = re.findall(r'<svg[^>]* viewBox="([^"]*)"[^>]*>(.*)</svg>', svg, re.DOTALL)
    body = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", body, flags=re.DOTALL)
    # Inside of tags only: a label that reads like a colour or an id stays what it is.
    body = re.sub(r"<[^<>]*>", lambda tag: _tag(tag[0]), body)
    name = escape(printable(title))
    return f'<svg viewBox="{box}" role="img" aria-label="{name}"><title>{name}</title>{body.strip()}</svg>'


def _tag(tag: str) -> str:
    tag = re.sub(r'\s+id="[^"]*"', "", tag)
    tag = re.sub(r"font: [^;]*?([\d.]+px)[^;\"]*", r"font-size: \1", tag)
    tag = re.sub(r"font-family: [^;\"]*;?\s*", "", tag)
    for name, colour in COLOURS.items():
        tag = tag.replace(colour, f"var(--{name})")
    return re.sub(r"\s+", " ", tag)
