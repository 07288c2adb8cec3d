"""The option ``--html``: a page that is written where the operator says."""

from pathlib import Path
from typing import Annotated

import typer

from jobs.common import files
from schemas.errors import RecipeError

Html = Annotated[str | None, typer.Option("--html", help="Write a page with plots there.", metavar="FILE")]


def check(path: str | None) -> None:
    """Make sure, before anything is done, that a page can be written there.

    Raises:
        RecipeError: it is a folder.
    """
    if path and files.is_local(path) and Path(files.absolute(path)).is_dir():
        raise RecipeError(f"--html: {path} is a folder; allowed: a file, there or not")


def write(path: str, html: str) -> None:
    """Write the page.

    Raises:
        RecipeError: it cannot be written.
    """
    try:
        files.write_text(path, html)
    except OSError as error:
        raise RecipeError(f"--html: cannot write {path}: {error.strerror or error}") from None
