"""Where Sluice keeps what it fetched once: Delta's jars and the language model."""

import hashlib
import os
from pathlib import Path


def home() -> Path:
    """Give the folder: ``$SLUICE_HOME``, or ``build/`` of a checkout, or ``~/.cache/sluice``."""
    given = os.environ.get("SLUICE_HOME")
    if given:
        return Path(given)
    root = Path(__file__).resolve().parents[2]
    return root / "build" if (root / "pyproject.toml").exists() else Path.home() / ".cache" / "sluice"


def models_dir() -> Path:
    """Give the folder of models that recipes may name by file name alone."""
    return home() / "models"


def jars_dir(delta_version: str) -> Path:
    """Give the folder that holds exactly the jars of one Delta version."""
    return home() / "jars" / f"delta-{delta_version}"


def sha256_of(path: Path) -> str:
    """Give the hex sha256 of a local file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
