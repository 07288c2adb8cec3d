"""Every measure and the rules that ask it, and what near steps find: what ``sluice rules`` prints."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from jobs.common.options import entry
from schemas.errors import RecipeError
from schemas.recipe import load_recipe
from schemas.steps import DedupStep
from transforms.catalogue import Entry, catalogue
from transforms.dedup.signing import signing_of
from transforms.text.lsh_curve import collision_chance, curve_lines

RecipeOnly = Annotated[
    str | None,
    typer.Option("--recipe", help="Only what this recipe asks, and what its near steps find.", metavar="FILE"),
]
Folder = Annotated[str, typer.Option("--recipes", help="Folder of recipes to look into.")]
Family = Annotated[str | None, typer.Option("--family", help="Only this family of measures.")]


def command(recipe: RecipeOnly = None, recipes: Folder = "conf/recipes", family: Family = None) -> None:
    """List every measure: what it is, its source, the rules that ask it, their defaults, and recipes that do.

    Example: sluice rules --family gopher

    With --recipe: only the measures that it asks; and for each step that looks for near copies its bands, and with
    what chance these find a pair, by similarity. Nothing is run for that.
    """
    paths = [recipe] if recipe else sorted(map(str, Path(recipes).glob("*.toml")))
    read = [load_recipe(path) for path in paths]
    asked = [one for one in catalogue(read) if one.recipes or not recipe]
    told = [one for one in asked if family in (None, one.family)]
    if family and not told:
        known = ", ".join(sorted({one.family for one in asked}))
        raise RecipeError(f"--family: given '{family}'; allowed: {known}")
    _show(told)
    for step in read[0].dedup_steps() if recipe and not family else ():
        if step.method == "near":
            _show_curve(step)


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


def _show_curve(step: DedupStep) -> None:
    rules, cut = step.near_rules, signing_of(step.near_rules).cut
    found = f"{100 * float(collision_chance(rules.min_similarity, *cut)):.1f} %"
    least = "none asked" if rules.least is None else f"{rules.least:g}: {found} of such pairs share a band"
    lines = (
        f"{step.name}: {cut.bands} bands of {cut.rows} rows, {cut.n_hashes:,} hashes of runs of {rules.size}"
        f" {rules.unit}",
        f"least similarity {least}",
        *curve_lines({step.name: cut}),
    )
    Console(markup=False, emoji=False, highlight=False, soft_wrap=True).print("\n".join(lines))


def _plain(value: Any) -> str:
    return "none" if value in ((), {}, None) else str(value)


if __name__ == "__main__":
    entry(command)
