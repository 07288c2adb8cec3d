"""What ``sluice leaderboard`` prints: evaluations, and the scales of a benchmark."""

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table

from schemas.benchmark import Benchmark
from transforms.fields import Row
from transforms.scales import compute
from transforms.text.printable import printable

_RIGHT = {"", "params", "tokens", "compute", "epochs", "CORE", "EXTENDED", "pool"}

_LONGEST = 60
"""Characters of a model's name in a line; what is longer goes on below."""
_UNITS = ((1e12, "T"), (1e9, "B"), (1e6, "M"))


def show(rows: Sequence[Row], benchmark: Benchmark, version: str | None) -> None:
    """Print rows of ``evaluations.board``, in their order; what is published has a star."""
    names = ("", "model", "CORE", "EXTENDED", "snapshot", "", "scale", "params", "tokens", "epochs", "missing")
    table = _table(names)
    for i, row in enumerate(rows, start=1):
        table.add_row(
            str(i),
            printable(row["model"]),
            *(percent(row[name]) for name in ("core", "extended")),
            row["snapshot_id"],
            "*" if row["is_published"] else "",
            row["scale"] or "–",
            *(sized(row[name]) for name in ("n_params", "n_tokens")),
            "–" if row["epochs"] is None else f"{row['epochs']:.3g}",
            f"{len(row['missing'])} tasks" if row["missing"] else "",
        )
    _print(table)
    if not rows:
        print_line("no evaluation yet; `sluice leaderboard add` puts one in")
    print_line(
        f"{benchmark.name}, baselines {version or benchmark.version}: centred accuracy in percent, 0 is guessing"
    )


def scale_rows(benchmark: Benchmark) -> list[Row]:
    """Give name, params, tokens, multiplier, compute and pool_tokens of each scale."""
    told = []
    for name, scale in benchmark.scales.items():
        sizes = {"params": scale.params, "tokens": scale.tokens, "multiplier": scale.multiplier}
        sizes |= {"compute": compute(scale.params, scale.tokens), "pool_tokens": scale.pool_tokens}
        told.append({"name": name, **sizes})
    return told


def show_scales(told: Row, n_tokens: float | None) -> None:
    """Print scales, and which of them so many tokens fill."""
    table = _table(("scale", "params", "tokens", "compute", "pool"))
    for row in told["scales"]:
        sizes = (sized(row[name]) for name in ("params", "tokens"))
        table.add_row(row["name"], *sizes, power(row["compute"]), sized(row["pool_tokens"]))
    _print(table)
    if n_tokens is not None:
        print_line(f"{sized(n_tokens)} tokens fill {told['fits'] or 'none of them'}")


def percent(share: float | None) -> str:
    """Write a share as people compare them, in percent with one decimal; a minus stays, none is a dash."""
    return "–" if share is None else f"{100 * share:.1f}"


def sized(number: float | None) -> str:
    """Write a number of parameters or tokens as the field does: 412M, 28.8B, 1.64T; none is a dash."""
    if number is None:
        return "–"
    for limit, unit in _UNITS:
        if number >= limit:
            return f"{number / limit:.3g}{unit}"
    return f"{number:,.0f}"


def power(number: float) -> str:
    """Write a number of operations as the field does: 2.0e19."""
    digits, _, exponent = f"{number:.1e}".partition("e")
    return f"{digits}e{int(exponent)}"


def print_line(text: str) -> None:
    """Print one line as it stands."""
    Console(markup=False, emoji=False, highlight=False).print(text, soft_wrap=True)


def _table(names: Sequence[str]) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in names:
        if name == "model":
            table.add_column(name, overflow="fold", max_width=_LONGEST)
        else:
            table.add_column(name, justify="right" if name in _RIGHT else "left", no_wrap=True)
    return table


def _print(table: Table) -> None:
    # Whole names, also where a line is longer than a terminal is wide.
    wide = Console(width=1000, markup=False, emoji=False, highlight=False)
    width = max(Console().width, Measurement.get(wide, wide.options, table).maximum)
    Console(width=width, markup=False, emoji=False, highlight=False).print(table)
