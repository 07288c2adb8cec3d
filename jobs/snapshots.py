"""Which snapshots a warehouse has, and which of them are published: what ``sluice snapshots`` lists."""

import json

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table

from jobs.common.opened import open_warehouse
from jobs.common.options import Json, Master, WarehouseDir, entry
from jobs.common.snapshots import rows
from jobs.common.tables import Warehouse
from transforms.fields import Row

_LONG = ("recipe", "recipe_checked", "input_versions")  # for programs, and for who reads the table


def run(warehouse: Warehouse) -> list[Row]:
    """Give the registry's rows, oldest first, without the recipes' texts."""
    return [{key: value for key, value in row.items() if key not in _LONG} for row in rows(warehouse)]


def show(found: list[Row]) -> None:
    """Print them as a table; what is published has a star."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in ("", "snapshot", "crawl", "status", "made", "kept", "of", "words", "tokens", "parent"):
        table.add_column(name, justify="right" if name in ("kept", "of", "words", "tokens") else "left", no_wrap=True)
    for row in found:
        counts = [row[name] for name in ("n_kept", "n_documents", "n_kept_words", "n_kept_tokens")]
        table.add_row(
            "*" if row["is_published"] else "",
            *(row[name] for name in ("snapshot_id", "crawl", "status")),
            f"{row['created_at']:%Y-%m-%d %H:%M}",
            *("" if n is None else f"{n:,}" for n in counts),
            row["parent_id"] or "",
        )
    # Whole names, also where a line is longer than a terminal is wide.
    wide = Console(width=1000)
    Console(width=max(Console().width, Measurement.get(wide, wide.options, table).maximum)).print(table)


def command(warehouse: WarehouseDir, is_json: Json = False, master: Master = None) -> None:
    """List all snapshots, the published ones with a star.

    Example: sluice snapshots --warehouse wh

    curated: not held against its gates yet; refused: a gate did not hold; withdrawn: by `sluice rollback`;
    freed: its data are gone, by `sluice gc`.
    """
    found = run(open_warehouse(warehouse, master))
    if is_json:
        print(json.dumps(found, indent=2, default=str))
    else:
        show(found)


if __name__ == "__main__":
    entry(command)
