"""What must hold of a warehouse in which a run was cut off: the invariants of a run that may be killed."""

from pyspark.sql import functions as F

from jobs import collect, nightly, verify
from jobs.common.context import Inputs, open_context
from jobs.common.data_files import strays
from jobs.common.snapshots import PUBLISHED, decided, rows
from jobs.common.tables import Warehouse
from schemas.tables import CRAWL_FILES, DOCUMENTS, DUPLICATES, MEASURES
from tests.kills.survived import write_down


def survives(spark, cut, warehouse, recipe, crawl, digest):
    """Look at a warehouse as a cut left it, finish it, look again, and write down that all held."""
    assert list(unreadable(Warehouse(spark, str(warehouse)))) == []
    assert faults_of(finish(recipe, crawl, warehouse), digest) == []
    write_down(cut)


def finish(recipe, crawl, warehouse):
    """Run again in this process, to the end; gives the warehouse."""
    context = open_context(str(recipe), str(warehouse), None, Inputs([str(crawl)]))
    nightly.run(context)
    return context.warehouse


def faults_of(warehouse, digest):
    """Give what does not hold of a warehouse in which a run was cut off and finished: I1 to I6."""
    documents = warehouse.live(DOCUMENTS)
    n = documents.count()
    ledger = warehouse.read(CRAWL_FILES).agg(F.sum("n_documents")).collect()[0][0]
    published = [row for row in rows(warehouse) if row["is_published"]]
    told = [] if n == ledger else [f"I1: {n} documents, {ledger} in the ledger"]
    for table in (DOCUMENTS, MEASURES, DUPLICATES):
        live = warehouse.live(table) if "attempt" in table.schema.names else warehouse.read(table)
        twice = live.groupBy(*table.key).count().where("count > 1")
        told += [] if twice.isEmpty() else [f"I2: {table.name} has rows twice"]
    told += [] if [row["digest"] for row in published] == [digest] else [f"I3: published are {published}"]
    told += list(unreadable(warehouse))
    told += [] if decided(warehouse, published[0]["snapshot_id"]).count() == n else ["I1: not all were decided"]
    collect.run(warehouse, hours=0, is_freed=True)
    left = [one for row in published for one in strays(warehouse, row["snapshot_id"])]
    told += [f"I6: {one} is left" for one in left]
    return told + [f"I6: gc leaves {one}" for one in collect.run(warehouse, hours=0)]


def unreadable(warehouse):
    """Give what a reader would stumble over at any moment (I4, I5): a published snapshot that is not whole."""
    for row in rows(warehouse):
        if row["status"] == PUBLISHED:
            wrong = [one["check"] for one in verify.run(warehouse, row["snapshot_id"]) if one["is_held"] is False]
            yield from (f"I4, I5: {row['snapshot_id']}: {one} differs" for one in wrong)
