"""A TOML file → a checked shape, or one line for each fault."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from schemas.errors import RecipeError
from schemas.shapes import Shape

S = TypeVar("S", bound=Shape)

TELLS_ALL = "tells_all"
"""Type of an error whose message needs no "given …": what was given is in there, or nothing was."""
_WHOLE_MESSAGES = (TELLS_ALL, "missing", "unknown_key")
_IN_TOML = {"tuple_type": "input should be an array", "model_attributes_type": "input should be a table"}
"""What Python's words mean to somebody who edits a file."""


def load_shape(path: str | Path, shape: type[S]) -> S:
    """Read and check a settings file.

    Raises:
        RecipeError: the file is missing, is not TOML, or a value is not allowed; one line for
            each fault, naming file, key, what was given and what is allowed.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RecipeError(f"{path}: cannot read the settings: {getattr(error, 'strerror', None) or error}") from None
    try:
        return shape.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise RecipeError(f"{path}: not valid TOML: {error}") from None
    except ValidationError as errors:
        raise RecipeError("\n".join(f"{path}: {_line(one)}" for one in errors.errors())) from None


def _line(error: Mapping[str, Any]) -> str:
    key = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error["loc"]).lstrip(".")
    where = f"{key}: " if key else ""
    message = _IN_TOML.get(error["type"]) or error["msg"][:1].lower() + error["msg"][1:]
    if error["type"] in _WHOLE_MESSAGES:
        return f"{where}{message}"
    return f"{where}given {error['input']!r:.80}; {message}"
