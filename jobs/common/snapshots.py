"""The registry of snapshots: a handful of rows, replaced whole in one atomic commit."""

from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.common.tables import Warehouse
from schemas.entropies import DOMAIN_ENTROPIES
from schemas.errors import RecipeError
from schemas.mixture import MIXTURE
from schemas.registry import FUNNEL, GATE_RESULTS, SNAPSHOTS
from schemas.tables import DECISIONS, UNIT_KEY
from schemas.tokens import TOKENS
from transforms.digests import DIGESTED, TEXTS_DIGESTED, digest
from transforms.local_rows import local_rows

Row = dict[str, Any]

# What a snapshot's row says of it: decided; its gates; taken back by an operator; its data were freed.
DECIDED, PUBLISHED, REFUSED, WITHDRAWN, FREED = "curated", "published", "refused", "withdrawn", "freed"

ROWS_OF_SNAPSHOTS = (DECISIONS, TOKENS, DOMAIN_ENTROPIES, MIXTURE, FUNNEL, GATE_RESULTS)
"""Tables whose rows belong to one snapshot each."""

_MOST_LISTED = 20


def rows(warehouse: Warehouse) -> list[Row]:
    """Give all snapshots, oldest first, those too whose data were freed."""
    found = warehouse.read(SNAPSHOTS).orderBy("created_at", "snapshot_id").collect()
    return [row.asDict() for row in found]


def row_of(warehouse: Warehouse, snapshot_id: str) -> Row | None:
    """Give a snapshot's row, or None; one that was freed is no more."""
    mine = (row for row in rows(warehouse) if row["snapshot_id"] == snapshot_id and row["status"] != FREED)
    return next(mine, None)


def published_id(warehouse: Warehouse, name: str) -> str | None:
    """Give the published snapshot of a recipe name, or None."""
    mine = [row for row in rows(warehouse) if row["name"] == name and row["is_published"]]
    return mine[-1]["snapshot_id"] if mine else None


def named(warehouse: Warehouse, name: str, argument: str = "SNAPSHOT") -> Row:
    """Give the snapshot that an operator means: by its id, or by a recipe's name, whose published one it is.

    Raises:
        RecipeError: there is none; lists what there is, the newest first. ``argument`` is what it was given as.
    """
    there = [row for row in reversed(rows(warehouse)) if row["status"] != FREED]
    own = [row for row in there if row["snapshot_id"] == name]
    for row in own or [row for row in there if row["name"] == name and row["is_published"]]:
        return row
    told = [f"{row['snapshot_id']} ({row['status']})" for row in there]
    more = f" and {len(told) - _MOST_LISTED:,} more" if len(told) > _MOST_LISTED else ""
    allowed = ", ".join(told[:_MOST_LISTED]) + more or "none; run `sluice run` first"
    raise RecipeError(
        f"{argument}: given {name!r:.80}; allowed: a snapshot's id, or the name of a recipe with a published snapshot;"
        f" {warehouse.root} has {allowed}"
    )


def decided(warehouse: Warehouse, snapshot_id: str) -> DataFrame:
    """Read the decisions that a snapshot is made of.

    Those of each unit's latest attempt under the snapshot's own id: a crawl that was read again since has other live
    attempts, and this snapshot stands all the same. Earlier attempts under the same id are of a curate that was killed.
    """
    mine = warehouse.read(DECISIONS).where(F.col("snapshot_id") == snapshot_id)
    latest = mine.groupBy("crawl", "unit").agg(F.max("attempt").alias("attempt"))
    return mine.join(F.broadcast(latest), on=list(UNIT_KEY), how="left_semi")


def totals(decisions: DataFrame) -> Row:
    """Sum up what a snapshot decided: n_documents, n_kept, n_kept_words, digest and texts_digest of its row."""
    sums = decisions.agg(
        F.count("*").alias("n_documents"),
        F.coalesce(F.sum(F.col("is_kept").cast("long")), F.lit(0)).alias("n_kept"),
        F.coalesce(F.sum(F.when(F.col("is_kept"), F.col("n_words"))), F.lit(0)).alias("n_kept_words"),
    ).collect()[0]
    texts = digest(decisions.where("is_kept").select(*TEXTS_DIGESTED))
    return {**sums.asDict(), "digest": digest(decisions.select(*DIGESTED)), "texts_digest": texts}


def put_row(warehouse: Warehouse, row: Row) -> None:
    """Add a snapshot, or replace its row. Publishing one unpublishes the others of its name."""
    put_rows(warehouse, [row])


def put_rows(warehouse: Warehouse, changed: list[Row]) -> None:
    """Add or replace several, in one commit: whoever reads sees all or none."""
    ids = {row["snapshot_id"] for row in changed}
    names = {row["name"] for row in changed if row["is_published"]}
    others = [old for old in rows(warehouse) if old["snapshot_id"] not in ids]
    others = [{**old, "is_published": old["is_published"] and old["name"] not in names} for old in others]
    table = local_rows(warehouse.spark, [*others, *changed], SNAPSHOTS.schema)
    warehouse.overwrite(table.coalesce(1), SNAPSHOTS)
