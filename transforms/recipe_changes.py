"""What differs between two recipes, setting by setting, as their files say it."""

import tomllib
from typing import Any

from transforms.fields import Row


def recipe_changes(a: str, b: str) -> list[Row]:
    """Compare two recipes' TOML.

    Steps are told apart by their names, so one that moved shows as ``steps`` in another order, and not as a change of
    every step behind it. Defaults that neither file names are not compared.

    Returns:
        key (``steps.quality.gopher.min_words``), a, b: values as TOML would have them, None where there is none.
    """
    old, new = _flat(tomllib.loads(a)), _flat(tomllib.loads(b))
    keys = [*old, *(key for key in new if key not in old)]
    return [{"key": key, "a": old.get(key), "b": new.get(key)} for key in keys if old.get(key) != new.get(key)]


def _flat(value: Any, name: str = "") -> dict[str, str]:
    """Give full key → value as text; a list of tables that have names is a table, and its order a value."""
    if isinstance(value, list) and value and all(isinstance(one, dict) and "name" in one for one in value):
        order = {name: ", ".join(str(one["name"]) for one in value)}
        return order | _flat({str(one["name"]): one for one in value}, name)
    if isinstance(value, dict):
        told: dict[str, str] = {}
        for key, one in value.items():
            told |= _flat(one, f"{name}.{key}" if name else key)
        return told
    return {name: _text(value)}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)
