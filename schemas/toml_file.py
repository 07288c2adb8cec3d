"""A TOML file → a checked shape, or one line for each fault."""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from schemas.errors import RecipeError
from schemas.shapes import Shape

S = TypeVar("S", bound=Shape)

TELLS_ALL = "tells_all"
"""Type of an error whose message needs no "given …": what was given is in there, or nothing was."""
_WHOLE_MESSAGES = (
    TELLS_ALL,
    "missing",
    "unknown_key",
    "step_names",
    "step_order",
    "no_steps",
    "limits",
    "other_engine",
    "favour",
    "families",
    "languages",
)
_TABLE = "input should be a table"
_IN_TOML = {"tuple_type": "input should be an array", "model_attributes_type": _TABLE, "dict_type": _TABLE}
"""What Python's words mean to somebody who edits a file."""


def load_shape(path: str | Path, shape: type[S]) -> S:
    """Read and check a settings file.

    Raises:
        RecipeError: the file is missing, is not TOML, or a value is not allowed; one line for
            each fault, naming file, key, what was given and what is allowed.
    """
    return checked(parsed(read(path, "the settings"), str(path)), shape, str(path))


def read(path: str | Path, what: str) -> str:
    """Read a file's text; ``what`` it is, errors mention.

    Raises:
        RecipeError: it cannot be read.
    """
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RecipeError(f"{path}: cannot read {what}: {getattr(error, 'strerror', None) or error}") from None


def parsed(text: str, origin: str) -> dict[str, Any]:
    """Parse TOML; ``origin`` is the file name that errors mention.

    Raises:
        RecipeError: it is not TOML.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RecipeError(f"{origin}: not valid TOML: {error}") from None


def line_of(error: Mapping[str, Any], key: str) -> str:
    """Tell one of pydantic's errors, of the value at ``key``."""
    where = f"{key}: " if key else ""
    message = _IN_TOML.get(error["type"]) or error["msg"][:1].lower() + error["msg"][1:]
    if error["type"] in _WHOLE_MESSAGES:
        return f"{where}{message}"
    return f"{where}given {error['input']!r:.80}; {message}"


def key_of(place: Sequence[str | int]) -> str:
    """Write pydantic's path to a value as the file's reader would."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).lstrip(".")


def _line(error: Mapping[str, Any]) -> str:
    return line_of(error, key_of(error["loc"]))


def checked(given: dict[str, Any], shape: type[S], origin: str, line: Callable[[Mapping[str, Any]], str] = _line) -> S:
    """Check what a file says; ``line`` tells one of pydantic's errors.

    Raises:
        RecipeError: a value is not allowed; one line for each fault.
    """
    try:
        return shape.model_validate(given)
    except ValidationError as errors:
        raise RecipeError("\n".join(f"{origin}: {line(one)}" for one in errors.errors())) from None
