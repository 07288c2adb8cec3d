"""Scores held against a model's limits: which documents stay, and which come nearest to a limit."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Literal

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from schemas.classify import ClassifyStep, ScoreModel
from schemas.tables import UNIT_KEY
from transforms.limits import limit_by_language
from transforms.scores import score_column, score_reasons


@dataclass(frozen=True)
class Limit:
    """One score that a model's scores are held against.

    Attributes:
        value: The score; a document with exactly this one stays.
        side: Whether it is the least or the greatest score of a document that stays.
        language: Whose texts it is for; None: all that have no limit of their own.
    """

    value: float
    side: Literal["least", "greatest"]
    language: str | None = None


def limits_of(model: ScoreModel) -> tuple[Limit, ...]:
    """Give a model's limits, the common ones first; shares (``keep``, ``buckets``) that are not settled are none."""
    side: Literal["least", "greatest"] = "greatest" if model.is_lowest_best else "least"
    common = model.bucket_scores if model.limit is None else (model.limit,)
    own = sorted(model.limits.items())
    return (*(Limit(value, side) for value in common), *(Limit(value, side, label) for label, value in own))


def stays(step: ClassifyStep, name: str) -> Column:
    """True for a document that this model lets stay, as the recipe's reasons have it.

    For rows with ``reasons``, ``language`` and a ``score_column`` for each model of the step.
    """
    told = [fails for reason, fails in score_reasons(step).items() if reason.rpartition(":")[0] == name]
    return ~reduce(lambda one, other: one | other, told, F.lit(False))


def held_against(step: ClassifyStep, name: str, *more: str) -> Callable[[DataFrame], DataFrame]:
    """Show documents as one model of a step sees them.

    Returns:
        Of frames as ``stays`` asks for: doc_id, crawl, unit, attempt, url, host; language (of the text, may be
        null); score (null: none); is_kept; distance (of the score to the limit, ≥ 0; null without one of them);
        columns ``more``.
    """
    score = F.col(score_column(name))

    def shown(rows: DataFrame) -> DataFrame:
        told = (score.alias("score"), stays(step, name).alias("is_kept"))
        distance = _distance(score, limits_of(step.models[name])).alias("distance")
        language = F.col("language.language").alias("language")
        return rows.select("doc_id", *UNIT_KEY, "url", "host", language, *told, distance, *more)

    return shown


def nearest(n_kept: int, n_dropped: int) -> Callable[[DataFrame], DataFrame]:
    """Choose the documents nearest to the limit on either side of it, by distance and then doc_id.

    Args:
        n_kept: At most so many of those that stay.
        n_dropped: At most so many of those that do not.
    """

    def chosen(rows: DataFrame) -> DataFrame:
        near = rows.where(F.col("distance").isNotNull())
        return _first(near.where("is_kept"), n_kept).unionByName(_first(near.where("NOT is_kept"), n_dropped))

    return chosen


def _first(rows: DataFrame, n: int) -> DataFrame:
    return rows.orderBy("distance", "doc_id").limit(n)


def _distance(score: Column, limits: Sequence[Limit]) -> Column:
    own = {limit.language: limit.value for limit in limits if limit.language is not None}
    common: list[float | None] = [limit.value for limit in limits if limit.language is None]
    asked = [limit_by_language(F.lit(value).cast("double"), own) for value in common or [None]]
    return F.least(*(F.abs(score - limit) for limit in asked), F.lit(None).cast("double"))
