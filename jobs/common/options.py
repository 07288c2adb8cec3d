"""The options that commands share, and how an error becomes one line and an exit code."""

import sys
from collections.abc import Callable
from typing import Annotated, NoReturn

import typer

from schemas.errors import SluiceError, SourceUnavailableError

_NO_SPACE = "No space left on device"

RecipeFile = Annotated[str, typer.Option("--recipe", help="Recipe file (TOML).", metavar="FILE")]
WarehouseDir = Annotated[str, typer.Option("--warehouse", help="Folder or URI of the tables.", metavar="DIR")]
Input = Annotated[
    list[str] | None,
    typer.Option("--input", help="Crawl file, glob, folder, or paths manifest (….paths.gz). May be repeated."),
]
Index = Annotated[
    str | None,
    typer.Option(
        "--index",
        help="Columnar index (Parquet) instead of --input: what the recipe's [subset] chooses is read.",
        metavar="URI",
    ),
]
Base = Annotated[
    str | None,
    typer.Option("--base", help="What relative names in a paths manifest or an index start from.", metavar="URI"),
]
RetryFailed = Annotated[
    bool,
    typer.Option("--retry-failed", help="Read damaged files again too, though they did not change."),
]
Master = Annotated[
    str | None,
    typer.Option("--master", help="Spark master of a local session, such as local[2].", metavar="MASTER"),
]

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


def entry(command: Callable[..., None]) -> None:
    """Run one command as a program of its own: ``spark-submit jobs/<step>.py …``."""
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(command)
    run_app(app)


def run_app(app: typer.Typer) -> None:
    """Run a command line; an error raised on purpose is one line on standard error, and so is a full disk."""
    try:
        app()
    except SluiceError as error:
        _end(error)
    except Exception as error:
        if _NO_SPACE not in str(error):  # of the system's own, or deep in what Spark tells
            raise
        text = (
            f"{_NO_SPACE}: where the warehouse is, or Spark's scratch files (spark.local.dir); what is committed stays"
        )
        _end(SourceUnavailableError(f"{text}, make room and run it again"))


def _end(error: SluiceError) -> NoReturn:
    for line in str(error).splitlines():
        print(f"sluice: {type(error).__name__}: {line}", file=sys.stderr)
    raise SystemExit(error.exit_code) from None
