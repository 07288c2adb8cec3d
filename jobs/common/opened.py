"""A warehouse, opened: its folder is looked at before Spark starts."""

from pathlib import Path

from jobs.common import files
from jobs.common.session import open_session
from jobs.common.tables import Warehouse
from schemas.errors import RecipeError


def root_of(warehouse: str) -> str:
    """Give a warehouse's root, as Spark and fsspec both understand it.

    Raises:
        RecipeError: it is a file.
    """
    root = files.absolute(warehouse)
    if files.is_local(root) and Path(root).exists() and not Path(root).is_dir():
        raise RecipeError(f"--warehouse: {warehouse} is a file; allowed: a folder, there or not")
    return root


def known_root(warehouse: str) -> str:
    """Give the root of a warehouse in which something was done before.

    Raises:
        RecipeError: it is not there.
    """
    root = root_of(warehouse)
    if not files.exists(f"{root}/tables"):
        raise RecipeError(f"--warehouse: {warehouse} has no tables; allowed: the folder of an earlier `sluice run`")
    return root


def open_warehouse(warehouse: str, master: str | None = None) -> Warehouse:
    """Open a warehouse in which something was done before.

    Raises:
        RecipeError: it is not there; Spark was not started.
        SetupError: Java or a jar is missing.
    """
    root = known_root(warehouse)
    return Warehouse(open_session(master), root)
