"""Scores → reasons: which documents a classify step's thresholds let stay."""

from pyspark.sql import functions as F

from schemas.classify import ClassifyStep
from transforms.limits import Rules, at_least, limit_by_language


def score_reasons(step: ClassifyStep) -> Rules:
    """Ask the scores of documents that nothing speaks against yet: others have one only if another recipe asked."""
    comes = F.size("reasons") == 0
    told: Rules = {}
    for name, model in step.models.items():
        if model.min_score is None and model.keep is None and not model.min_scores:
            continue
        score = F.col(score_column(name))
        limit = limit_by_language(F.lit(model.min_score).cast("double"), model.min_scores)
        asked = limit.isNotNull() if model.keep is None else F.lit(True)
        told[f"{name}:no_score"] = comes & asked & score.isNull()
        told[f"{name}:low_score"] = comes & asked & score.isNotNull() & ~at_least(score, limit)
    return told


def score_column(model: str) -> str:
    """Name the column that holds a model's score; the quotes are for names with a full stop."""
    return f"`score {model}`"
