"""Documents of a snapshot, with the domains that a schedule's rule gives them."""

from functools import reduce
from pathlib import PurePosixPath

from pyspark.errors import AnalysisException
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.common import files
from jobs.common.past import context_of
from jobs.common.tables import Warehouse
from schemas.domains import Domains
from schemas.errors import RecipeError
from schemas.recipe import Recipe
from schemas.scores import SCORES
from schemas.tables import CURATED
from transforms.digests import digest
from transforms.domains import by_host, by_score, by_table, by_value
from transforms.fields import Row
from transforms.lineage import score_id


def domained(warehouse: Warehouse, snapshot: Row, domains: Domains, origin: str) -> DataFrame:
    """Give doc_id and domain of a snapshot's documents.

    Args:
        warehouse: Where.
        snapshot: Its registry row.
        domains: The rule.
        origin: The file that says it, which errors mention and a table's path starts from.

    Raises:
        RecipeError: a table or model that it names cannot be used.
    """
    documents = warehouse.read(CURATED, warehouse.curated_path(snapshot["snapshot_id"]))
    if domains.by == "host":
        return by_host(documents, domains.hosts, domains.default)
    if domains.by == "label":
        scores = _scores(warehouse, snapshot, domains, origin)
        return by_score(documents, scores, domains.min_score, domains.default)
    if domains.by == "table":
        return by_table(documents, _table(warehouse, domains, origin), domains.key, domains.default)
    return by_value(documents, domains.by, domains.map, domains.default)


def looked_up_in(warehouse: Warehouse, domains: Domains, origin: str) -> str:
    """Digest the table that documents are looked up in: it may change under its name. Empty: there is none.

    Raises:
        RecipeError: it cannot be used.
    """
    return digest(_table(warehouse, domains, origin)) if domains.by == "table" else ""


def _scores(warehouse: Warehouse, snapshot: Row, domains: Domains, origin: str) -> DataFrame:
    context = context_of(warehouse, snapshot)
    ids = _score_ids(context.recipe, context.population)
    told = []
    for domain, model in domains.labels.items():
        if model not in ids:
            allowed = ", ".join(sorted(ids)) or "none: the snapshot's recipe has no classify step"
            raise RecipeError(f"{origin}: domains.labels.{domain}: given '{model}'; allowed: {allowed}")
        mine = context.live(SCORES).where(F.col("step_id") == ids[model])
        told.append(mine.select("doc_id", F.lit(domain).alias("domain"), "score"))
    return reduce(DataFrame.unionByName, told)


def _score_ids(recipe: Recipe, population: str | None) -> dict[str, str]:
    return {name: score_id(recipe, step, name, population) for step in recipe.classify_steps() for name in step.models}


def _table(warehouse: Warehouse, domains: Domains, origin: str) -> DataFrame:
    assert domains.table is not None  # noqa: S101 the shape asks for it
    path = domains.table.path
    where = path if "://" in path or path.startswith("/") else str(PurePosixPath(files.absolute(origin)).parent / path)
    told, key = f"{origin}: domains.table: {path}", domains.key
    kind = "delta" if files.exists(f"{where}/_delta_log") else "parquet"
    try:
        table = warehouse.spark.read.format(kind).load(where)
        named = table.select(F.col(key).cast("string"), F.col("source").alias("named"))
        twice = named.groupBy(key).count().where("count > 1").limit(1).collect()
    except AnalysisException as error:
        raise RecipeError(f"{told}: cannot be read ({str(error)[:80]}); allowed: columns {key} and source") from None
    if twice:
        raise RecipeError(f"{told}: {key} {twice[0][0]!r:.80} stands twice; allowed: once")
    return named
