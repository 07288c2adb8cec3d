"""The key of what was taken down: it lies outside of the warehouse, so who reads the one does not know the other."""

import os

from jobs.common import files
from jobs.common.tables import Warehouse
from schemas.errors import RecipeError
from schemas.takedowns import TAKEDOWNS
from transforms.text.taken_down import TakenDown, keyed

VARIABLE = "SLUICE_TAKEDOWN_KEY"
_LEAST_BYTES = 32
_MAKE = "make one and keep it, outside the warehouse: openssl rand -hex 32 > takedown.key"


def read_key(root: str, given: str | None = None) -> bytes:
    """Read the key file that an operator names, by option or environment.

    Args:
        root: The warehouse's folder, in which it must not lie.
        given: Path or URI; None: the environment's.

    Raises:
        RecipeError: none is named, it lies in the warehouse, or it is too short to be a key.
        SourceUnavailableError: it cannot be read.
    """
    uri = given or os.environ.get(VARIABLE)
    if not uri:
        raise RecipeError(
            f"{VARIABLE}: not set, and no --key; allowed: a file of {_LEAST_BYTES} bytes or more; {_MAKE}"
        )
    if f"{files.absolute(uri)}/".startswith(f"{root}/"):
        raise RecipeError(f"{VARIABLE}: given {uri}, in the warehouse; allowed: a file that lies elsewhere")
    key = files.read_bytes(uri).strip()
    if len(key) < _LEAST_BYTES:
        raise RecipeError(f"{VARIABLE}: {uri} holds {len(key)} bytes; allowed: {_LEAST_BYTES} or more; {_MAKE}")
    return key


def id_of(key: bytes) -> str:
    """Name a key, without telling it."""
    return keyed(key, "key", "")[:12]


def remembered(warehouse: Warehouse, given: str | None = None, *, is_finishing: bool = False) -> TakenDown | None:
    """Give what was taken down, for whoever lets pages in; None: nothing was.

    Raises:
        RecipeError: the key is missing or another one, or a takedown was cut short (unless that one ``is_finishing``).
    """
    if not warehouse.has(TAKEDOWNS):
        return None
    key = read_key(warehouse.root, given)
    rows = warehouse.read(TAKEDOWNS).select("kind", "keyed_hash", "n_chars", "key_id", "is_done").collect()
    others = {row["key_id"] for row in rows} - {id_of(key)}
    if others:
        named = ", ".join(sorted(others))
        raise RecipeError(f"{VARIABLE}: is key {id_of(key)}; allowed: {named}, by which this warehouse remembers")
    if not is_finishing and not all(row["is_done"] for row in rows):
        raise RecipeError(f"{warehouse.root}: a takedown was cut short; run `sluice takedown --finish` first")
    lengths = sorted({row["n_chars"] for row in rows if row["n_chars"] is not None})
    kinds = frozenset(row["kind"] for row in rows)
    return TakenDown(key, frozenset(row["keyed_hash"] for row in rows), kinds, tuple(lengths))
