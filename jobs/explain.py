"""Why one page was kept or dropped, and whose copy it is: what ``sluice explain`` prints."""

import json
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any

import typer

from jobs.common.context import Context, open_context
from jobs.common.copies import copies, survived
from jobs.common.earlier import population_of
from jobs.common.explained_page import show
from jobs.common.found_pages import pages
from jobs.common.measured import require_measures
from jobs.common.opened import open_warehouse
from jobs.common.options import Json, Master, WarehouseDir, entry
from jobs.common.past import context_of, decided_pages
from jobs.common.snapshots import named, row_of
from jobs.common.tables import Warehouse
from jobs.common.thresholds import settled_steps
from jobs.common.verdicts import Judges, done_steps, verdicts
from jobs.common.version import code_version
from schemas.errors import RecipeError
from transforms.fields import Row
from transforms.lineage import snapshot_id

_MOST = 20

Page = Annotated[str, typer.Argument(metavar="URL|DOC_ID", help="A page of the crawl.")]
Recipe = Annotated[str | None, typer.Option("--recipe", help="Recipe file (TOML).", metavar="FILE")]
Snapshot = Annotated[
    str | None,
    typer.Option("--snapshot", help="Id of a snapshot, or a recipe's name: its published one.", metavar="SNAPSHOT"),
]


def run(context: Context, page: str) -> Row:
    """Explain every document of the recipe's crawl that has this URL or id, by the rules of the recipe.

    Returns:
        crawl, recipe, snapshot_id (of these rules and this input; None: not curated yet), steps (names of those that
        were done), not_done, documents (the first 20: ``found_pages.PLACE``, what ``verdicts`` gives, copy_of as
        ``copies``, survives as ``survived``) and has_more.

    Raises:
        RecipeError: no document is so called, or some were not measured yet.
    """
    found = pages(context, page, _MOST + 1)
    population = population_of(context)
    done = done_steps(context, population)
    require_measures(context, population, next(iter(context.recipe.steps[len(done) :]), None))
    name = snapshot_id(context.recipe, population, code_version())
    is_there = row_of(context.warehouse, name) is not None
    return _told(Judges(context, population, done), found, name if is_there else None)


def run_in(warehouse: Warehouse, page: str, snapshot: str) -> Row:
    """Explain, as ``run`` does, what a snapshot decided of this URL or id, by the rules that it was made by.

    Raises:
        RecipeError: there is no such snapshot, or it decided no such document.
    """
    row = named(warehouse, snapshot, "--snapshot")
    context = context_of(warehouse, row)
    found = decided_pages(context, row, page, _MOST + 1)
    return _told(Judges(context, row["population_id"], context.recipe.steps), found, row["snapshot_id"])


def _told(judges: Judges, found: Sequence[Row], name: str | None) -> Row:
    context, done = judges.context, judges.steps
    settled = replace(judges, steps=settled_steps(context, done, judges.population))
    return {
        "crawl": context.recipe.crawl,
        "recipe": context.recipe.name,
        "snapshot_id": name,
        "steps": [step.name for step in done],
        "not_done": [step.name for step in context.recipe.steps[len(done) :]],
        "documents": _explained(settled, found[:_MOST]),
        "has_more": len(found) > _MOST,
    }


def _explained(judges: Judges, found: Sequence[Row]) -> list[Row]:
    said = verdicts(judges, found)
    of = copies(judges, [row for row in found if _dedup_reason(said[row["doc_id"]])])
    gone = survived(judges, [row["doc_id"] for row in found])
    told = []
    for row in found:
        one = row["doc_id"]
        if one in of:
            value = {"step": of[one]["step"], "measure": "similarity", "value": of[one]["similarity"]}
            _dedup_reason(said[one])["values"] = [value]
        told.append(row | said[one] | {"copy_of": of.get(one), "survives": gone.get(one, [])})
    return told


def _dedup_reason(verdict: Row) -> Row:
    """Give the reason of a dedup step, or an empty row; a document goes by one such step at most."""
    return next((row for row in verdict["reasons"] if row["reason"].startswith("dedup:")), {})


def _plain(value: Any) -> Any:
    """Put into JSON's own kinds: NaN is null."""
    if hasattr(value, "_asdict"):
        return _plain(value._asdict())
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def command(  # noqa: PLR0913, PLR0917 a command line has the options that it has
    page: Page,
    warehouse: WarehouseDir,
    recipe: Recipe = None,
    snapshot: Snapshot = None,
    is_json: Json = False,
    master: Master = None,
) -> None:
    """Say of a page why it was kept or dropped, by which measures, and what it is a copy of, both texts side by side.

    Example: sluice explain https://example.com/ --snapshot tiny --warehouse wh

    By --snapshot, as that snapshot decided; by --recipe, as these rules would.
    """
    if (recipe is None) == (snapshot is None):
        raise RecipeError("--snapshot, --recipe: give one of them: what was decided, or what these rules would decide")
    if snapshot is not None:
        told = run_in(open_warehouse(warehouse, master), page, snapshot)
    else:
        told = run(open_context(str(recipe), warehouse, master), page)
    if is_json:
        print(json.dumps(_plain(told), indent=2))
    else:
        show(told)


if __name__ == "__main__":
    entry(command)
