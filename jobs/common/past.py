"""A snapshot's own surroundings: the recipe as it was checked then, and what the snapshot was decided among."""

from pyspark.sql import functions as F

from jobs.common.context import Context
from jobs.common.found_pages import places_of
from jobs.common.snapshots import decided
from jobs.common.tables import Warehouse
from jobs.common.trained import read_checked
from schemas.errors import RecipeError
from transforms.fields import Row
from transforms.text.printable import printable


def context_of(warehouse: Warehouse, snapshot: Row) -> Context:
    """Give the surroundings in which a snapshot was made; nothing can be read or measured anew in them.

    Raises:
        RecipeError: this version of Sluice does not know its recipe any more.
    """
    try:
        recipe = read_checked(snapshot["recipe_checked"], warehouse)
    except ValueError:
        told = f"by Sluice {snapshot['code_version']}; ask that version"
        raise RecipeError(f"snapshot {snapshot['snapshot_id']}: its recipe was made {told}") from None
    return Context(warehouse, recipe, snapshot["recipe"], {}, population=snapshot["population_id"])


def decided_pages(context: Context, snapshot: Row, asked: str, most: int) -> list[Row]:
    """Give the documents of this URL or id that a snapshot decided, ``PLACE`` of each, oldest first.

    Raises:
        RecipeError: it decided none; or they were ingested anew since then: says what was decided.
    """
    name = snapshot["snapshot_id"]
    is_asked = (F.col("url") == asked) | (F.col("doc_id") == asked)
    mine = decided(context.warehouse, name).where(is_asked).orderBy("doc_id").limit(most)
    rows = {row["doc_id"]: row for row in mine.collect()}
    if not rows:
        raise RecipeError(f"snapshot {name} decided no document with the URL or id '{printable(asked)}'")
    places = places_of(context, rows)
    found = [row for one, row in places.items() if row["attempt"] == rows[one]["attempt"]]
    if not found:
        said = ", ".join(next(iter(rows.values()))["reasons"]) or "kept"
        raise RecipeError(f"'{printable(asked)}' was ingested anew since snapshot {name}, which decided: {said}")
    return sorted(found, key=lambda row: (row["fetched_at"] or "", row["doc_id"]))
