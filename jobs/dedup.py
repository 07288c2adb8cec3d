"""What documents share → ``duplicates``, or ``edits`` where parts of texts go, of those with nothing against them."""

from collections.abc import Mapping, Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.common.context import Context, open_context
from jobs.common.done import require_done, work_of
from jobs.common.earlier import populations, require_earlier
from jobs.common.eras import come_to
from jobs.common.judged import place_of, ranked, removed_by, same_among
from jobs.common.measured import require_measures
from jobs.common.near import Search, near_duplicates, sign
from jobs.common.options import Master, RecipeFile, WarehouseDir, entry
from jobs.common.scratch import Scratch, scratch
from jobs.common.searched import write_search
from jobs.common.seen_before import lacks_seen
from jobs.common.semantic import semantic_duplicates
from jobs.common.tables import Place
from jobs.common.text_dedup import thin
from jobs.common.thinning import Thinning
from jobs.common.thresholds import settled_steps
from jobs.common.values import keep_values
from schemas.searches import SEMANTIC_SEARCHES
from schemas.steps import AnyStep, DedupStep
from schemas.tables import DUPLICATES, UNIT_KEY
from schemas.text_dedup import TextDedupStep
from transforms.dedup.survivors import repeated
from transforms.local_rows import local_rows


def run(context: Context, step: DedupStep | TextDedupStep) -> None:
    """Do one step over the whole crawl, unless that was done for this input.

    Raises:
        RecipeError: documents were not measured or scored yet, or the step was not done for a crawl before.
    """
    recipe = context.recipe
    told = populations(context)
    population = told[recipe.crawl]
    job, step_id = work_of(context, step, population)
    is_done = context.is_done(job, step_id) and not lacks_seen(context, step, step_id)
    require_measures(context, population, step)
    require_earlier(context, () if is_done else (step,), told)
    with context.job(job, 0 if is_done else 1, step_id) as stage:
        if is_done:
            if isinstance(step, DedupStep):
                keep_values(context, step)  # that they are asked for now makes no other result
            return
        require_done(context, population, step)
        before = settled_steps(context, recipe.steps[: recipe.steps.index(step)], population)
        if isinstance(step, TextDedupStep):
            n_removed = _thin(context, step, before, population)
        else:
            _WRITE.get(step.method, _write_same)(context, step, before, told)
            n_removed = removed_by(context, step, population).count()
        stage.advance(context.crawl_files().count(), n_removed)


def _thin(context: Context, step: TextDedupStep, before: Sequence[AnyStep], population: str) -> int:
    """Take parts of texts; gives how many documents have nothing left."""
    with scratch(context, f"dedup-{step.name}") as room:
        return thin(Thinning(context, step, before, population, room))


def _write_same(context: Context, step: DedupStep, before: Sequence[AnyStep], told: Mapping[str, str]) -> None:
    found = same_among(context, step, come_to(context, step, before, told))
    similarity = F.lit(1.0 if step.method == "exact" else None).cast("double")
    place = place_of(context, step, told[context.recipe.crawl])
    _write(context, step, found.withColumn("similarity", similarity), place)


def _write_near(context: Context, step: DedupStep, before: Sequence[AnyStep], told: Mapping[str, str]) -> None:
    population = told[context.recipe.crawl]
    place = place_of(context, step, population)
    with scratch(context, f"dedup-{step.name}") as room:
        search = Search(context, step, before, population, room)
        sign(search)
        keep_values(context, step)
        others, repeats = _to_compare(context, step, before, told, room)
        found = near_duplicates(search, others)
        _write(context, step, found.duplicates.unionByName(repeats), place)
        write_search(search, found, others, place)


def _write_semantic(context: Context, step: DedupStep, before: Sequence[AnyStep], told: Mapping[str, str]) -> None:
    warehouse, place = context.warehouse, place_of(context, step, told[context.recipe.crawl])
    with scratch(context, f"dedup-{step.name}") as room:
        others, repeats = _to_compare(context, step, before, told, room)
        found = semantic_duplicates(context, step, others, room)
        _write(context, step, found.duplicates.unionByName(repeats), place)
        counts = local_rows(warehouse.spark, [{**place, **found.counts}], SEMANTIC_SEARCHES.schema)
        warehouse.replace(counts, SEMANTIC_SEARCHES, place)


def _to_compare(
    context: Context, step: DedupStep, before: Sequence[AnyStep], told: Mapping[str, str], room: Scratch
) -> tuple[DataFrame, DataFrame]:
    """Give the documents to compare with each other, each id once, and rows of those that are copies of themselves."""
    of_words = ranked(context, step, come_to(context, step, before, told).where("words.n_words > 1"))
    come = room.keep(of_words.select("doc_id", *UNIT_KEY, "rank"), "come")
    # An earlier crawl may hold a document of this one, under its own id: it is its own copy.
    again = room.keep(come.transform(repeated), "again")
    others = room.keep(come.join(again, on=["doc_id", "crawl"], how="left_anti").select(*come.columns), "others")
    itself = [F.col("doc_id").alias(name) for name in ("doc_id", "survivor_id", "cluster_id")]
    return others, again.select(*itself, F.lit(1.0).alias("similarity"))


def _write(context: Context, step: DedupStep, found: DataFrame, place: Place) -> None:
    told = {name: F.lit(value) for name, value in {**place, "method": step.method}.items()}
    context.warehouse.replace(found.withColumns(told), DUPLICATES, place)


_WRITE = {"near": _write_near, "semantic": _write_semantic}


def command(recipe: RecipeFile, warehouse: WarehouseDir, master: Master = None) -> None:
    """Find what documents share, by every dedup step of the recipe; needs `sluice measure` before.

    Example: sluice dedup --recipe conf/recipes/tiny.toml --warehouse wh
    """
    context = open_context(recipe, warehouse, master)
    for step in context.recipe.steps:
        if isinstance(step, DedupStep | TextDedupStep):
            run(context, step)


if __name__ == "__main__":
    entry(command)
