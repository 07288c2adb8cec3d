"""A snapshot's domains → how much each has to say, and mixtures in proportion to it: ``sluice entropies``."""

import csv
import io
import json
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from jobs.common import files
from jobs.common.entropies import entropies_of
from jobs.common.lists import settled
from jobs.common.opened import known_root, open_warehouse
from jobs.common.options import Json, Master, WarehouseDir, entry
from jobs.common.past import context_of
from jobs.common.snapshots import named
from jobs.common.tables import Warehouse
from schemas.errors import RecipeError
from schemas.schedule import Schedule
from schemas.toml_file import load_shape
from transforms.entropies import PROXIES, mixture
from transforms.fields import Row

ScheduleFile = Annotated[
    str,
    typer.Option("--schedule", help="Its [domains], and [entropies] (TOML); phases may be missing.", metavar="FILE"),
]
Snapshot = Annotated[
    str, typer.Option("--snapshot", help="Id, or a recipe's name: its published one.", metavar="SNAPSHOT")
]
Out = Annotated[
    str | None,
    typer.Option("--out", help="Write the mixtures there (CSV), for laws optimise --beside.", metavar="FILE"),
]
_SHOWN = {"se": "SE", "je": "JE", "ce": "CE", "vne": "VNE"}


def run(warehouse: Warehouse, snapshot: str, schedule: Schedule, origin: str) -> list[Row]:
    """Measure a snapshot's domains, unless that was done; gives rows of ``domain_entropies``, by name.

    Args:
        warehouse: Where.
        snapshot: Its id, or a recipe's name.
        schedule: Says domains and what is counted.
        origin: Its file, which errors mention and paths begin from.

    Raises:
        RecipeError: no such snapshot, no tokenizer, or domains, tokenizer or vectors are not usable.
        SourceUnavailableError: another run is writing the warehouse.
    """
    asked, row = settled(schedule, origin), named(warehouse, snapshot, "--snapshot")
    tokens = asked.entropies.tokens or context_of(warehouse, row).recipe.tokens
    if tokens is None:
        raise RecipeError(f"{origin}: entropies.tokens: given none, nor [tokens] in the snapshot's recipe; name one")
    try:
        return entropies_of(warehouse, row["snapshot_id"], asked.domains, tokens, asked.entropies.settings)
    except RecipeError as error:  # names the key
        raise RecipeError(f"{origin}: {error}") from None


def mixtures_of(rows: Sequence[Row]) -> dict[str, dict[str, float]]:
    """Give the natural mixture, by tokens, and r = e^H by each proxy that all domains have; of all domains."""
    total = sum(row["n_tokens"] for row in rows)
    told = {"natural": {row["domain"]: row["n_tokens"] / total for row in rows}} if total else {}
    for proxy in PROXIES:
        if all(row[proxy] is not None for row in rows):
            told[proxy] = mixture({row["domain"]: row[proxy] for row in rows})
    return told


def as_csv(mixtures: dict[str, dict[str, float]]) -> str:
    """Give a row a domain and a column a mixture, as ``laws optimise --beside`` reads them."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["domain", *mixtures])
    for domain in next(iter(mixtures.values()), {}):
        writer.writerow([domain, *(one[domain] for one in mixtures.values())])
    return out.getvalue()


def show(rows: Sequence[Row]) -> None:
    """Print what was measured, and the mixtures that follow."""
    table = Table(title=f"Entropies in nats, tokens of {rows[0]['tokenizer']}", title_justify="left")
    for name in ("domain", "documents", "tokens", *_SHOWN.values()):
        table.add_column(name, justify="left" if name == "domain" else "right")
    for row in rows:
        nats = ("–" if row[proxy] is None else f"{row[proxy]:.4f}" for proxy in _SHOWN)
        table.add_row(row["domain"], f"{row['n_documents']:,}", f"{row['n_tokens']:,}", *nats)
    mixtures = mixtures_of(rows)
    shares = Table(title="Mixtures: natural, and in proportion to e^H", title_justify="left")
    for name in ("domain", *mixtures):
        shares.add_column(_SHOWN.get(name, name), justify="left" if name == "domain" else "right")
    for row in rows:
        shares.add_row(row["domain"], *(f"{one[row['domain']]:.2%}" for one in mixtures.values()))
    Console(highlight=False).print(table, shares)


def command(  # noqa: PLR0913, PLR0917 a command line has the options that it has
    schedule: ScheduleFile,
    snapshot: Snapshot,
    warehouse: WarehouseDir,
    out: Out = None,
    is_json: Json = False,
    master: Master = None,
) -> None:
    """Measure the entropies of a snapshot's domains, and make mixtures of them (BiMix's entropy proxies).

    Example: sluice entropies --snapshot tiny --schedule conf/mixtures/demo.toml --warehouse wh --out mixtures.csv

    Shannon (SE), joint (JE) and conditional (CE) entropy of tokens and their pairs, over all texts or a sample; with a
    model of vectors von Neumann's (VNE). Measured once: the same again reads the table. Exit codes: 0, 2, 75.
    """
    known_root(warehouse)
    asked = load_shape(schedule, Schedule)
    rows = run(open_warehouse(warehouse, master), snapshot, asked, schedule)
    if out:
        files.write_text(files.absolute(out), as_csv(mixtures_of(rows)))
    if is_json:
        print(json.dumps({"domains": rows, "mixtures": mixtures_of(rows)}, indent=2, default=str))
    else:
        show(rows)


if __name__ == "__main__":
    entry(command)
