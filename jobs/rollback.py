"""The published pointer, moved back by an operator: what ``sluice rollback`` does."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import uuid4

import typer

from jobs.common.lease import leased
from jobs.common.opened import open_warehouse
from jobs.common.options import Master, WarehouseDir, entry
from jobs.common.progress import Reporter
from jobs.common.snapshots import PUBLISHED, WITHDRAWN, put_rows, rows
from jobs.common.tables import Warehouse
from schemas.errors import RecipeError
from transforms.fields import Row

Name = Annotated[str, typer.Argument(metavar="RECIPE", help="Name of the recipe whose snapshot is taken back.")]
To = Annotated[
    str | None,
    typer.Option("--to", metavar="SNAPSHOT", help="What to publish instead; without: what was published before it."),
]


def run(warehouse: Warehouse, name: str, to: str | None = None) -> tuple[str, str]:
    """Withdraw a recipe's published snapshot and publish an earlier one again, in one commit; no data are touched.

    A withdrawn snapshot is not published again by a rerun of its recipe, only by ``--to``.

    Returns:
        Ids of the one that was withdrawn and of the one that is published now.

    Raises:
        RecipeError: nothing is published under the name, or there is nothing to go back to.
        SourceUnavailableError: a run is writing the warehouse.
    """
    with leased(warehouse.root, uuid4().hex, f"rollback {name}", Reporter()):
        return _moved(warehouse, name, to)


def _moved(warehouse: Warehouse, name: str, to: str | None) -> tuple[str, str]:
    mine = {row["snapshot_id"]: row for row in rows(warehouse) if row["name"] == name}
    now = next((row for row in mine.values() if row["is_published"]), None)
    if now is None:
        names = sorted({row["name"] for row in rows(warehouse) if row["is_published"]})
        raise RecipeError(f"RECIPE: given {name!r:.80}; allowed, as published ones: {', '.join(names) or 'none yet'}")
    target = _given(mine, now, to) if to else _before(mine, now)
    withdrawn = {**now, "status": WITHDRAWN, "is_published": False}
    put_rows(warehouse, [withdrawn, {**target, "status": PUBLISHED, "is_published": True}])
    return now["snapshot_id"], target["snapshot_id"]


def _given(mine: dict[str, Row], now: Row, to: str) -> Row:
    allowed = [one for one, row in mine.items() if row["status"] in (PUBLISHED, WITHDRAWN) and row is not now]
    if to not in allowed:
        raise RecipeError(f"--to: given {to!r:.80}; allowed, as published before: {', '.join(allowed) or 'none'}")
    return mine[to]


def _before(mine: dict[str, Row], now: Row) -> Row:
    """Follow the parents to the first that still stands."""
    parent, seen = mine.get(now["parent_id"]), {now["snapshot_id"]}
    while parent and parent["snapshot_id"] not in seen:
        if parent["status"] == PUBLISHED:
            return parent
        seen.add(parent["snapshot_id"])
        parent = mine.get(parent["parent_id"])
    raise RecipeError(f"{now['snapshot_id']}: nothing was published before it that still stands; name one by --to")


def command(name: Name, warehouse: WarehouseDir, to: To = None, master: Master = None) -> None:
    """Take a recipe's published snapshot back and publish the one before it again.

    Example: sluice rollback tiny --warehouse wh
    """
    was, now = run(open_warehouse(warehouse, master), name, to)
    print(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} withdrawn {was}, published {now}")


if __name__ == "__main__":
    entry(command)
