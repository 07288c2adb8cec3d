"""Runs that a law is fitted on, as the operator names them: a CSV file, or a Delta table by its folder."""

import hashlib
import json
from typing import NamedTuple

from jobs.common import files
from schemas.errors import RecipeError
from transforms.laws.cells import cells, check_rows
from transforms.laws.table import Table


class Data(NamedTuple):
    """A table, and which one it is."""

    table: Table
    label: str
    """Its name, for messages."""
    sha256: str
    """Of the file's bytes; of a Delta table, of its rows."""


def load(uri: str, master: str | None = None) -> Data:
    """Read all rows. Only a Delta table needs Spark, which is started for it.

    Raises:
        RecipeError: it is no table, or too large for one of a law's runs.
        SourceUnavailableError: it cannot be read.
    """
    if not uri.endswith((".csv", ".tsv")) and files.exists(f"{uri}/_delta_log"):
        return _delta(uri, master)
    data = files.read_bytes(uri)
    return Data(cells(text_of(data, uri), uri), uri, hashlib.sha256(data).hexdigest())


def text_of(data: bytes, origin: str) -> str:
    """Give a file's text.

    Raises:
        RecipeError: it is not UTF-8.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise RecipeError(f"{origin}: not UTF-8; allowed: CSV in UTF-8, or the folder of a Delta table") from None


def _delta(uri: str, master: str | None) -> Data:
    from jobs.common.session import open_session  # Spark takes seconds, which CSV need not wait for

    frame = open_session(master).read.format("delta").load(files.absolute(uri))
    check_rows(frame.count(), uri)
    simple = [name for name, kind in frame.dtypes if not kind.startswith(("map", "struct", "array", "variant"))]
    # In an order of their own: a table has none, and the same rows give the same law.
    rows = [tuple(row) for row in frame.select(*simple).orderBy(*simple).collect()]
    columns = dict(zip(simple, map(list, zip(*rows, strict=True)), strict=True))
    told = json.dumps([simple, rows], default=str)
    return Data(columns, uri, hashlib.sha256(told.encode()).hexdigest())
