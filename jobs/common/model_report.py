"""What the report shows of a recipe's models: their scores, whom they keep, the nearest cases, how far they agree."""

from collections.abc import Sequence
from itertools import combinations
from typing import Any

from pyspark.sql import DataFrame

from jobs.common.context import Context
from jobs.common.final_texts import text_starts
from jobs.common.judged import scored_documents
from jobs.common.snapshots import decided
from jobs.common.thresholds import settled_steps
from schemas.classify import ClassifyStep
from schemas.steps import AnyStep
from schemas.tables import UNIT_KEY
from transforms.borderline import Limit, held_against, limits_of, nearest
from transforms.score_counts import Scale, bars_of, by_host, chosen_scale, counted, scales_of, summed_up

Row = dict[str, Any]
_TOP = 15
_SAMPLES = 5
_EXCERPT_CHARS = 400
_NEAREST = ("doc_id", *UNIT_KEY, "url", "host", "language", "score", "is_kept", "distance")


def scored_steps(context: Context, snapshot: Row) -> list[Row]:
    """Give what the report's template needs of each classify step; a recipe without one asks nothing of Spark.

    Args:
        context: The command's surroundings.
        snapshot: The snapshot's registry row.

    Returns:
        name, models (a row each) and pairs (of two models by their numbers: alike_ratio and correlation).
    """
    if not context.recipe.classify_steps():
        return []
    steps = settled_steps(context, context.recipe.steps, snapshot["population_id"])
    found = [(steps[:i], step) for i, step in enumerate(steps) if isinstance(step, ClassifyStep)]
    return [_step(context, snapshot, *each) for each in found]


def _step(context: Context, snapshot: Row, before: Sequence[AnyStep], step: ClassifyStep) -> Row:
    sizes = decided(context.warehouse, snapshot["snapshot_id"]).select("doc_id", "n_words")
    rows = scored_documents(context, before, step, snapshot["population_id"]).join(sizes, on="doc_id", how="inner")
    rows = rows.persist()  # ids and numbers; asked several times for each model
    try:
        sums = rows.transform(summed_up(step)).collect()[0].asDict(recursive=True)
        models = []
        for i, (name, model) in enumerate(step.models.items()):
            told = {"name": name, "limits": limits_of(model), **sums[f"{i}"]}
            models.append(told | _model(context, before, rows.transform(held_against(step, name, "n_words")), told))
    finally:
        rows.unpersist()
    return {"name": step.name, "models": models, "pairs": _pairs(models, sums)}


def _model(context: Context, before: Sequence[AnyStep], rows: DataFrame, told: Row) -> Row:
    """Count one model's documents and read the starts of those nearest to its limit."""
    if not told["n_scored"]:
        return {"plot": None, "languages": [], "hosts": [], "lengths": [], "samples": []}
    values = [limit.value for limit in told["limits"]]
    scales = scales_of(told["low"], told["high"], told["least_positive"], values)
    counts: dict[str, dict[str, Row]] = {}
    for row in rows.transform(counted(scales)).collect():  # a row a language, a class of lengths or a bin
        counts.setdefault(row["kind"], {})[row["label"]] = row.asDict()
    bins = {name: {int(label): row for label, row in counts.get(name, {}).items()} for name in scales}
    chosen = chosen_scale({name: {at: row["n_documents"] for at, row in told.items()} for name, told in bins.items()})
    languages = sorted(counts["language"].values(), key=lambda row: (-row["n_documents"], row["label"]))
    return {
        "plot": _plot(scales[chosen], bins[chosen], told["limits"]),
        "languages": languages[:_TOP],
        "hosts": [row.asDict() for row in rows.transform(by_host).limit(_TOP).collect()],
        "lengths": [_length(int(label), row) for label, row in sorted(counts["length"].items(), key=_number)],
        "samples": nearest_texts(context, rows, before, (_SAMPLES, _SAMPLES, _EXCERPT_CHARS)) if values else [],
    }


def _plot(scale: Scale, bins: dict[int, Row], limits: Sequence[Limit]) -> Row:
    ticks = [(share, scale.score_at(share)) for share in (0, 0.2, 0.4, 0.6, 0.8, 1)]
    inside = [limit for limit in limits if scale.low <= limit.value <= scale.high]
    lines = [{"at": scale.at(limit.value), "limit": limit} for limit in inside]
    return {"is_log": scale.is_log, "bars": bars_of(scale, bins), "ticks": ticks, "lines": lines}


def _number(item: tuple[str, Row]) -> int:
    return int(item[0])


def _length(label: int, row: Row) -> Row:
    low, high = 2**label - 1, 2 ** (label + 1) - 2
    return row | {"label": f"{low:,} words" if low == high else f"{low:,} to {high:,} words"}


def nearest_texts(
    context: Context, rows: DataFrame, before: Sequence[AnyStep], most: tuple[int, int, int]
) -> list[Row]:
    """Read the starts of the texts nearest to a limit, as the model has read them.

    Args:
        context: The command's surroundings.
        rows: Of ``held_against``.
        before: The recipe's steps before the model's.
        most: How many that stay, how many that do not, and how many characters of each.

    Returns:
        doc_id, crawl, unit, attempt, url, host, language, score, is_kept, distance, text; by distance, then doc_id.
    """
    n_kept, n_dropped, n_chars = most
    chosen = [row.asDict() for row in rows.select(*_NEAREST).transform(nearest(n_kept, n_dropped)).collect()]
    by_id = text_starts(context, chosen, before, n_chars)
    told = [row | {"text": by_id[row["doc_id"]]} for row in chosen]
    return sorted(told, key=lambda row: (row["distance"], row["doc_id"]))


def _pairs(models: Sequence[Row], sums: Row) -> dict[tuple[int, int], Row]:
    """Give agreement by the numbers of two models, either way round; one without a limit decides nothing."""
    told: dict[tuple[int, int], Row] = {}
    for i, j in combinations(range(len(models)), 2):
        row = sums[f"{i} {j}"]
        decides = models[i]["limits"] and models[j]["limits"] and models[i]["n"]
        told[i, j] = told[j, i] = {
            "alike_ratio": row["n_alike"] / models[i]["n"] if decides else None,
            "correlation": row["correlation"],
        }
    return told
