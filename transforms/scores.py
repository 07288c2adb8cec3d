"""Scores → reasons: which documents a classify step's thresholds let stay."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from schemas.classify import BUCKETS, ClassifyStep, ScoreModel
from transforms.limits import Rules, at_least, at_most, limit_by_language


def score_reasons(step: ClassifyStep) -> Rules:
    """Ask the scores of documents that nothing speaks against yet: others have one only if another recipe asked.

    Returns:
        For each model with a threshold ``model:no_score``, and ``low_score``, where the lowest is best
        ``high_score``, or where buckets are asked each one that does not stay: ``head``, ``middle``, ``tail``.
    """
    comes = F.size("reasons") == 0
    told: Rules = {}
    for name, model in step.models.items():
        score = F.col(score_column(name))
        if model.buckets:
            asked, faults = comes, _wrong_buckets(model, score)
        elif model.limit is not None or model.limits or model.is_relative:
            limit = limit_by_language(_number(model.limit), model.limits)
            asked = comes & (F.lit(True) if model.is_relative else limit.isNotNull())
            faults = {"high_score" if model.is_lowest_best else "low_score": ~_reaches(model, score, limit)}
        else:
            continue
        told[f"{name}:no_score"] = asked & score.isNull()
        told |= {f"{name}:{fault}": asked & score.isNotNull() & has_it for fault, has_it in faults.items()}
    return told


def _wrong_buckets(model: ScoreModel, score: Column) -> Rules:
    """Give each bucket that does not stay, and whether a score lies in it; without limits all lie in the last."""
    ends = [_reaches(model, score, _number(limit)) for limit in model.bucket_scores or (None, None)]
    is_in = dict(zip(BUCKETS, (ends[0], ~ends[0] & ends[1], ~ends[1]), strict=True))
    return {bucket: is_in[bucket] for bucket in BUCKETS if bucket not in model.buckets}


def _reaches(model: ScoreModel, score: Column, limit: Column) -> Column:
    return at_most(score, limit) if model.is_lowest_best else at_least(score, limit)


def _number(limit: float | None) -> Column:
    return F.lit(limit).cast("double")


def score_column(model: str) -> str:
    """Name the column that holds a model's score; the quotes are for names with a full stop."""
    return f"`score {model}`"
