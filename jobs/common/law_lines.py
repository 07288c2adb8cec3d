"""What ``sluice laws`` prints: coefficients with their intervals, predictions, and mixtures side by side."""

from collections.abc import Sequence
from math import isfinite
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table

from transforms.fields import Row
from transforms.text.printable import printable

EXTRAPOLATED = {
    "parameters": "parameters",
    "multiplier": "tokens each",
    "compute_saved": "times compute",
    "loss": "loss",
    "predicted_loss": "predicted",
    "loss_off": "off",
    "error": "error",
    "predicted_error": "predicted",
    "error_off": "off",
}
"""What is told of a run that was held out: tokens per parameter, and its compute over that of all fitted runs."""
_LEFT = {"target", "coefficient", "name", "domain", "mixture"}


def show_fit(told: Row) -> None:
    """Print what ``law_file.summary`` gives."""
    _line(f"{told['law']}: {told['says']}; {told['label']}, {told['n_points']:,} points")
    level = next((one["level"] for one in told["targets"] if one["level"]), None)
    if level:
        rows = [
            [one["target"], row["name"], *map(number, (row["value"], row["low"], row["high"], row["standard_error"]))]
            for one in told["targets"]
            for row in one["coefficients"]
        ]
        _print(("target", "coefficient", "value", f"from ({level:.0%})", "to", "standard error"), rows)
    off = told["held_out"] and told["held_out"]["targets"]
    names = ("target", "R²", *(("trees",) if "n_trees" in told["targets"][0] else ()), *(("error",) if off else ()))
    table = []
    for one in told["targets"]:
        trees = [str(one["n_trees"])] if "n_trees" in one else []
        table.append([one["target"], f"{one['r2']:.5f}", *trees, *([percent(off.get(one["target"]))] if off else [])])
    _print(names, table)
    if off:
        held = told["held_out"]
        told_mean = f"mean relative error {percent(held['mean'])}, worst {percent(held['worst'])}"
        _line(f"held out ({held['how']}): {held['n']:,} points, {told_mean}")
    if told["extrapolated"]:
        _print(("name", *EXTRAPOLATED.values()), [extrapolated_cells(one) for one in told["extrapolated"]])
    if told["best_multiplier"]:
        _line(f"M* = {number(told['best_multiplier'])} tokens per parameter give the least loss at any compute")


def extrapolated_cells(row: Row) -> list[str]:
    """Write a run that was held out of a law of over-training: its name, and a cell for each of ``EXTRAPOLATED``."""
    told = [percent(row[key]) if key.endswith("_off") else number(row[key]) for key in EXTRAPOLATED]
    return [row["name"], *told]


def show_rows(rows: Sequence[Row]) -> None:
    """Print predictions, as ``law_asks`` gives them."""
    sizes = [key for key in ("steps", "parameters", "tokens") if rows[0].get(key) is not None]
    table = [
        [row["name"], *(number(row[key]) for key in sizes), target, *map(number, loss.values())]
        for row in rows
        for target, loss in row["losses"].items()
    ]
    _print(("name", *sizes, "target", "predicted", "from", "to"), table)


def show_optimum(told: Row) -> None:
    """Print the best mixture beside others, what each is predicted to give, and the line for a schedule."""
    mixtures = told["mixtures"]
    names = [one["name"] for one in mixtures]
    _print(("domain", *names), [[d, *(f"{one['mixture'][d]:.4f}" for one in mixtures)] for d in told["domains"]])
    losses = [[t, *(number(one["losses"][t]["value"]) for one in mixtures)] for t in told["targets"]]
    weighted = ["weighted sum", *(number(one["total"]) for one in mixtures)]
    _print(("target", *names), [*losses, weighted])
    _line(f"for a schedule's phase:\nmix = {{ {mix_of(mixtures[0]['mixture'])} }}")


def mix_of(mixture: dict[str, float]) -> str:
    """Write a mixture as a schedule does; its rounded numbers come to 1 as well as a schedule asks."""
    return ", ".join(f"{_key(name)} = {share:.10f}" for name, share in mixture.items())


def _key(name: str) -> str:
    is_bare = name.isascii() and name.replace("-", "").replace("_", "").isalnum()
    return name if is_bare else '"' + printable(name).replace("\\", "\\\\").replace('"', '\\"') + '"'


def number(value: float | None) -> str:
    """Write a number in five digits; none, or one without end, is a dash."""
    return "–" if value is None or not isfinite(value) else f"{value:.5g}"


def percent(share: float | None) -> str:
    """Write a relative error; none is a dash."""
    return "–" if share is None else f"{100 * share:.3g} %"


def _line(text: str) -> None:
    for one in text.split("\n"):
        Console(markup=False, emoji=False, highlight=False).print(printable(one), soft_wrap=True)


def _print(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in names:
        table.add_column(printable(name), justify="left" if name in _LEFT else "right", no_wrap=True)
    for row in rows:
        table.add_row(*map(printable, row))
    # Whole names, also where a line is longer than a terminal is wide.
    wide = Console(width=1000, markup=False, emoji=False, highlight=False)
    width = max(Console().width, Measurement.get(wide, wide.options, table).maximum)
    Console(width=width, markup=False, emoji=False, highlight=False).print(table)
