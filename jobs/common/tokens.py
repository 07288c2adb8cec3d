"""A snapshot's texts, counted in tokens: a unit at a time, once."""

from functools import partial

from pyspark.sql import DataFrame
from pyspark.sql import Row as SparkRow
from pyspark.sql import functions as F

from jobs.common.context import Context
from jobs.common.parallel import each
from jobs.common.snapshots import put_row, row_of
from jobs.common.tables import Warehouse, matches
from jobs.common.tokenizer_file import load_counter
from schemas.tables import CURATED
from schemas.tokens import TOKENS, Tokens
from transforms.fields import Row
from transforms.token_counts import token_counts


def count_tokens(context: Context, name: str) -> None:
    """Write the tokens of a registered snapshot's documents, and their sum to its row, if the recipe asks for it.

    Units that were counted by the same tokenizer are left as they are.
    """
    asked, snapshot = context.recipe.tokens, row_of(context.warehouse, name)
    if asked is None or snapshot is None or snapshot["tokenizer"] == asked.label:
        return
    mine = (F.col("snapshot_id") == name) & (F.col("tokenizer") == asked.label)
    counted = context.warehouse.read(TOKENS).where(mine)
    curated = context.warehouse.read(CURATED, context.warehouse.curated_path(name))
    units = curated.groupBy("crawl", "unit").agg(F.count("*").alias("n"))
    todo = units.join(counted.select("crawl", "unit").distinct(), ["crawl", "unit"], "left_anti").collect()
    with context.job("tokens", len(todo), name) as stage:
        for unit, _ in each(partial(_count_unit, context.warehouse, asked, name), todo):
            stage.advance(0, unit["n"])
        total = context.warehouse.read(TOKENS).where(mine).agg(F.sum("n_tokens")).collect()[0][0]
        put_row(context.warehouse, {**snapshot, "n_kept_tokens": total or 0, "tokenizer": asked.label})


def tokens_of(warehouse: Warehouse, snapshot: Row, asked: Tokens) -> DataFrame:
    """Give doc_id and n_tokens of a snapshot's documents: as they were counted with it, else counted now."""
    name = snapshot["snapshot_id"]
    if snapshot["tokenizer"] == asked.label:
        return warehouse.read(TOKENS).where(F.col("snapshot_id") == name).select("doc_id", "n_tokens")
    load = partial(load_counter, asked.tokenizer.path, asked.tokenizer.sha256)
    return warehouse.read(CURATED, warehouse.curated_path(name)).transform(token_counts(load))


def _count_unit(warehouse: Warehouse, asked: Tokens, name: str, unit: SparkRow) -> None:
    place = {"crawl": unit["crawl"], "unit": unit["unit"]}
    texts = warehouse.read(CURATED, warehouse.curated_path(name)).where(matches(place))
    load = partial(load_counter, asked.tokenizer.path, asked.tokenizer.sha256)
    told = {"snapshot_id": F.lit(name), "tokenizer": F.lit(asked.label)}
    told |= {"crawl": F.lit(place["crawl"]), "unit": F.lit(place["unit"])}
    warehouse.replace(texts.transform(token_counts(load)).withColumns(told), TOKENS, {"snapshot_id": name, **place})
