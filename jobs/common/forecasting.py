"""A recipe's next run, reckoned from what a warehouse knows of earlier ones; and what became of the last forecast."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from pyspark.sql import functions as F

from jobs.common.context import Context
from jobs.common.forecast_inputs import ToRead, stored, to_read, words
from jobs.common.tables import Warehouse
from schemas.cluster import Cluster
from schemas.errors import RecipeError
from schemas.plans import PLANS
from schemas.registry import RUNS
from schemas.tables import CRAWL_FILES
from transforms.fields import Row
from transforms.forecast import forecast, jobs_of, rates, shuffled_bytes
from transforms.local_rows import local_rows

_WHOLE = ("dedup", "curate", "tokens", "publish")
"""Jobs that work on the whole crawl anew, not only on what is new of it."""


def forecast_of(context: Context, cluster: Cluster) -> tuple[ToRead, list[Row]]:
    """Reckon each job of the recipe's next run on a cluster.

    Steps that compare documents are reckoned anew for the whole crawl, as they are done; others for new documents.

    Returns:
        The inputs, and rows of ``plans``.

    Raises:
        RecipeError: nothing was ever run in this warehouse, so nothing is known.
    """
    warehouse, recipe = context.warehouse, context.recipe
    runs = [row.asDict() for row in warehouse.read(RUNS).collect()]  # a row a job of a run
    counts = warehouse.read(CRAWL_FILES).groupBy("crawl").agg(F.sum("n_documents").alias("n")).collect()
    known = rates(runs, {row["crawl"]: row["n"] for row in counts})
    if not known:
        raise RecipeError(
            f"{warehouse.root}: no run to reckon from; run a few files of the crawl first, then plan the rest"
        )
    inputs = to_read(context)
    whole = inputs.n_known_documents + inputs.n_new_documents
    n_cores = cluster.machines * cluster.cores
    comes = {job: whole if job.split()[0] in _WHOLE else inputs.n_new_documents for job in jobs_of(recipe)}
    told = forecast(comes, known, n_cores)
    per_document, n_words = stored(warehouse, sum(row["n"] for row in counts)), words(warehouse)
    shared = {"plan_id": uuid4().hex, "planned_at": datetime.now(UTC), "crawl": recipe.crawl, "recipe": recipe.name}
    shared |= {"currency": cluster.currency, "cluster": cluster.name, "cluster_cores": n_cores}
    for row in told:
        bytes_each = per_document.get(row["job"].split()[0], 0.0)
        row.update(shared)
        row["shuffle_bytes"] = shuffled_bytes(recipe, row["job"], row["n_documents"], n_words)
        row["storage_bytes"] = int(bytes_each * row["n_documents"])
        row["cost"] = None if row["seconds"] is None else _cost(cluster, row["seconds"])
    return inputs, told


def remember(warehouse: Warehouse, told: Sequence[Row]) -> None:
    """Keep a forecast."""
    warehouse.append(local_rows(warehouse.spark, told, PLANS.schema).coalesce(1), PLANS)


def held_against(context: Context) -> list[Row]:
    """Hold the recipe's last forecast against the jobs that have run since then.

    Returns:
        job, documents, core-seconds and seconds, each expected and found (None: it did not run), by job.

    Raises:
        RecipeError: nothing was ever forecast for the recipe's crawl.
    """
    recipe, warehouse = context.recipe, context.warehouse
    mine = warehouse.read(PLANS).where((F.col("crawl") == recipe.crawl) & (F.col("recipe") == recipe.name))
    plans = [row.asDict() for row in mine.orderBy("planned_at").collect()]
    if not plans:
        raise RecipeError(
            f"crawl '{recipe.crawl}': nothing was forecast for recipe {recipe.name}; run `sluice plan` first"
        )
    last = [row for row in plans if row["plan_id"] == plans[-1]["plan_id"]]
    since = warehouse.read(RUNS).where(
        (F.col("crawl") == recipe.crawl) & (F.col("started_at") >= last[0]["planned_at"])
    )
    found: dict[str, list[Row]] = {}
    for row in since.collect():
        found.setdefault(row["job"], []).append(row.asDict())
    return [_compared(row, found.get(row["job"], [])) for row in last]


def _compared(plan: Row, runs: Sequence[Row]) -> Row:
    """Sum up the runs of a job since it was planned: a run that was killed and finished is one."""
    work = [row["seconds"] * row["n_cores"] for row in runs if row["n_cores"]]
    names = ("job", "n_documents", "core_seconds")
    return {name: plan[name] for name in names} | {
        "found_documents": sum(row["n_documents"] for row in runs) if runs else None,
        "found_core_seconds": sum(work) if work else None,
    }


def _cost(cluster: Cluster, seconds: float) -> float:
    return seconds / 3600 * cluster.machines * cluster.price_per_machine_hour


def total(told: Sequence[Mapping[str, Any]], name: str) -> float:
    """Sum up what is known."""
    return float(sum(row[name] for row in told if row[name] is not None))
