"""Rows ↔ the CSV file that annotators fill in, harmless for spreadsheets."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

COLUMNS = ("doc_id", "url", "host", "language", "model", "score", "is_kept", "text", "label", "note")
"""Of the file that is written; ``label`` and ``note`` are empty in it."""
NEEDED = ("doc_id", "label")
"""Of a file that is read; ``model``, ``score`` and ``note`` are used if they are there."""

# Spreadsheets take these for formulas (the wide ones too), or lose them. The apostrophe is their own sign for text.
_DANGEROUS = r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\x00-\x1f\x7f-\x9f\ufeff]"
_TO_GUARD = re.compile(rf"'*(?:{_DANGEROUS})")
_GUARDED = re.compile(rf"'+(?:{_DANGEROUS})")


@dataclass(frozen=True)
class Line:
    """One row of a file: the number of its first line, and its cells by column."""

    number: int
    cells: Mapping[str, str]


def guarded(cell: str) -> str:
    """Put an apostrophe before what a spreadsheet would run or lose."""
    return f"'{cell}" if _TO_GUARD.match(cell) else cell


def unguarded(cell: str) -> str:
    """Take the apostrophe of ``guarded`` off again; any other one stays."""
    return cell[1:] if _GUARDED.match(cell) else cell


def to_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """Write rows as CSV (RFC 4180) with a header; strings are guarded, null and missing cells are empty."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([_cell(row.get(name)) for name in COLUMNS])
    return out.getvalue()


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return guarded(value)
    return "" if value is None else repr(value).lower() if isinstance(value, bool) else repr(value)


def from_csv(text: str) -> Iterator[Line]:
    """Read a filled-in file; cells may be parted by commas, semicolons or tabs, and empty rows are left out.

    Raises:
        ValueError: it is no such file; begins with the number of the line.
    """
    header = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=header.count), strict=True)
    names: list[str] = []
    number = 1
    try:
        for cells in reader:
            if not names:
                names = [name.strip() for name in cells]
                _check_header(names)
            elif any(cells):
                yield Line(number, _by_name(names, cells, number))
            number = reader.line_num + 1
    except csv.Error as error:
        raise ValueError(f"line {number}: not valid CSV: {error}") from None
    if not names:
        raise ValueError(f"line 1: the file is empty; needed are the columns {', '.join(NEEDED)}")


def _check_header(names: Sequence[str]) -> None:
    missing = [name for name in NEEDED if name not in names]
    if missing:
        raise ValueError(f"line 1: column {', '.join(missing)} is missing; the file has: {', '.join(names):.200}")
    twice = [name for name in dict.fromkeys(names) if name in COLUMNS and names.count(name) > 1]
    if twice:
        raise ValueError(f"line 1: column {', '.join(twice)} is there more than once")


def _by_name(names: Sequence[str], cells: Sequence[str], number: int) -> dict[str, str]:
    if len(cells) != len(names):
        raise ValueError(f"line {number}: has {len(cells)} cells; the header has {len(names)}")
    return {name: unguarded(cell) for name, cell in zip(names, cells, strict=True)}
