"""Written numbers → every document with the reasons against it, up to a step of the recipe.

Reads no text. Dedup asks with the steps before itself, curate with all of them.
"""

from collections.abc import Sequence
from functools import partial

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.common.context import Context
from jobs.common.earlier import as_of
from jobs.common.tables import Place, matches
from schemas.classify import ClassifyStep
from schemas.errors import RecipeError
from schemas.scores import SCORES
from schemas.steps import AnyStep, DedupStep, TextStep
from schemas.tables import DOCUMENTS, DUPLICATES, MEASURES, UNIT_KEY, Table
from schemas.text_dedup import TextDedupStep
from transforms.dedup.exact import KEYS, same
from transforms.dedup.survivors import rank, with_eras
from transforms.lineage import dedup_id, score_id, text_step_id
from transforms.reasons import dedup_reasons, text_dedup_reasons, text_reasons, with_reasons
from transforms.scores import score_column, score_reasons

_SMALL = ("doc_id", "crawl", "unit", "attempt", "url", "host", "fetched_at", "http_status")


def judged(context: Context, steps: Sequence[AnyStep], population: str | None, unit: Place | None = None) -> DataFrame:
    """Give each live document of the crawl with its last measures, its score by each model, and ``reasons``.

    Args:
        context: The command's surroundings.
        steps: The recipe's steps to ask, in order; the first one reads texts.
        population: The crawl's population id, part of a dedup step's id. None: duplicates are not read but
            found, among all that these steps leave.
        unit: One live unit to look at; without, all of them.
    """
    begun = {
        "reasons": F.array().cast("array<string>"),
        "language": F.lit(None).cast(MEASURES.schema["language"].dataType),  # until a step measures it
    }
    rows = _rows(context, DOCUMENTS, unit).select(*_SMALL).withColumns(begun)
    for step in steps:
        if isinstance(step, DedupStep):
            rows = _deduplicated(context, rows, step, population)
        elif isinstance(step, ClassifyStep):
            rows = _scored(context, rows, step, _rows(context, SCORES, unit), population)
        elif isinstance(step, TextDedupStep):
            rows = _thinned(context, rows, step, _rows(context, MEASURES, unit), population)
        else:
            rows = _measured(context, rows, step, _rows(context, MEASURES, unit), population)
    return rows


def passed(context: Context, steps: Sequence[AnyStep], population: str | None, unit: Place | None = None) -> DataFrame:
    """Give, as ``judged`` does, the documents that nothing speaks against so far."""
    return _unopposed(judged(context, steps, population, unit))


def scored_documents(context: Context, before: Sequence[AnyStep], step: ClassifyStep, population: str) -> DataFrame:
    """Give the documents that come to a classify step.

    Returns:
        doc_id, crawl, unit, attempt, url, host, language (the struct), reasons (empty), and each model's score in its
        ``score_column`` (null: none).
    """
    rows = _with_scores(context, passed(context, before, population), step, context.live(SCORES), population)
    return rows.select(
        "doc_id", *UNIT_KEY, "url", "host", "language", "reasons", *(score_column(name) for name in step.models)
    )


def _unopposed(rows: DataFrame) -> DataFrame:
    return rows.where(F.size("reasons") == 0)


def ranked(context: Context, step: DedupStep, candidates: DataFrame) -> DataFrame:
    """Append ``rank``, the order of the step's survivors, to documents as ``passed`` gives them, with ``era``."""
    models = context.recipe.models_before(step)
    lowest_best = [name for name, model in models.items() if model.is_lowest_best]
    return candidates.withColumn("rank", rank(step.survivor, lowest_best))


def same_among(context: Context, step: DedupStep, candidates: DataFrame) -> DataFrame:
    """Find what a dedup step by texts or addresses removes of documents that nothing speaks against, with ``era``.

    Raises:
        RecipeError: the step takes texts, or embeddings.
    """
    if step.method not in KEYS:
        raise reads_texts(step, f"method '{step.method}'")
    return candidates.transform(partial(ranked, context, step)).transform(same(KEYS[step.method]()))


