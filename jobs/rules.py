"""Every measure and the rules that ask it: what ``sluice rules`` prints."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from jobs.common.options import entry
from schemas.errors import RecipeError
from schemas.recipe import load_recipe
from transforms.catalogue import Entry, catalogue

Folder = Annotated[str, typer.Option("--recipes", help="Folder of recipes to look into.")]
Family = Annotated[str | None, typer.Option("--family", help="Only this family of measures.")]


def command(recipes: Folder = "conf/recipes", family: Family = None) -> None:
    """List every measure: what it is, its source, the rules that ask it, their defaults, and recipes that do.

    Example: sluice rules --family gopher
    """
    read = [load_recipe(path) for path in sorted(Path(recipes).glob("*.toml"))]
    told = [one for one in catalogue(read) if family in (None, one.family)]
    if not told:
        known = ", ".join(sorted({one.family for one in catalogue([])}))
        raise RecipeError(f"--family: given '{family}'; allowed: {known}")
    _show(told)


def _show(entries: list[Entry]) -> None:
    console = Console(width=None if Console().is_terminal else 160)
    for name in dict.fromkeys(one.family for one in entries):
        mine = [one for one in entries if one.family == name]
        table = Table(title=f"{name}: {mine[0].source}", title_justify="left", expand=True)
        for column in ("measure", "unit", "what it is", "rules (default)", "recipes"):
            table.add_column(column, overflow="fold")
        for one in mine:
            rules = "\n".join(f"{rule} ({_plain(default)})" for rule, default in one.rules.items())
            table.add_row(one.measure, one.unit, one.meaning, rules, ", ".join(one.recipes))
        console.print(table)


def _plain(value: Any) -> str:
    return "none" if value in ((), {}, None) else str(value)


if __name__ == "__main__":
    entry(command)
