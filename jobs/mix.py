"""A snapshot → what to train on, phase by phase: ``sluice mix``."""

import json
from typing import Annotated
from uuid import uuid4

import typer
from rich.console import Console
from rich.table import Table

from jobs.common.domains import divided
from jobs.common.job_runs import JobRun, recorded
from jobs.common.lease import leased
from jobs.common.lists import settled
from jobs.common.mixing import made, make
from jobs.common.mixture_manifest import Asked
from jobs.common.opened import known_root, open_warehouse
from jobs.common.options import Json, Master, WarehouseDir, entry
from jobs.common.progress import Reporter
from jobs.common.snapshots import named
from jobs.common.tables import Warehouse
from schemas.errors import RecipeError
from schemas.schedule import Schedule
from schemas.toml_file import load_shape
from transforms.fields import Row
from transforms.phases import without

ScheduleFile = Annotated[str, typer.Option("--schedule", help="Phases and their mixtures (TOML).", metavar="FILE")]
Snapshot = Annotated[
    str,
    typer.Option("--snapshot", help="Id of a snapshot, or a recipe's name: its published one.", metavar="SNAPSHOT"),
]
Without = Annotated[
    str | None,
    typer.Option("--without", help="Leave one source out of all phases (a removal probe).", metavar="SOURCE"),
]


def run(warehouse: Warehouse, snapshot: str, schedule: Schedule, origin: str) -> Row:
    """Write a mixture, unless it is there; gives its manifest.

    Args:
        warehouse: Where.
        snapshot: Its id, or a recipe's name.
        schedule: What is asked.
        origin: Its file, which errors mention.

    Raises:
        RecipeError: no such snapshot, its tokens were not counted, a document is of no source, or a source is not
            there or short.
        SourceUnavailableError: another run is writing the warehouse.
    """
    row, rule = named(warehouse, snapshot, "--snapshot"), settled(schedule.domains, origin)
    asked = Asked(row, schedule, origin, divided(warehouse, row, rule, f"{origin}: domains"))
    if (before := made(warehouse, asked)) is not None:
        return before
    run_id, reporter = uuid4().hex, Reporter()
    job = JobRun(warehouse, reporter, run_id, "mix", row["crawl"], asked.mixture_id, row["recipe_fingerprint"])
    with leased(warehouse.root, run_id, f"mix {schedule.name}", reporter), recorded(job, 1) as stage:
        told = make(warehouse, asked)
        stage.advance(0, sum(part["n_rows"] for phase in told["phases"] for part in phase["sources"]))
        return told


def show(told: Row) -> None:
    """Print what was asked and reached, phase by phase, and how often each source is seen."""
    console = Console(highlight=False)
    for phase in told["phases"]:
        title = f"{phase['name']}: {phase['n_tokens']:,} tokens asked, {phase['n_reached']:,} reached"
        table = Table(title=title, title_justify="left")
        for name in ("source", "asked", "reached", "tokens asked", "tokens reached", "documents"):
            table.add_column(name, justify="left" if name == "source" else "right")
        for row in phase["sources"]:
            shares = (f"{row['proportion']:.2%}", f"{row['proportion_reached']:.2%}")
            table.add_row(row["source"], *shares, *(f"{row[name]:,}" for name in ("n_tokens", "n_reached", "n_rows")))
        console.print(table)
    table = Table(title="Sources", title_justify="left")
    for name in ("source", "documents", "tokens", "tokens asked", "epochs", "allowed"):
        table.add_column(name, justify="left" if name == "source" else "right")
    for row in told["sources"]:
        counts = (f"{row[name]:,}" for name in ("n_documents", "n_tokens", "n_asked"))
        table.add_row(row["source"], *counts, f"{row['epochs']:.2f}", f"{row['max_epochs']:g}")
    console.print(table)
    print(f"mixture    {told['mixture_id']} of {told['snapshot']['snapshot_id']}")
    print(f"digest     {told['digest']}")


def command(  # noqa: PLR0913, PLR0917 a command line has the options that it has
    schedule: ScheduleFile,
    snapshot: Snapshot,
    warehouse: WarehouseDir,
    leave_out: Without = None,
    is_json: Json = False,
    master: Master = None,
) -> None:
    """Choose copies of a snapshot's documents for each phase of a training run, in the order in which they are read.

    Example: sluice mix --snapshot tiny --schedule conf/mixtures/demo.toml --warehouse wh

    The table mixture gets a row for each copy; the manifest tells what was asked and reached. Made once: the same again
    changes nothing. Exit codes: 0, 2 edit the schedule (a source is short, or not there), 75 try again.
    """
    known_root(warehouse)
    parsed = load_shape(schedule, Schedule)
    if not parsed.phases:
        raise RecipeError(f"{schedule}: phases: given none; allowed: [[phases]], one or more")
    asked = without(parsed, leave_out) if leave_out else parsed
    told = run(open_warehouse(warehouse, master), snapshot, asked, schedule)
    if is_json:
        print(json.dumps(told, indent=2))
    else:
        show(told)


if __name__ == "__main__":
    entry(command)
