"""The texts that a snapshot takes, or a step reads: as the last clean step left them."""

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.common.context import Context
from jobs.common.tables import Place, matches
from schemas.steps import AnyStep, CleanStep
from schemas.tables import DOCUMENTS, EDITS, UNIT_KEY
from transforms.lineage import text_step_id

_TAKEN = ("doc_id", "url", "host", "domain", "crawl", "unit", "fetched_at", "text")


def final_texts(context: Context, unit: Place, steps: Sequence[AnyStep]) -> DataFrame:
    """Give a unit's documents with the texts that these steps leave; only ids are broadcast, no text is shuffled."""
    documents, edits = (context.warehouse.read(table).where(matches(unit)) for table in (DOCUMENTS, EDITS))
    return _left_by(context, steps, documents, edits)


def chosen_texts(context: Context, ids: DataFrame, steps: Sequence[AnyStep]) -> DataFrame:
    """Give, as ``final_texts`` does, the documents of a few ``ids`` (doc_id, crawl, unit, attempt)."""
    chosen = F.broadcast(ids.select("doc_id", *UNIT_KEY))
    documents, edits = (
        context.warehouse.read(table).join(chosen, on=["doc_id", *UNIT_KEY], how="left_semi")
        for table in (DOCUMENTS, EDITS)
    )
    return _left_by(context, steps, documents, edits)


def _left_by(context: Context, steps: Sequence[AnyStep], documents: DataFrame, edits: DataFrame) -> DataFrame:
    documents = documents.select(*_TAKEN)
    ids = [text_step_id(context.recipe, step) for step in steps if isinstance(step, CleanStep)]
    if not ids:
        return documents
    # An edit holds the whole text that its step left, so the last of a document's edits is its text.
    place = F.coalesce(*(F.when(F.col("step_id") == one, F.lit(number)) for number, one in enumerate(ids)))
    edits = edits.where(F.col("step_id").isin(ids)).withColumn("place", place)
    last = F.broadcast(edits.groupBy("doc_id").agg(F.max("place").alias("place")))
    edited = edits.join(last, ["doc_id", "place"], "left_semi").select(*_TAKEN)
    return documents.join(last, "doc_id", "left_anti").unionByName(edited)
