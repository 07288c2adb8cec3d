"""What changed between two snapshots, and why: ``sluice compare``."""

import json
from dataclasses import dataclass
from typing import Annotated

import typer

from jobs.common import html_file
from jobs.common.compared import compared
from jobs.common.compared_lines import show
from jobs.common.compared_page import to_html
from jobs.common.html_file import Html
from jobs.common.opened import open_warehouse
from jobs.common.options import Json, Master, WarehouseDir, entry
from jobs.common.snapshots import named
from jobs.common.tables import Warehouse
from schemas.errors import QualityGateError, RecipeError
from transforms.fields import Row


@dataclass(frozen=True)
class Limits:
    """What may change; None: anything.

    Attributes:
        removed: Most removed documents, as a share of those that A keeps.
        added: Most added ones, as a share of those that B keeps.
        changed: Most ones with another text, as a share of those that both keep.
        shift: Greatest shift of any distribution: Jensen-Shannon divergence or Kolmogorov-Smirnov distance.
    """

    removed: float | None = None
    added: float | None = None
    changed: float | None = None
    shift: float | None = None

    def named(self) -> dict[str, float]:
        """Give those that were set, by the name of their option."""
        told = {f"max-{fate}-ratio": getattr(self, fate) for fate in ("removed", "added", "changed")}
        return {name: value for name, value in (told | {"max-shift": self.shift}).items() if value is not None}

    def check(self) -> None:
        """Make sure that each is a share.

        Raises:
            RecipeError: one is not.
        """
        for name, value in self.named().items():
            if not 0 <= value <= 1:
                raise RecipeError(f"--{name}: given {value}; allowed: a number from 0 to 1")

    def held(self, told: Row) -> list[Row]:
        """Hold what was found against the limits.

        Returns:
            limit, what, observed, allowed, is_held of each; of shifts only the greatest, and all that are beyond.
        """
        changes = told["changes"][told["by"]]
        rows = []
        for name, allowed in self.named().items():
            if name == "max-shift":
                found = sorted(((one["size"], one["name"]) for one in told["shifts"]), reverse=True)
                seen = [one for one in found if one[0] > allowed] or found[:1]
            else:
                ratio = name.removeprefix("max-").replace("-", "_")
                seen = [(changes[ratio], f"{ratio} by {told['by']}")]
            rows += [{"limit": name, "what": what, "observed": size, "allowed": allowed} for size, what in seen]
        return [row | {"is_held": row["observed"] <= row["allowed"]} for row in rows]


def run(warehouse: Warehouse, a: str, b: str, limits: Limits) -> Row:
    """Compare two snapshots, each named by its id or by a recipe whose published one is meant.

    Returns:
        What ``compared`` gives, and limits (as ``Limits.held``).

    Raises:
        RecipeError: a limit is not a share, or there is no such snapshot.
    """
    limits.check()
    told = compared(warehouse, named(warehouse, a, "A"), named(warehouse, b, "B"))
    return told | {"limits": limits.held(told)}


def require_limits(told: Row) -> None:
    """Make sure that nothing changed by more than was allowed.

    Raises:
        QualityGateError: something did; names each limit.
    """
    beyond = [row for row in told["limits"] if not row["is_held"]]
    if beyond:
        faults = "; ".join(
            f"{row['what']} is {row['observed']:.4g}, --{row['limit']} {row['allowed']:g}" for row in beyond
        )
        raise QualityGateError(f"{told['b']['snapshot_id']} differs from {told['a']['snapshot_id']}: {faults}")


A = Annotated[str, typer.Argument(metavar="A", help="Id of a snapshot, or name of a recipe: its published one.")]
B = Annotated[str, typer.Argument(metavar="B", help="The same: what is held against A.")]
Removed = Annotated[float | None, typer.Option(help="Most removed ones, of those that A keeps.", metavar="SHARE")]
Added = Annotated[float | None, typer.Option(help="Most added ones, of those that B keeps.", metavar="SHARE")]
Changed = Annotated[float | None, typer.Option(help="Most with another text, of those in both.", metavar="SHARE")]
Shift = Annotated[float | None, typer.Option(help="Greatest shift of any distribution (0 to 1).", metavar="SIZE")]


def command(  # noqa: PLR0913, PLR0917 a command line has the options that it has
    a: A,
    b: B,
    warehouse: WarehouseDir,
    html: Html = None,
    is_json: Json = False,
    max_removed_ratio: Removed = None,
    max_added_ratio: Added = None,
    max_changed_ratio: Changed = None,
    max_shift: Shift = None,
    master: Master = None,
) -> None:
    """Show which documents were added, removed and changed between two snapshots, why, and what shifted.

    Example: sluice compare tiny-1b0c83a6d2f4 tiny --warehouse wh --html compare.html --max-removed-ratio 0.05

    Snapshots of two crawls are compared by URL too, and the limits are held against that. A shift's size is the
    Jensen-Shannon divergence (languages, hosts) or the Kolmogorov-Smirnov distance (words, scores).
    Exit codes: 0 within the limits, 2 edit the command, 3 beyond a limit.
    """
    limits = Limits(max_removed_ratio, max_added_ratio, max_changed_ratio, max_shift)
    limits.check()
    html_file.check(html)
    told = run(open_warehouse(warehouse, master), a, b, limits)
    if html:
        html_file.write(html, to_html(told))
    if is_json:
        print(json.dumps(told, indent=2))
    else:
        show(told)
    require_limits(told)


if __name__ == "__main__":
    entry(command)
