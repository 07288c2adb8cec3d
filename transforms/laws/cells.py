"""CSV text → a table of its cells, as ``table`` reads it."""

import csv
import io

from schemas.errors import RecipeError

MOST_ROWS = 1_000_000
"""Points of a law are few: more is another table."""


def cells(text: str, origin: str) -> dict[str, list[str]]:
    """Read CSV with a header, by comma, semicolon or tab; lines without a cell are left out.

    Args:
        text: What is in the file.
        origin: Its name, which errors mention.

    Returns:
        Column → its cells, one for each row.

    Raises:
        RecipeError: it is not CSV, a line has more or fewer cells than the header, a column's name stands twice, or
            there is no row, or more than ``MOST_ROWS``.
    """
    header = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=header.count), strict=True)
    try:
        lines = [(reader.line_num, line) for line in reader if any(line)]
    except csv.Error as error:
        raise RecipeError(f"{origin}, line {reader.line_num}: not valid CSV: {error}") from None
    names = [name.strip() for name in lines[0][1]] if lines else []
    for number, line in lines[1:]:
        if len(line) != len(names):
            raise RecipeError(f"{origin}, line {number}: {len(line)} cells; allowed: {len(names)}, as in the header")
    if twice := [name for name in names if names.count(name) > 1]:
        raise RecipeError(f"{origin}: column {twice[0]!r:.80} stands twice; allowed: once")
    check_rows(len(lines) - 1, origin)
    columns = zip(*(line for _, line in lines[1:]), strict=True)
    return {name: [cell.strip() for cell in column] for name, column in zip(names, columns, strict=True)}


def check_rows(n: int, origin: str) -> None:
    """Refuse a table without rows, or with too many for a law.

    Raises:
        RecipeError: naming ``origin`` and how many there are.
    """
    if not 1 <= n <= MOST_ROWS:
        raise RecipeError(f"{origin}: {max(n, 0):,} rows; allowed: 1 to {MOST_ROWS:,}, a row a run")
