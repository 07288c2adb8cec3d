"""Pages taken out of the working tables: what a ledger counts stays as a row that says nothing, all else goes.

Whatever is killed on the way, the next run finds what is left: by the decisions, which go last of all.
"""

from collections.abc import Iterator

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.common.merging import change_rows, drop_rows
from jobs.common.scratch import Scratch
from jobs.common.tables import Warehouse
from schemas.asides import IMAGES, REVISITS
from schemas.registry import ALL
from schemas.searches import NEAR_PAIRS, SEEN_NGRAMS
from schemas.tables import CRAWL_FILES, CURATED, DECISIONS, DOCUMENTS, EDITS, REJECTS, UNIT_KEY, Table
from schemas.tokens import TOKENS
from transforms.local_rows import local_rows
from transforms.taken_rows import CLEARED_REJECT, IDS, REASON, changed, ids_of, keys_of
from transforms.text.taken_down import TakenDown

OF_SNAPSHOTS = (DECISIONS, TOKENS)
"""Tables of snapshots' rows: a snapshot is made anew before the old one's go."""

_BY_ID = [table for table in ALL if "doc_id" in table.schema.names and table not in (DOCUMENTS, CURATED, *OF_SNAPSHOTS)]
_NAMED = ("url", "doc_id")


def find_ids(warehouse: Warehouse, taken: TakenDown, named: list[str], room: Scratch) -> DataFrame:
    """Give the ids of all documents that are taken down, of every crawl, attempt and snapshot.

    Args:
        warehouse: Where.
        taken: By what.
        named: Ids that the operator named, which may be in tables without an address.
        room: Where they are written.
    """
    pages = [warehouse.read(table).select(*_NAMED) for table in (DOCUMENTS, EDITS, DECISIONS) if warehouse.has(table)]
    found = local_rows(warehouse.spark, [(one,) for one in named], IDS)
    for rows in pages:
        found = found.unionByName(rows.transform(ids_of, taken))
    return room.keep(found.distinct().coalesce(1), "ids")


def take_out(warehouse: Warehouse, taken: TakenDown, ids: DataFrame, room: Scratch) -> dict[str, int]:
    """Take documents out of all tables but those of snapshots; gives how many rows of each went or lost their page."""
    told = dict(_clean(warehouse, taken, room))
    told |= {table.name: drop_rows(warehouse, table, ids, ["doc_id"]) for table in _BY_ID if warehouse.has(table)}
    if warehouse.has(NEAR_PAIRS):
        sides = [ids.select(F.col("doc_id").alias(side)) for side in ("a", "b")]
        told[NEAR_PAIRS.name] = sum(drop_rows(warehouse, NEAR_PAIRS, side, side.columns) for side in sides)
    if warehouse.has(REVISITS):
        _forget_originals(warehouse, ids, room)
    told |= _documents(warehouse, ids, room)
    recount(warehouse)
    return {name: n for name, n in told.items() if n}


def _clean(warehouse: Warehouse, taken: TakenDown, room: Scratch) -> Iterator[tuple[str, int]]:
    for table, change in ((REJECTS, change_rows), (REVISITS, change_rows), (IMAGES, drop_rows)):
        if warehouse.has(table):
            rows = room.keep(_unclean(warehouse, table).transform(changed, table, taken), table.name)
            yield table.name, change(warehouse, table, rows, keys_of(table))


def _unclean(warehouse: Warehouse, table: Table) -> DataFrame:
    """Give the rows that may tell of a page."""
    rows = warehouse.read(table)
    if table is REJECTS:
        return rows.where(F.coalesce("url", "detail", F.nullif("first_bytes", F.lit(""))).isNotNull())
    return rows.where("url != ''") if table is REVISITS else rows


def _forget_originals(warehouse: Warehouse, ids: DataFrame, room: Scratch) -> None:
    """Leave revisits without the documents that are gone; the next ingest looks for others with their text."""
    gone = ids.withColumnRenamed("doc_id", "original_id")
    rows = warehouse.read(REVISITS).join(gone, "original_id", "left_semi").select(*keys_of(REVISITS))
    none = F.lit(None).cast("string").alias("original_id")
    change_rows(warehouse, REVISITS, room.keep(rows.select("*", none), "originals"), keys_of(REVISITS))


def _documents(warehouse: Warehouse, ids: DataFrame, room: Scratch) -> dict[str, int]:
    """Turn documents into rejects that say no more than where their records are."""
    rows = warehouse.read(DOCUMENTS).join(ids, "doc_id", "left_semi")
    cleared = {name: F.lit(value).cast(REJECTS.schema[name].dataType) for name, value in CLEARED_REJECT.items()}
    told = rows.withColumns({"kind": F.lit("record"), **cleared}).select(*REJECTS.schema.names)
    there = warehouse.read(REJECTS).where(F.col("reason") == REASON).select(*keys_of(REJECTS))
    new = room.keep(told.join(there, keys_of(REJECTS), "left_anti"), "refused")
    if not new.isEmpty():
        warehouse.append(new, REJECTS)
    crawls = [row["crawl"] for row in rows.select("crawl").distinct().collect()]
    if crawls and warehouse.has(SEEN_NGRAMS):
        # What paragraphs were held against cannot forget one page, nor can what later crawls went on from.
        warehouse.overwrite(local_rows(warehouse.spark, [], SEEN_NGRAMS.schema), SEEN_NGRAMS)
    return {DOCUMENTS.name: drop_rows(warehouse, DOCUMENTS, ids, ["doc_id"])}


def recount(warehouse: Warehouse) -> None:
    """Make the ledger say what the tables hold; it does already, but for files of which pages were taken down."""
    place = [*UNIT_KEY, "uri"]
    files = warehouse.read(CRAWL_FILES)
    for table, names in _COUNTED.items():
        if warehouse.has(table):
            sums = [F.sum(F.expr(f"CAST({told} AS LONG)")).alias(name) for name, told in names.items()]
            counts = warehouse.read(table).withColumnRenamed("source_file", "uri").groupBy(*place).agg(*sums)
            files = files.drop(*names).join(counts, place, "left").fillna(0, list(names))
    rows = files.select(*place, *(name for names in _COUNTED.values() for name in names))
    was = warehouse.read(CRAWL_FILES).select(*rows.columns)
    other = rows.exceptAll(was)
    change_rows(warehouse, CRAWL_FILES, local_rows(warehouse.spark, other.collect(), other.schema), place)


# Table → the ledger's columns that count its rows.
_COUNTED = {
    DOCUMENTS: {"n_documents": "true"},
    REJECTS: {"n_rejected_records": "kind = 'record'", "n_taken_down": f"reason = '{REASON}'"},
    IMAGES: {"n_images": "true"},
}
