"""Is a snapshot still what it was when it was made: what ``sluice verify`` answers."""

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from jobs.common.opened import open_warehouse
from jobs.common.options import Json, Master, WarehouseDir, entry
from jobs.common.snapshots import named
from jobs.common.tables import Warehouse
from jobs.common.verifying import verified
from schemas.errors import QualityGateError
from transforms.fields import Row

Snapshot = Annotated[str, typer.Argument(metavar="SNAPSHOT", help="Its id, or a recipe's name: its published one.")]


def run(warehouse: Warehouse, snapshot: str) -> list[Row]:
    """Recompute a snapshot's counts, digests and files' checksums; gives what ``verified`` does.

    Raises:
        RecipeError: there is no such snapshot, or it has no manifest yet.
    """
    return verified(warehouse, named(warehouse, snapshot))


def show(checked: list[Row]) -> None:
    """Print the checks as a table."""
    console = Console(highlight=False)
    table = Table()
    for name in ("check", "expected", "found", ""):
        table.add_column(name, overflow="fold")
    for row in checked:
        mark = {True: "holds", False: "DIFFERS", None: "not asked"}[row["is_held"]]
        table.add_row(row["check"], row["expected"], row["found"], mark)
    console.print(table)


def command(snapshot: Snapshot, warehouse: WarehouseDir, is_json: Json = False, master: Master = None) -> None:
    """Recompute a snapshot's digests and checksums and compare with its manifest; exit 3 if one differs.

    Example: sluice verify tiny --warehouse wh
    """
    checked = run(open_warehouse(warehouse, master), snapshot)
    if is_json:
        print(json.dumps(checked, indent=2))
    else:
        show(checked)
    wrong = [f"{row['check']}: {row['found']}" for row in checked if row["is_held"] is False]
    if wrong:
        raise QualityGateError(f"snapshot {snapshot} is not what it was: {'; '.join(wrong)}; restore it from a copy")


if __name__ == "__main__":
    entry(command)
