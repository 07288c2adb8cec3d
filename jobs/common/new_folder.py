"""A folder of results that appears at once, and is never overwritten by others."""

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from jobs.common import files
from schemas.errors import RecipeError


def write_folder(folder: str, contents: Mapping[str, bytes], option: str) -> None:
    """Write files into a folder that is not there yet, is empty, or holds exactly these bytes already.

    Args:
        folder: A local path; readers see the whole folder or none.
        contents: File name → bytes.
        option: What named the folder, for errors.

    Raises:
        RecipeError: it holds something else, or cannot be written; nothing was written.
    """
    if not files.is_local(folder):
        raise RecipeError(f"{option}: given {folder}; allowed: a folder on this machine")
    target = Path(files.absolute(folder))
    if _holds(target, contents, option):
        return
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        staged = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
        try:
            for name, data in contents.items():
                _write(staged / name, data)
            staged.chmod(0o755)  # mkdtemp lets nobody else in
            os.rename(staged, target)
        finally:
            shutil.rmtree(staged, ignore_errors=True)
    except OSError as error:
        raise RecipeError(f"{option}: cannot write {folder}: {error}") from None


def _holds(target: Path, contents: Mapping[str, bytes], option: str) -> bool:
    """Say whether the folder holds exactly these files; an empty one, or none, does not."""
    if not target.exists():
        return False
    if not target.is_dir():
        raise RecipeError(f"{option}: {target} is a file; allowed: a folder that is not there, or empty")
    there = {path.name: path.read_bytes() if path.is_file() else None for path in target.iterdir()}
    if there and there != dict(contents):
        raise RecipeError(f"{option}: {target} holds something else; allowed: a folder that is not there, or empty")
    return bool(there)


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
