"""Room made in a warehouse: what ``sluice gc`` would free, and frees when told so."""

from typing import Annotated
from uuid import uuid4

import typer
from rich.console import Console
from rich.table import Table

from jobs.common.garbage import Garbage, found, free
from jobs.common.lease import leased
from jobs.common.opened import open_warehouse
from jobs.common.options import Master, WarehouseDir, entry
from jobs.common.progress import Reporter
from jobs.common.tables import Warehouse

Keep = Annotated[
    int | None,
    typer.Option("--keep", min=0, metavar="N", help="Keep the newest N of each recipe's unpublished snapshots."),
]
Hours = Annotated[
    int,
    typer.Option("--older-than", min=0, metavar="HOURS", help="Leave what runs and old versions left since then."),
]
Yes = Annotated[bool, typer.Option("--yes", help="Free it. Without, nothing is touched.")]
_WEEK = 168


def run(warehouse: Warehouse, keep: int | None = None, hours: int = _WEEK, *, is_freed: bool = False) -> list[Garbage]:
    """Say what can go, as ``garbage.found`` does, and let it go if ``is_freed``.

    Raises:
        SourceUnavailableError: it is to go, and a run is writing the warehouse.
    """
    if not is_freed:
        return found(warehouse, keep, hours)
    with leased(warehouse.root, uuid4().hex, "gc", Reporter()):
        garbage = found(warehouse, keep, hours)
        free(warehouse, garbage, hours)
        return garbage


def show(garbage: list[Garbage], *, is_freed: bool) -> None:
    """Print what goes as a table, with its sum."""
    console = Console(highlight=False)
    table = Table()
    table.add_column("what")
    table.add_column("name", overflow="fold")
    for name in ("files", "MB"):
        table.add_column(name, justify="right")
    for one in garbage:
        table.add_row(one.what, one.name, f"{one.n_files:,}", f"{one.n_bytes / 1e6:,.1f}")
    console.print(table)
    total = f"{sum(one.n_files for one in garbage):,} files, {sum(one.n_bytes for one in garbage) / 1e6:,.1f} MB"
    console.print(f"freed {total}" if is_freed else f"would free {total}; nothing was touched, --yes frees it")


def command(
    warehouse: WarehouseDir, keep: Keep = None, older_than: Hours = _WEEK, yes: Yes = False, master: Master = None
) -> None:
    """Say what killed runs, old versions of tables and old snapshots take, and free it with --yes.

    Example: sluice gc --warehouse wh --keep 3

    Published snapshots never go. Below 168 hours, make sure that nobody is reading older versions of tables.
    """
    show(run(open_warehouse(warehouse, master), keep, older_than, is_freed=yes), is_freed=yes)


if __name__ == "__main__":
    entry(command)
