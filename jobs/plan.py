"""What a run will take before it is made, and how good that was after it: what ``sluice plan`` prints."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from jobs.common import forecasting
from jobs.common.context import Context, Inputs, open_context
from jobs.common.cores import cores_of
from jobs.common.forecast_inputs import ToRead
from jobs.common.opened import known_root
from jobs.common.options import Base, Index, Input, Json, Master, RecipeFile, WarehouseDir, entry
from schemas.cluster import Cluster
from schemas.toml_file import load_shape
from transforms.fields import Row

ClusterFile = Annotated[
    str | None,
    typer.Option("--cluster", help="Machines and prices, conf/clusters/*.toml; without: this one.", metavar="FILE"),
]
After = Annotated[bool, typer.Option("--after", help="Hold the last forecast against what has run since.")]


def run(context: Context, cluster: Cluster) -> tuple[ToRead, list[Row]]:
    """Reckon the recipe's next run, and keep the forecast; nothing is read but files' sizes.

    Returns:
        The inputs, and a row of ``plans`` for each job.

    Raises:
        RecipeError: nothing was ever run in this warehouse.
    """
    inputs, told = forecasting.forecast_of(context, cluster)
    forecasting.remember(context.warehouse, told)
    return inputs, told


def show(inputs: ToRead, told: Sequence[Row], cluster: Cluster) -> None:
    """Print a forecast."""
    console = Console(highlight=False)
    console.print(
        f"{inputs.n_files:,} files, {inputs.n_new_files:,} of them new: {_size(inputs.new_bytes)}, about"
        f" {inputs.n_new_documents:,} documents beside {inputs.n_known_documents:,} that are there"
    )
    if inputs.n_missing:
        console.print(f"{inputs.n_missing:,} files are out of reach and not in these numbers")
    table = Table(title=f"On {cluster.name}: {cluster.machines:,} machines of {cluster.cores:,} cores")
    table.add_column("job")
    for name in ("documents", "core hours", "time", "shuffled", "stored", cluster.currency):
        table.add_column(name, justify="right", no_wrap=True)
    for row in told:
        table.add_row(row["job"], f"{row['n_documents']:,}", *_numbers(row))
    names = ("core_seconds", "seconds", "shuffle_bytes", "storage_bytes", "cost")
    table.add_row("all", "", *_numbers({name: forecasting.total(told, name) for name in names}), style="bold")
    console.print(table)
    monthly = forecasting.total(told, "storage_bytes") / 1e9 * cluster.price_per_gb_month
    console.print(f"what is stored costs {monthly:,.2f} {cluster.currency} a month")
    unknown = [row["job"] for row in told if row["seconds"] is None]
    if unknown:
        console.print(f"never run here, so not in these numbers: {', '.join(unknown)}")
    console.print(
        "Core hours by this warehouse's earlier runs of each job, as if cores never waited; shuffled bytes are reckoned"
        " from what steps send, not measured."
    )


def _numbers(row: Row) -> list[str]:
    work, seconds = row["core_seconds"], row["seconds"]
    return [
        "–" if work is None else f"{work / 3600:,.2f}",
        "–" if seconds is None else str(timedelta(seconds=round(seconds))),
        "–" if row["shuffle_bytes"] is None else _size(row["shuffle_bytes"]),
        "–" if row["storage_bytes"] is None else _size(row["storage_bytes"]),
        "–" if row["cost"] is None else f"{row['cost']:,.2f}",
    ]


def show_after(told: Sequence[Row]) -> None:
    """Print a forecast beside what happened."""
    table = Table(title="Forecast and what happened", title_justify="left")
    table.add_column("job")
    for name in ("documents", "found", "core hours", "found", "found / forecast"):
        table.add_column(name, justify="right")
    for row in told:
        work, found = row["core_seconds"], row["found_core_seconds"]
        table.add_row(
            row["job"],
            f"{row['n_documents']:,}",
            "not run" if row["found_documents"] is None else f"{row['found_documents']:,}",
            *("–" if one is None else f"{one / 3600:,.3f}" for one in (work, found)),
            f"{found / work:.2f}" if work and found else "–",
        )
    Console(highlight=False).print(table)


def _size(n_bytes: float) -> str:
    for limit, unit in ((1e12, "TB"), (1e9, "GB"), (1e6, "MB")):
        if n_bytes >= limit:
            return f"{n_bytes / limit:,.1f} {unit}"
    return f"{n_bytes / 1e3:,.1f} kB"


def _here(context: Context) -> Cluster:
    return Cluster(name="this-session", machines=1, cores=cores_of(context.warehouse.spark) or 1)


def command(  # noqa: PLR0913, PLR0917 a command line has the options that it has
    recipe: RecipeFile,
    warehouse: WarehouseDir,
    input: Input = None,
    index: Index = None,
    base: Base = None,
    cluster: ClusterFile = None,
    after: After = False,
    is_json: Json = False,
    master: Master = None,
) -> None:
    """Say what a run of the recipe on these inputs will take, from what earlier runs in the warehouse took.

    Example: sluice plan --recipe conf/recipes/tiny.toml --input crawl/ --warehouse wh --cluster conf/clusters/emr.toml

    Files, bytes, expected documents, core hours, time, shuffle, storage and money, job by job. The forecast is kept:
    --after holds it against the jobs that have run since then.
    """
    given = load_shape(cluster, Cluster) if cluster else None
    known_root(warehouse)
    context = open_context(recipe, warehouse, master, None if after else Inputs(input or [], base, index=index))
    if after:
        compared = forecasting.held_against(context)
        told: Any = compared
        if not is_json:
            show_after(compared)
    else:
        reckoned = given or _here(context)
        inputs, rows = run(context, reckoned)
        told = {"inputs": inputs._asdict(), "jobs": rows}
        if not is_json:
            show(inputs, rows, reckoned)
    if is_json:
        print(json.dumps(told, indent=2, default=str))


if __name__ == "__main__":
    entry(command)
