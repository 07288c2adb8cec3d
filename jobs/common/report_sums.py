"""The numbers of a report that no other page needs: by language, by kind of personal data, over time, by job."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.common.context import Context
from jobs.common.snapshots import DECIDED, rows
from jobs.common.tables import Warehouse
from schemas.gates import source_of
from schemas.measures import PiiMeasures
from schemas.registry import RUNS
from schemas.tables import MEASURES, UNIT_KEY
from schemas.tokens import TOKENS
from transforms.fields import Row
from transforms.funnel import by_language_lengths
from transforms.lineage import text_step_id

_MOST_SNAPSHOTS = 12


def languages(context: Context, snapshot: Row, decisions: DataFrame, most: int) -> list[Row]:
    """Give rows of ``by_language_lengths``, the largest first, with n_tokens (None: not counted)."""
    found = [row.asDict() for row in decisions.transform(by_language_lengths).limit(most).collect()]
    tokens: dict[str, int] = {}
    if snapshot["n_kept_tokens"] is not None:
        counted = context.warehouse.read(TOKENS).where(F.col("snapshot_id") == snapshot["snapshot_id"])
        label = F.coalesce("language", F.lit("unknown")).alias("label")
        labelled = counted.join(decisions.where("is_kept").select("doc_id", label), "doc_id")
        summed = labelled.groupBy("label").agg(F.sum("n_tokens").alias("n")).collect()
        tokens = {row["label"]: row["n"] for row in summed}
    is_counted = snapshot["n_kept_tokens"] is not None
    return [row | {"n_tokens": tokens.get(row["label"], 0) if is_counted else None} for row in found]


def personal_data(context: Context, snapshot: Row, decisions: DataFrame) -> list[Row] | None:
    """Count kept documents with each kind of personal data, as the last step that looked for it saw them.

    Returns:
        kind, n_documents and n_found of each kind, most documents first; None: no step looked.
    """
    step = source_of(context.recipe.steps, "pii")
    if step is None:
        return None
    step_id = text_step_id(context.recipe, step, snapshot["population_id"])
    found = context.warehouse.read(MEASURES).where(F.col("step_id") == step_id).select(*UNIT_KEY, "doc_id", "pii.*")
    kept = found.join(decisions.where("is_kept").select(*UNIT_KEY, "doc_id"), [*UNIT_KEY, "doc_id"], "left_semi")
    names = [name for name in PiiMeasures._fields if name.startswith("n_")]
    sums = [F.coalesce(F.sum(F.col(name)), F.lit(0)).alias(name) for name in names]
    with_some = [F.coalesce(F.sum((F.col(name) > 0).cast("long")), F.lit(0)).alias(f"with_{name}") for name in names]
    told = kept.agg(*sums, *with_some).collect()[0]
    kinds = [
        {"kind": name.removeprefix("n_").replace("_", " "), "n_documents": told[f"with_{name}"], "n_found": told[name]}
        for name in names
    ]
    return sorted(kinds, key=lambda row: (-row["n_documents"], row["kind"]))


def over_time(warehouse: Warehouse, snapshot: Row) -> list[Row]:
    """Give the last snapshots of the same name that were held against their gates, this one the last."""
    mine = [row for row in rows(warehouse) if row["name"] == snapshot["name"] and row["status"] != DECIDED]
    before = [row for row in mine if row["snapshot_id"] != snapshot["snapshot_id"]]
    return [*before[1 - _MOST_SNAPSHOTS :], snapshot]


def stages(context: Context) -> list[Row]:
    """Give the latest finished run of each job on the recipe's crawl, in the order in which they began.

    Returns:
        job, n_documents, seconds, per_second (documents; None: too quick to say) and peak_memory_bytes.
    """
    mine = context.of_crawl(RUNS).where("n_documents > 0")
    latest: dict[str, Row] = {}
    for row in mine.orderBy("started_at").collect():  # a row a job of a run
        latest.pop(row["job"], None)
        latest[row["job"]] = row.asDict()
    told = ("job", "n_documents", "seconds", "peak_memory_bytes", "n_units")
    return [
        {name: row[name] for name in told}
        | {"per_second": row["n_documents"] / row["seconds"] if row["seconds"] > 0 else None}
        for row in latest.values()
    ]
