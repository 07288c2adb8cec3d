"""How far each crawl of a warehouse has come: done, failed, pending, at what rate, and how long it will take."""

import json
from datetime import timedelta

from rich.console import Console
from rich.table import Table

from jobs.common import files
from jobs.common.options import Json, Master, WarehouseDir, entry
from jobs.common.session import open_session
from jobs.common.tables import Warehouse
from schemas.errors import RecipeError
from schemas.inputs import INPUTS
from schemas.tables import CRAWL_FILES
from transforms.fields import Row
from transforms.status import progress, states

_MAX_LISTED = 50


def run(warehouse: Warehouse) -> tuple[list[Row], list[Row]]:
    """Give a row for each crawl, and one for each failed or damaged input (the first 50).

    Raises:
        RecipeError: nothing was ever ingested there.
    """
    if not warehouse.has(INPUTS):
        raise RecipeError(f"--warehouse: nothing was ever ingested into {warehouse.root}")
    found = warehouse.read(INPUTS).transform(states, warehouse.read(CRAWL_FILES))
    crawls = [row.asDict() for row in found.transform(progress).collect()]
    faults = found.where("error IS NOT NULL").orderBy("crawl", "state", "uri").limit(_MAX_LISTED).collect()
    return crawls, [{name: row[name] for name in ("crawl", "uri", "state", "error")} for row in faults]


def show(crawls: list[Row], faults: list[Row]) -> None:
    """Print both as tables."""
    console = Console(highlight=False)
    table = Table()
    for name in ("crawl", "done", "damaged", "failed", "pending", "documents", "MB done", "MB/s", "left"):
        table.add_column(name, justify="left" if name == "crawl" else "right", no_wrap=True)
    for row in crawls:
        counts = [f"{row[f'n_{name}']:,}" for name in ("done", "damaged", "failed", "pending", "documents")]
        rate = f"{row['bytes_per_s'] / 1e6:,.1f}" if row["bytes_per_s"] else ""
        left = str(timedelta(seconds=round(row["seconds_left"]))) if row["n_pending"] and row["seconds_left"] else ""
        table.add_row(row["crawl"], *counts, f"{row['done_bytes'] / 1e6:,.1f}", rate, left)
    console.print(table)
    for row in faults:
        console.print(f"{row['state']}: {row['uri']}: {row['error']}", markup=False, soft_wrap=True)


def command(
    warehouse: WarehouseDir,
    is_json: Json = False,
    master: Master = None,
) -> None:
    """Show how far each crawl has come, while an ingest runs or after it.

    Example: sluice status --warehouse wh

    done and damaged files are committed; failed ones were out of reach and are tried again by the
    next run, damaged ones only with --retry-failed; pending ones are still to be read.
    """
    crawls, faults = run(Warehouse(open_session(master), files.absolute(warehouse)))
    if is_json:
        print(json.dumps({"crawls": crawls, "faults": faults}))
    else:
        show(crawls, faults)


if __name__ == "__main__":
    entry(command)
