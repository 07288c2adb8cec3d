"""What another threshold would change: the funnel of a recipe and of the same one edited, from written measures."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from typing import Annotated

import typer
from pyspark.sql import functions as F
from rich.console import Console
from rich.table import Table

from jobs.common.context import Context, open_context
from jobs.common.judged import judged, reads_texts
from jobs.common.lists import settled
from jobs.common.measured import require_measures
from jobs.common.options import Master, RecipeFile, WarehouseDir, entry
from jobs.common.thresholds import settled_steps
from jobs.common.trained import with_trained
from schemas.errors import RecipeError
from schemas.recipe import Recipe
from schemas.settings import with_settings
from schemas.tables import DOCUMENTS
from transforms.fields import Row
from transforms.funnel import funnel_rows, reason_counts
from transforms.lineage import score_id, text_step_id
from transforms.reasons import reason_order

Settings = Annotated[
    list[str], typer.Option("--set", help="section.rule=value, such as gopher.min_words=30. May be repeated.")
]


def run(context: Context, edited: Recipe) -> tuple[list[Row], list[Row]]:
    """Give the funnel of the context's recipe, and that of the edited one. No text is read.

    Which duplicates there are depends on what earlier rules keep: they are found anew, for both. A document
    that looser rules let come to a classify step has no score yet, and counts as such.

    Raises:
        RecipeError: the edited recipe changes what a step writes, a step compares texts, or something was not measured
            yet.
    """
    for step in context.recipe.text_dedup_steps():
        raise reads_texts(step, f"kind '{step.kind}'")
    edited = with_trained(edited, context.warehouse)
    _require_same_measures(context.recipe, edited)
    _require_same_models(context.recipe, edited)
    require_measures(context, None)
    n_documents = context.live(DOCUMENTS).count()
    return _funnel(context, n_documents), _funnel(replace(context, recipe=edited), n_documents)


def _require_same_measures(recipe: Recipe, edited: Recipe) -> None:
    for old, new in zip_longest(recipe.text_steps(), edited.text_steps()):
        if old is None or new is None or text_step_id(recipe, old, None) != text_step_id(edited, new, None):
            name = (old or new).name
            raise RecipeError(
                f"--set: changes what step '{name}' measures or cleans, which needs the texts;"
                " edit the recipe and run `sluice measure`"
            )


def _require_same_models(recipe: Recipe, edited: Recipe) -> None:
    for old, new in zip_longest(recipe.classify_steps(), edited.classify_steps()):
        for name in new.models:
            if name not in old.models or score_id(recipe, old, name, None) != score_id(edited, new, name, None):
                raise RecipeError(f"--set: changes model '{name}' of step '{new.name}'; run `sluice classify` with it")


def _funnel(context: Context, n_documents: int) -> list[Row]:
    steps = settled_steps(context, context.recipe.steps, None)
    sizes = {"n_words": F.col("words.n_words"), "n_bytes": F.col("words.n_bytes")}
    rows = judged(context, steps, None).withColumns(sizes)
    counts = [row.asDict() for row in rows.transform(reason_counts).collect()]
    return funnel_rows("", reason_order(steps), counts, n_documents)


def show(before: Sequence[Row], after: Sequence[Row]) -> None:
    """Print both funnels side by side."""
    console = Console(highlight=False)
    title = f"What if, of {before[0]['n_entered']:,} documents"
    table = Table(title=title, title_justify="left")
    table.add_column("reason", no_wrap=True)
    for name in ("first", "then", "any", "then", "alone", "then"):
        table.add_column(name, justify="right")
    for old, new in zip(before, after, strict=True):
        pairs = [(old[name], new[name]) for name in ("n_dropped", "n_any", "n_only")]
        if any(old_n or new_n for old_n, new_n in pairs):
            style = "bold" if any(old_n != new_n for old_n, new_n in pairs) else None
            table.add_row(old["reason"], *(f"{n:,}" for pair in pairs for n in pair), style=style)
    kept = (before[-1]["n_left"], after[-1]["n_left"])
    table.add_row("kept", *(f"{n:,}" for n in kept), "", "", "", "", style="bold")
    console.print(table)


def command(recipe: RecipeFile, warehouse: WarehouseDir, settings: Settings, master: Master = None) -> None:
    """Show what other thresholds would drop and keep, from written measures: seconds, and no text is read.

    Example: sluice whatif --recipe conf/recipes/tiny.toml --warehouse wh --set gopher.min_words=30
    """
    context = open_context(recipe, warehouse, master)
    edited = with_settings(Path(recipe).read_text(encoding="utf-8"), recipe, settings)
    show(*run(context, settled(edited, recipe)))


if __name__ == "__main__":
    entry(command)
