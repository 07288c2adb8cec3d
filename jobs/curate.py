"""Measures and duplicates → ``decisions``, and the kept documents' texts → ``curated``."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial

from pyspark.sql import DataFrame, Row
from pyspark.sql import functions as F

from jobs.common.context import Context, open_context
from jobs.common.done import require_done
from jobs.common.earlier import population_of
from jobs.common.final_texts import final_texts
from jobs.common.judged import judged
from jobs.common.measured import documented_units, require_measures
from jobs.common.options import Master, RecipeFile, WarehouseDir, entry
from jobs.common.parallel import each
from jobs.common.snapshots import DECIDED, decided, published_id, put_row, row_of, totals
from jobs.common.tables import matches
from jobs.common.thresholds import settled_steps
from jobs.common.tokens import count_tokens
from jobs.common.trained import checked_text
from jobs.common.version import code_version
from schemas.errors import RecipeError
from schemas.registry import DATA_FLOW, RUNS
from schemas.steps import AnyStep
from schemas.tables import CURATED, DECISIONS, UNIT_KEY
from transforms.lineage import content_fingerprint, models_of, snapshot_id

INPUTS = (*DATA_FLOW["curate"][0], RUNS)


def run(context: Context) -> str:
    """Decide every document, write the kept ones as a snapshot; gives its id.

    A snapshot that was curated before is left as it is: it is immutable.

    Raises:
        RecipeError: documents were not measured, scored or deduplicated yet, or there are none.
    """
    population = population_of(context)
    name = snapshot_id(context.recipe, population, code_version())
    is_done = row_of(context.warehouse, name) is not None
    require_measures(context, population)
    require_done(context, population)
    units = [] if is_done else _todo(context, name)
    steps = () if is_done else settled_steps(context, context.recipe.steps, population)
    with context.job("curate", len(units), name) as stage:
        for row, _ in each(partial(_curate_unit, context, name, (steps, population)), units):
            stage.advance(row["n_files"], row["n_documents"])
        if not is_done:
            _register(context, name, population)
    count_tokens(context, name)
    return name


def _curate_unit(context: Context, name: str, asked: tuple[Sequence[AnyStep], str], unit: Row) -> None:
    """Write one unit's decisions, then the texts that they keep."""
    place = {column: unit[column] for column in UNIT_KEY}
    warehouse = context.warehouse
    rows = judged(context, *asked, place).transform(as_decisions(name))
    warehouse.replace(rows.select(*DECISIONS.schema.names), DECISIONS, {"snapshot_id": name, **place})
    mine = warehouse.read(DECISIONS).where(matches({"snapshot_id": name, **place}))
    kept = mine.where("is_kept").select("doc_id", "language", "n_words")
    # The ids are broadcast to where the texts are: texts never take part in a shuffle.
    texts = final_texts(context, place, context.recipe.steps).join(F.broadcast(kept), on="doc_id", how="inner")
    target = warehouse.curated_path(name)
    whole_unit = {"crawl": place["crawl"], "unit": place["unit"]}
    warehouse.replace(texts.select(*CURATED.schema.names), CURATED, whole_unit, path=target)


def as_decisions(name: str) -> Callable[[DataFrame], DataFrame]:
    """Turn judged rows into decision rows of snapshot ``name``."""

    def step(df: DataFrame) -> DataFrame:
        told = {
            "snapshot_id": F.lit(name),
            "n_words": F.col("words.n_words"),
            "n_bytes": F.col("words.n_bytes"),
            "text_sha256": F.col("fingerprint.text_sha256"),
            "is_kept": F.size("reasons") == 0,
        }
        return df.withColumns(told).withColumn("language", F.col("language.language"))

    return step


def _todo(context: Context, name: str) -> list[Row]:
    """Give the units whose decisions or kept texts are missing."""
    warehouse = context.warehouse
    decided_units = warehouse.read(DECISIONS).where(F.col("snapshot_id") == name).groupBy(*UNIT_KEY)
    written = warehouse.read(CURATED, warehouse.curated_path(name)).select("crawl", "unit").distinct()
    has_texts = written.withColumn("has_texts", F.lit(True))
    done = (
        decided_units.agg(F.sum(F.col("is_kept").cast("long")).alias("n_kept"))
        .join(has_texts, on=["crawl", "unit"], how="left")
        .where("has_texts OR n_kept = 0")
    )
    units = documented_units(context)
    if units.isEmpty():
        raise RecipeError(f"crawl: '{context.recipe.crawl}' has no documents; run `sluice ingest` first")
    return units.join(done, on=list(UNIT_KEY), how="left_anti").orderBy("unit").collect()


def _register(context: Context, name: str, population: str) -> None:
    """Write the snapshot's row; from now on it is complete, and not yet published."""
    recipe, warehouse = context.recipe, context.warehouse
    put_row(
        warehouse,
        {
            **totals(decided(warehouse, name)),
            "snapshot_id": name,
            "name": recipe.name,
            "crawl": recipe.crawl,
            "status": DECIDED,
            "is_published": False,
            "recipe": context.recipe_text,
            "recipe_checked": checked_text(recipe),
            "recipe_fingerprint": content_fingerprint(recipe),
            "population_id": population,
            "code_version": code_version(),
            "models": models_of(recipe),
            "input_versions": {table.name: warehouse.version(table) for table in INPUTS},
            "n_kept_tokens": None,
            "tokenizer": None,
            "supersedes": None,
            "parent_id": published_id(warehouse, recipe.name),
            "created_at": datetime.now(UTC),
            "published_at": None,
        },
    )


def command(recipe: RecipeFile, warehouse: WarehouseDir, master: Master = None) -> None:
    """Decide every document and write the kept ones as a snapshot; needs measure and dedup before.

    Example: sluice curate --recipe conf/recipes/tiny.toml --warehouse wh
    """
    print(run(open_context(recipe, warehouse, master)))


if __name__ == "__main__":
    entry(command)
