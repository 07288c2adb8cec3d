"""Models that were trained on snapshots, by what they are worth: what ``sluice leaderboard`` keeps and shows."""

import json
from collections.abc import Sequence
from typing import Annotated, Any, Literal
from uuid import uuid4

import typer

from jobs.common import html_file
from jobs.common.evaluations import Said, board, put_rows, require, rows_of
from jobs.common.html_file import Html
from jobs.common.leaderboard_lines import scale_rows, show, show_scales
from jobs.common.leaderboard_page import to_html
from jobs.common.lease import leased
from jobs.common.opened import known_root, open_warehouse
from jobs.common.options import Json, Master, WarehouseDir, run_app
from jobs.common.progress import Reporter
from jobs.common.tables import Warehouse
from schemas.benchmark import Benchmark
from schemas.errors import RecipeError
from schemas.toml_file import load_shape
from transforms.fields import Row
from transforms.scales import largest_filled

app = typer.Typer(help="Keep what models trained on snapshots are worth, and compare them.", no_args_is_help=True)

BenchmarkFile = Annotated[str, typer.Option("--benchmark", help="Tasks, baselines and scales (TOML).", metavar="FILE")]
Version = Annotated[
    str | None,
    typer.Option("--baselines", help="Version of the random baselines; without: the file's own.", metavar="VERSION"),
]
_DCLM = "conf/evaluation/dclm.toml"


def run(warehouse: Warehouse, told: Sequence[Row]) -> int:
    """Put rows of ``evaluations.rows_of`` into the table; gives how many are new or differ from what was there.

    Raises:
        RecipeError: a snapshot is not known; nothing was written.
        SourceUnavailableError: a run is writing the warehouse.
    """
    with leased(warehouse.root, uuid4().hex, "leaderboard add", Reporter()):
        return put_rows(warehouse, told)


def said_of(benchmark: Benchmark, scale: str | None, said: Said) -> Said:
    """Put a scale's sizes where an operator names it in place of them.

    Raises:
        RecipeError: the benchmark has no such scale, or a size was given beside it.
    """
    if scale is None:
        return said
    if scale not in benchmark.scales:
        raise RecipeError(f"--scale: given {scale!r:.80}; allowed by {benchmark.name}: {', '.join(benchmark.scales)}")
    if said.n_params is not None or said.n_tokens is not None:
        raise RecipeError("--scale: given beside --params or --tokens; allowed: one of them")
    sizes = benchmark.scales[scale]
    return Said(said.snapshot, said.model, sizes.params, sizes.tokens)


@app.command("add")
def add_command(  # noqa: PLR0913, PLR0917 a command line has the options that it has
    file: Annotated[list[str], typer.Argument(metavar="FILE…", help="JSON or CSV of an evaluation harness.")],
    warehouse: WarehouseDir,
    snapshot: Annotated[str | None, typer.Option(help="What the models learned from.", metavar="SNAPSHOT")] = None,
    model: Annotated[str | None, typer.Option(help="Name of the model, of a file of one.", metavar="NAME")] = None,
    params: Annotated[int | None, typer.Option(min=1, help="Parameters of the models.", metavar="N")] = None,
    tokens: Annotated[int | None, typer.Option(min=1, help="Tokens that they trained on.", metavar="N")] = None,
    scale: Annotated[str | None, typer.Option(help="In place of both: a scale of the benchmark.")] = None,
    required: Annotated[
        Literal["core", "extended"] | None, typer.Option("--require", help="Refuse a file that lacks a task of it.")
    ] = None,
    baselines: Version = None,
    benchmark: BenchmarkFile = _DCLM,
    master: Master = None,
) -> None:
    """Put evaluations of models into the table leaderboard, each beside the snapshot that its model learned from.

    Example: sluice leaderboard add eval.json --warehouse wh --snapshot tiny-1b0c83a6d2f4 --scale 1B-1x

    JSON: {"eval_metrics": {"icl": {task: accuracy}}} or {task: accuracy}; CSV: a row a model, or columns task and
    accuracy. A file may tell snapshot_id, params and tokens itself. The same file twice changes nothing.
    """
    known_root(warehouse)
    measured = load_shape(benchmark, Benchmark)
    said = said_of(measured, scale, Said(snapshot, model, params, tokens))
    told = [row for one in file for row in rows_of(measured, baselines, one, said)]
    if required:
        require(told, measured, required)
    n = run(open_warehouse(warehouse, master), told)
    lacking = sum(row["core"] is None for row in told)
    print(f"{len(told):,} evaluations, {n:,} of them new or changed, {lacking:,} without CORE for missing tasks")


@app.command("show")
def show_command(  # noqa: PLR0913, PLR0917 a command line has the options that it has
    warehouse: WarehouseDir,
    html: Html = None,
    is_json: Json = False,
    baselines: Version = None,
    benchmark: BenchmarkFile = _DCLM,
    master: Master = None,
) -> None:
    """Show all evaluations by one version of the baselines, the best CORE first.

    Example: sluice leaderboard show --warehouse wh --html leaderboard.html

    CORE and EXTENDED are centred accuracies in percent: 0 is guessing, 100 is always right.
    """
    measured = load_shape(benchmark, Benchmark)
    html_file.check(html)
    rows = board(open_warehouse(warehouse, master), measured, baselines)
    if html:
        html_file.write(html, to_html(rows, measured, baselines))
    if is_json:
        print(json.dumps(rows, indent=2, default=str))
    else:
        show(rows, measured, baselines)


@app.command("scales")
def scales_command(
    tokens: Annotated[
        float | None, typer.Option(help="Name the largest scale that so many tokens fill.", metavar="N")
    ] = None,
    epochs: Annotated[float, typer.Option(min=0.01, help="How often a token may be seen.", metavar="N")] = 1.0,
    is_json: Json = False,
    benchmark: BenchmarkFile = _DCLM,
) -> None:
    """List the benchmark's scales: parameters, tokens, compute and pool.

    Example: sluice leaderboard scales --tokens 3e10
    """
    measured = load_shape(benchmark, Benchmark)
    fits = largest_filled(measured.scales, tokens, epochs)
    told: dict[str, Any] = {"scales": scale_rows(measured), "fits": fits}
    if is_json:
        print(json.dumps(told, indent=2))
    else:
        show_scales(told, tokens)


if __name__ == "__main__":
    run_app(app)
