"""Lists of words and domains by path or URI: read and hashed when a command starts, loaded once per worker.

Tables that a recipe names are found here too, but not read.
"""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from jobs.common import files
from schemas.errors import RecipeError
from schemas.shapes import ListFile, Shape, TablePath
from transforms.text.listed import WordSets, make_word_sets
from transforms.text.url_lists import UrlLists, make_lists

S = TypeVar("S", bound=Shape)
Named = tuple[tuple[str, str | None], ...]
"""Address and sha256 of each of some lists."""


def settled(shape: S, origin: str) -> S:
    """Give a recipe, or a part of one, with each list's full address and sha256, and each table's full address.

    Args:
        shape: As it was written.
        origin: The file that it was written in, from whose folder paths begin.

    Raises:
        RecipeError: a list or a table is not there, or a list is not UTF-8.
        SourceUnavailableError: a remote one could not be read.
    """
    told: S = _settled(shape, origin)
    return told


@lru_cache(maxsize=4)
def url_lists(domains: Named, strict: Named, hard: Named, soft: Named) -> UrlLists:
    """Load the lists that URLs are held against; quick from the second call on."""
    return make_lists(*([one for each in named for one in entries(*each)] for named in (domains, strict, hard, soft)))


@lru_cache(maxsize=4)
def word_sets(lists: tuple[tuple[str, str, str | None], ...]) -> WordSets:
    """Load the lists of some languages (label, address, sha256); quick from the second call on."""
    return make_word_sets({code: entries(path, sha256) for code, path, sha256 in lists})


@lru_cache(maxsize=256)
def entries(uri: str, sha256: str | None) -> tuple[str, ...]:
    """Give a list's entries, in order; empty lines and those that begin with ``#`` are left out.

    Raises:
        RecipeError: the list is another one than when the command started.
    """
    lines = (line.strip() for line in files.read_same(uri, sha256, "list").decode("utf-8").splitlines())
    return tuple(line for line in lines if line and not line.startswith("#"))


def _settled(value: Any, recipe_path: str) -> Any:
    if isinstance(value, ListFile):
        return _found(value, recipe_path)
    if isinstance(value, TablePath):
        return TablePath(path=_address(value, recipe_path, "table"))
    if isinstance(value, dict):
        return {key: _settled(one, recipe_path) for key, one in value.items()}
    if isinstance(value, tuple):
        return tuple(_settled(one, recipe_path) for one in value)
    if isinstance(value, Shape):
        fields = {name: getattr(value, name) for name in type(value).model_fields}
        return value.model_copy(update={name: _settled(one, recipe_path) for name, one in fields.items()})
    return value


def _found(named: ListFile, recipe_path: str) -> ListFile:
    """Read a list once, on the driver."""
    uri = _address(named, recipe_path, "list")
    data = files.read_bytes(uri)
    found = hashlib.sha256(data).hexdigest()
    if named.sha256 not in (None, found):
        raise RecipeError(f"{recipe_path}: list {named.path!r} has sha256 {found}; allowed: {named.sha256}")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RecipeError(f"{recipe_path}: list {named.path!r} is not UTF-8: {error}") from None
    return ListFile(path=uri, sha256=found)


def _address(named: TablePath, recipe_path: str, what: str) -> str:
    """Give the whole address of a list or a table, which is there if it is a local one."""
    if not files.is_local(named.path):
        return named.path
    path = (Path(recipe_path).parent / named.path).resolve()
    if not (path.is_file() if what == "list" else path.exists()):
        raise RecipeError(f"{recipe_path}: no such {what} {named.path!r}; looked for {path}")
    return str(path)