def reads_texts(step: DedupStep | TextDedupStep, what: str) -> RecipeError:
    """Give the error that says why written numbers do not tell what a step would do."""
    return RecipeError(
        f"steps.{step.name}: {what} reads more than measures, so nobody can tell what other rules would leave to it;"
        " leave the step out of the recipe that you ask about"
    )


def removed_by(context: Context, step: DedupStep, population: str) -> DataFrame:
    """Read the duplicates that a dedup step found in this population."""
    return context.warehouse.read(DUPLICATES).where(matches(place_of(context, step, population)))


def place_of(context: Context, step: DedupStep, population: str) -> Place:
    """Give crawl and step_id of what a dedup step finds in this population."""
    return {"crawl": context.recipe.crawl, "step_id": dedup_id(context.recipe, step, population)}


def _rows(context: Context, table: Table, unit: Place | None) -> DataFrame:
    if unit is not None:
        return context.warehouse.read(table).where(matches(unit))
    return context.live(table)


def _measured(
    context: Context, rows: DataFrame, step: TextStep, measures: DataFrame, population: str | None
) -> DataFrame:
    families = step.asked()  # a measure that no rule asks is not read
    step_id = text_step_id(context.recipe, step, population)
    numbers = measures.where(F.col("step_id") == step_id).select("doc_id", *families)
    joined = rows.drop(*families).join(numbers, on="doc_id", how="inner")
    return joined.transform(with_reasons(text_reasons(step)))


def _deduplicated(context: Context, rows: DataFrame, step: DedupStep, population: str | None) -> DataFrame:
    if population is None:
        removed = same_among(context, step, with_eras([*_come_anew(context, step), _unopposed(rows)]))
    else:
        removed = removed_by(context, step, population)
    joined = rows.join(removed.select("doc_id", "survivor_id"), on="doc_id", how="left")
    return joined.transform(with_reasons(dedup_reasons(step))).drop("survivor_id")


def _come_anew(context: Context, step: DedupStep) -> list[DataFrame]:
    """Give what would come to the step in each earlier crawl. Its copies among them do no harm: the first one stays."""
    before = context.recipe.steps[: context.recipe.steps.index(step)]
    models = [model for one in before if isinstance(one, ClassifyStep) for model in one.models.values()]
    if step.earlier and any(model.is_relative for model in models):
        raise RecipeError(
            f"steps.{step.name}.earlier: nobody can tell what shares of earlier crawls other rules would keep;"
            " give scores in place of shares, or leave it out of the recipe that you ask about"
        )
    crawls = [as_of(context, crawl) for crawl in step.earlier]
    return [passed(crawl, crawl.recipe.steps[: len(before)], None) for crawl in crawls]


def _thinned(
    context: Context, rows: DataFrame, step: TextDedupStep, measures: DataFrame, population: str | None
) -> DataFrame:
    if population is None:
        raise reads_texts(step, f"kind '{step.kind}'")
    mine = measures.where(F.col("step_id") == dedup_id(context.recipe, step, population))
    joined = rows.join(mine.select("doc_id", "parts"), on="doc_id", how="left")  # who was dropped before has no row
    return joined.transform(with_reasons(text_dedup_reasons(step))).drop("parts")


def _scored(
    context: Context, rows: DataFrame, step: ClassifyStep, scores: DataFrame, population: str | None
) -> DataFrame:
    return _with_scores(context, rows, step, scores, population).transform(with_reasons(score_reasons(step)))


def _with_scores(
    context: Context, rows: DataFrame, step: ClassifyStep, scores: DataFrame, population: str | None
) -> DataFrame:
    for name in step.models:
        mine = scores.where(F.col("step_id") == score_id(context.recipe, step, name, population))
        column = score_column(name).strip("`")
        told = mine.select("doc_id", F.col("score").alias(column))
        rows = rows.drop(column).join(told, on="doc_id", how="left")  # an earlier step may have a model of that name
    return rows
