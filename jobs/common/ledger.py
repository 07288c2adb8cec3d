"""The conservation law of ingest, and the one repair that it needs: repeated record ids."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from jobs.common.context import Context
from jobs.common.parallel import at_once
from jobs.common.scratch import scratch
from jobs.common.tables import matches
from schemas.asides import IMAGES, REVISITS
from schemas.errors import QualityGateError
from schemas.tables import CRAWL_FILES, DOCUMENTS, REJECTS, Table
from transforms.asides import resolved
from transforms.fields import Row
from transforms.reading import UNIT_TABLES

_RECORD_KEY = ["doc_id", "content_id", "record_offset"]


@dataclass(frozen=True)
class Counts:
    """How many rows the ledger tells of each live unit, and how many are there.

    Attributes:
        told: (unit, attempt) → the ledger's sums by the names of ``_SUMS``, and ``fault``: a file of the unit
            whose bytes or records do not add up, or None.
        held: (unit, attempt, name) → rows in the table; of attempts that are not live, too.
        has_repeats: Whether a doc_id is there twice.
    """

    told: dict[tuple[int, int], Row]
    held: dict[tuple[int, int, str], int]
    has_repeats: bool


def check_ledger(counts: Counts) -> None:
    """Compare each file's bytes and records with what was written, both as ``settle_repeats`` counted them.

    Raises:
        QualityGateError: a file's bytes are not read + skipped, its records are not documents +
            rejects + skipped, or the tables hold other numbers of rows of a unit than the ledger.
    """
    for (unit, attempt), told in sorted(counts.told.items()):
        if told["fault"] is not None:
            raise QualityGateError(f"the ledger does not balance for {told['fault']}")
        for name in _SUMS:
            held = counts.held.get((unit, attempt, name), 0)
            if held != told[name]:
                found = f"the ledger says {name} = {told[name]}, but the table holds {held}"
                raise QualityGateError(f"unit {unit}: {found}")


def is_unbalanced() -> Column:
    """Give the condition that a ``crawl_files`` row loses bytes or records."""
    bytes_differ = F.col("size_bytes") != F.col("read_bytes") + F.col("skipped_bytes")
    parts = F.col("n_documents") + F.col("n_rejected_records") + F.col("n_skipped_records")
    return bytes_differ | (F.col("n_records") != parts)


# Name of a count → what the ledger tells of it.
_SUMS = {name: name for name in ("n_documents", "n_rejected_records", "n_gaps", "n_images")} | {
    "n_revisits": "records_by_type['revisit']"
}
# A table beside documents → the name of the count that a row of it belongs to.
_NAMES = (
    (REJECTS, "if(kind = 'gap', 'n_gaps', 'n_rejected_records')"),
    (REVISITS, "'n_revisits'"),
    (IMAGES, "'n_images'"),
)


def count_rows(context: Context) -> Counts:
    """Count by unit what the ledger says and what the tables hold, and look for a doc_id that is there twice."""
    warehouse = context.warehouse
    asks: list[Callable[[], Any]] = [partial(_documents, context), partial(_told, context)]
    asks += [partial(_held, context, table, name) for table, name in _NAMES if warehouse.has(table)]
    (documents, has_repeats), told, *held = at_once(asks)
    return Counts(told, {key: n for counted in (documents, *held) for key, n in counted.items()}, has_repeats)


def _told(context: Context) -> dict[tuple[int, int], Row]:
    """Sum up the ledger by unit, and name a file for which it does not balance."""
    sums = [F.expr(f"coalesce(sum({count}), 0)").alias(name) for name, count in _SUMS.items()]
    fault = F.min(F.when(is_unbalanced(), F.col("uri"))).alias("fault")
    by_unit = context.crawl_files().groupBy("unit", "attempt").agg(*sums, fault)
    return {(row["unit"], row["attempt"]): row.asDict() for row in by_unit.collect()}


def _held(context: Context, table: Table, name: str) -> dict[tuple[int, int, str], int]:
    """Count rows by unit, live or not: units are partitions, so no column is read but what names the count."""
    counted = context.of_crawl(table).groupBy("unit", "attempt", F.expr(name).alias("name")).count()
    return {(row["unit"], row["attempt"], row["name"]): row["count"] for row in counted.collect()}


def _documents(context: Context) -> tuple[dict[tuple[int, int, str], int], bool]:
    """Count documents by unit, live or not, and say whether a doc_id is there twice: one question for both.

    Repeats are looked for among all rows, too: half the time, and hardly ever are there any.
    """
    by_id = context.of_crawl(DOCUMENTS).groupBy("doc_id")
    each = by_id.agg(F.count("*").alias("n"), F.min("unit").alias("unit"), F.min("attempt").alias("attempt"))
    units = each.groupBy("unit", "attempt").agg(F.count("*").alias("n"), F.max("n").alias("most")).collect()
    if any(row["most"] > 1 for row in units):  # whose rows may be of two units
        return _held(context, DOCUMENTS, "'n_documents'"), True
    return {(row["unit"], row["attempt"], "n_documents"): row["n"] for row in units}, False


def settle_repeats(context: Context) -> Counts:
    """Turn documents with a repeated doc_id into rejects; the first by (content id, offset) stays.

    Asked once per run over ids only, so which one stays does not depend on the order in which
    units came in. An affected unit is written again as its next attempt, texts unshuffled.

    Returns:
        What the tables hold then (``count_rows``): it is counted while repeats are looked for.
    """
    counts = count_rows(context)
    if not counts.has_repeats:
        return counts
    ids = context.live(DOCUMENTS).select(*_RECORD_KEY, "unit", "attempt")
    first = Window.partitionBy("doc_id").orderBy("content_id", "record_offset")
    found = ids.withColumn("place", F.row_number().over(first)).where("place > 1").drop("place")
    with scratch(context, "repeats") as room:
        repeats = room.keep(found, "found")  # so that rewriting units does not ask again
        for row in repeats.select("unit", "attempt").distinct().orderBy("unit").collect():
            _rewrite(context, repeats.where(F.col("unit") == row["unit"]), row["unit"], row["attempt"])
    return count_rows(context)


def _rewrite(context: Context, repeats: DataFrame, unit: int, attempt: int) -> None:
    warehouse, crawl = context.warehouse, context.recipe.crawl
    here = matches({"crawl": crawl, "unit": unit, "attempt": attempt})
    after = F.lit(attempt + 1).cast("int")
    documents = warehouse.read(DOCUMENTS).where(here)
    gone = F.broadcast(repeats.select(*_RECORD_KEY))
    lost = documents.join(gone, _RECORD_KEY, "left_semi")
    rejects = warehouse.read(REJECTS).where(here).unionByName(lost.transform(_as_rejects))
    per_file = lost.groupBy("source_file").agg(F.count("*").alias("n")).withColumnRenamed("source_file", "uri")
    warehouse.append(documents.join(gone, _RECORD_KEY, "left_anti").withColumn("attempt", after), DOCUMENTS)
    warehouse.append(rejects.withColumn("attempt", after), REJECTS)
    for table in (REVISITS, IMAGES):
        if warehouse.has(table):
            warehouse.append(warehouse.read(table).where(here).withColumn("attempt", after), table)
    n = F.coalesce("n", F.lit(0))
    ledger = (
        context.crawl_files()
        .where(F.col("unit") == unit)
        .join(F.broadcast(per_file), "uri", "left")
        .withColumn("n_documents", F.col("n_documents") - n)
        .withColumn("n_rejected_records", F.col("n_rejected_records") + n)
        .withColumn("attempt", after)
        .select(*CRAWL_FILES.schema.names)
    )
    commit_files(context, ledger, unit, attempt + 1)


def commit_files(context: Context, rows: DataFrame, unit: int, attempt: int) -> None:
    """Make an attempt the live one, then drop the rows of those before it."""
    crawl = context.recipe.crawl
    if attempt == 1:
        context.warehouse.append(rows, CRAWL_FILES)
    else:
        context.warehouse.replace(rows, CRAWL_FILES, {"crawl": crawl, "unit": unit})
        for table in UNIT_TABLES.values():
            context.warehouse.remove(table, {"crawl": crawl, "unit": unit, "attempt <": attempt})


def settle_revisits(context: Context) -> None:
    """Say of each revisit which document holds its text, now that all units are in."""
    if not context.warehouse.has(REVISITS):
        return
    before = context.live(REVISITS)
    after = before.transform(resolved, context.live(DOCUMENTS))
    is_other = ~F.col("original_id").eqNullSafe(F.col("was"))
    was = before.select("content_id", "record_offset", F.col("original_id").alias("was"))
    if not after.join(was, ["content_id", "record_offset"]).where(is_other).isEmpty():
        context.warehouse.replace(after, REVISITS, {"crawl": context.recipe.crawl})


def _as_rejects(documents: DataFrame) -> DataFrame:
    told = {
        "kind": F.lit("record"),
        "reason": F.lit("duplicate_record_id"),
        "detail": F.concat(F.lit("doc_id "), F.col("doc_id")),
        "first_bytes": F.lit(""),
    }
    return documents.withColumns(told).select(*REJECTS.schema.names)
