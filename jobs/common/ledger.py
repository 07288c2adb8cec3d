"""The conservation law of ingest, and the one repair that it needs: repeated record ids."""

from functools import partial

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


def check_ledger(counted: Row) -> None:
    """Compare each file's bytes and records with what was written, both as ``settle_repeats`` counted them.

    Raises:
        QualityGateError: a file's bytes are not read + skipped, its records are not documents +
            rejects + skipped, or the tables hold other numbers of rows than the ledger.
    """
    told = counted["ledger"]
    if told["fault"] is not None:
        raise QualityGateError(f"the ledger does not balance for {told['fault']}")
    for name in _COUNTED:
        found = counted.get(name, 0)
        if found != told[name]:
            raise QualityGateError(f"the ledger says {name} = {told[name]}, but the table holds {found}")


def is_unbalanced() -> Column:
    """Give the condition that a ``crawl_files`` row loses bytes or records."""
    bytes_differ = F.col("size_bytes") != F.col("read_bytes") + F.col("skipped_bytes")
    parts = F.col("n_documents") + F.col("n_rejected_records") + F.col("n_skipped_records")
    return bytes_differ | (F.col("n_records") != parts)


_COUNTED = {name: name for name in ("n_documents", "n_rejected_records", "n_gaps", "n_images")} | {
    "n_revisits": "records_by_type['revisit']"
}


def count_rows(context: Context) -> Row:
    """Count what the ledger says, how many rows the tables hold, and whether a doc_id is there twice."""
    tables = {"n_documents": DOCUMENTS, "n_revisits": REVISITS, "n_images": IMAGES}
    there = {name: table for name, table in tables.items() if context.warehouse.has(table)}
    counts = [partial(_count, context, name, table) for name, table in there.items()]
    asks = [partial(_has_repeats, context), partial(_told, context), partial(_kinds, context), *counts]
    return {name: value for row in at_once(asks) for name, value in row.items()}


def _told(context: Context) -> Row:
    """Sum up the ledger, and name a file for which it does not balance."""
    sums = [F.expr(f"coalesce(sum({count}), 0)").alias(name) for name, count in _COUNTED.items()]
    fault = F.min(F.when(is_unbalanced(), F.col("uri"))).alias("fault")
    return {"ledger": context.crawl_files().agg(*sums, fault).collect()[0].asDict()}


def _count(context: Context, name: str, table: Table) -> Row:
    return {name: context.live(table).count()}


def _kinds(context: Context) -> Row:
    kinds = {row["kind"]: row["count"] for row in context.live(REJECTS).groupBy("kind").count().collect()}
    return {"n_rejected_records": kinds.get("record", 0), "n_gaps": kinds.get("gap", 0)}


def _has_repeats(context: Context) -> Row:
    held = context.warehouse.read(DOCUMENTS).where(F.col("crawl") == context.recipe.crawl)
    # Among all rows, whether they are live or not: half the time, and hardly ever are there any.
    return {"has_repeats": not held.groupBy("doc_id").count().where("count > 1").isEmpty()}


def settle_repeats(context: Context) -> Row:
    """Turn documents with a repeated doc_id into rejects; the first by (content id, offset) stays.

    Asked once per run over ids only, so which one stays does not depend on the order in which
    units came in. An affected unit is written again as its next attempt, texts unshuffled.

    Returns:
        What the tables hold then (``count_rows``): it is counted while repeats are looked for.
    """
    counted = count_rows(context)
    if not counted["has_repeats"]:
        return counted
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
