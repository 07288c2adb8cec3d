"""Scores → what a report shows of them: how they lie, whom a model keeps, how far models agree."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import log

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from schemas.classify import ClassifyStep
from transforms.borderline import stays
from transforms.fields import Row
from transforms.scores import score_column

N_BINS = 40
_DECADES = 1e-6
"""A logarithmic scale begins at the least score above 0, but not below this part of the greatest one."""
_CROWDED = 0.5


@dataclass(frozen=True)
class Scale:
    """An axis of scores, cut into ``N_BINS`` bins that look equally wide.

    Attributes:
        low: Score at its left end; on a logarithmic one, all scores up to it are in the first bin.
        high: Score at its right end, above ``low``.
        is_log: Whether equal lengths are equal factors, not equal differences; ``low`` is then above 0.
    """

    low: float
    high: float
    is_log: bool = False

    def at(self, score: float) -> float:
        """Give a score's place as a share of the axis, from 0 to 1; what lies outside is put on its end."""
        if self.is_log:
            share = log(score / self.low) / log(self.high / self.low) if score > self.low else 0.0
        else:  # halves: the difference of two finite numbers may be infinite
            share = (score / 2 - self.low / 2) / (self.high / 2 - self.low / 2)
        return min(1.0, max(0.0, share))

    def score_at(self, share: float) -> float:
        """Give the score at a share of the axis."""
        if self.is_log:
            return float(self.low * (self.high / self.low) ** share)
        return self.low * (1 - share) + self.high * share

    def bin_of(self, score: Column) -> Column:
        """Give the bin (0 to ``N_BINS`` - 1) of a score that is not null."""
        if self.is_log:
            above = F.log(score / F.lit(self.low)) / F.lit(log(self.high / self.low))
            share = F.when(score > self.low, above).otherwise(F.lit(0.0))
        else:
            share = (score / 2 - F.lit(self.low / 2)) / F.lit(self.high / 2 - self.low / 2)
        bin_ = F.floor(share * N_BINS).cast("int")
        return F.greatest(F.lit(0), F.least(bin_, F.lit(N_BINS - 1)))


def scales_of(low: float, high: float, least_positive: float | None, limits: Sequence[float] = ()) -> dict[str, Scale]:
    """Give the scales on which scores may be shown; a logarithmic one only where none is below 0.

    Args:
        low: Least score.
        high: Greatest score.
        least_positive: Least score above 0; None: there is none.
        limits: What scores are held against; the scales reach as far, unless that would more than triple them.
    """
    near = [limit for limit in limits if 2 * low - high <= limit <= 2 * high - low]
    low, high = min(low, *near, high), max(high, *near, low)
    if low / 2 == high / 2:  # of the least numbers there are, halves are alike too
        low, high = (min(low, 0.0), max(high, 0.0)) if low / 2 else (0.0, 1.0)
    scales = {"linear": Scale(low, high)}
    least = max(least_positive or 0.0, min([high * _DECADES, *(limit / 10 for limit in near if limit > 0)]))
    if least_positive and low >= 0 and least < high:
        scales["log"] = Scale(least, high, is_log=True)
    return scales


def chosen_scale(counts: Mapping[str, Mapping[int, int]]) -> str:
    """Choose the logarithmic scale where more than half of the scores crowd into one bin of the linear one.

    Args:
        counts: Name of a scale → bin → number of scores.
    """
    linear = counts.get("linear", {})
    is_crowded = max(linear.values(), default=0) > _CROWDED * sum(linear.values())
    # At the upper end they would crowd as much on the other scale.
    is_lower = max(linear, key=lambda at: (linear[at], -at), default=0) == 0
    return "log" if is_crowded and is_lower and "log" in counts else "linear"


def counted(scales: Mapping[str, Scale]) -> Callable[[DataFrame], DataFrame]:
    """Count documents and kept ones by language, by length and by score, in one pass.

    Returns:
        kind (``language``, ``length``, or a scale's name), label (a language, empty without one; a power-of-two class
        of words; a bin), n_documents, n_kept; of frames with language, n_words, score and is_kept.
    """
    score = F.col("score")
    labels = {
        "language": F.coalesce("language", F.lit("")),
        "length": F.floor(F.log2(F.col("n_words") + 1)).cast("int").cast("string"),
        **{name: F.when(score.isNotNull(), scale.bin_of(score)).cast("string") for name, scale in scales.items()},
    }
    told = F.array(*(F.struct(F.lit(kind).alias("kind"), label.alias("label")) for kind, label in labels.items()))

    def step(rows: DataFrame) -> DataFrame:
        each = rows.select("is_kept", F.explode(told).alias("told")).select("is_kept", "told.kind", "told.label")
        return _kept_of(each.where("label IS NOT NULL"), "kind", "label")

    return step


def by_host(rows: DataFrame) -> DataFrame:
    """Count documents and kept ones by host, most documents first."""
    return _kept_of(rows.withColumnRenamed("host", "label"), "label").orderBy(F.desc("n_documents"), "label")


def _kept_of(rows: DataFrame, *by: str) -> DataFrame:
    return rows.groupBy(*by).agg(
        F.count("*").alias("n_documents"), F.sum(F.col("is_kept").cast("long")).alias("n_kept")
    )


def summed_up(step: ClassifyStep) -> Callable[[DataFrame], DataFrame]:
    """Sum up a step's models in one row: a struct for each model, one for each two of them.

    Returns:
        Column ``i`` of the i-th model: n, n_scored, n_kept, low, high, least_positive (null without scores). Column
        ``i j``: n_alike (documents that both keep or both drop), correlation (Pearson's, of documents that both have
        scored; null where one of them scores all alike).
    """
    names = list(step.models)
    told = [_of_model(step, name).alias(f"{i}") for i, name in enumerate(names)]
    pairs = combinations(range(len(names)), 2)
    return lambda rows: rows.agg(*told, *(_of_pair(step, names[i], names[j]).alias(f"{i} {j}") for i, j in pairs))


def _of_model(step: ClassifyStep, name: str) -> Column:
    score = F.col(score_column(name))
    return F.struct(
        F.count("*").alias("n"),
        F.count(score).alias("n_scored"),
        _count(stays(step, name)).alias("n_kept"),
        F.min(score).alias("low"),
        F.max(score).alias("high"),
        F.min(F.when(score > 0, score)).alias("least_positive"),
    )


def _of_pair(step: ClassifyStep, one: str, other: str) -> Column:
    scores = F.col(score_column(one)), F.col(score_column(other))
    is_both = scores[0].isNotNull() & scores[1].isNotNull()
    both = [F.when(is_both, score) for score in scores]
    is_alike = stays(step, one) == stays(step, other)
    # Of scores that are all alike, Spark 3.5 and 4 do not give the same.
    differ = (F.min(both[0]) < F.max(both[0])) & (F.min(both[1]) < F.max(both[1]))
    return F.struct(_count(is_alike).alias("n_alike"), F.when(differ, F.corr(both[0], both[1])).alias("correlation"))


def _count(condition: Column) -> Column:
    return F.coalesce(F.sum(condition.cast("long")), F.lit(0))


def bars_of(scale: Scale, counts: Mapping[int, Row]) -> list[Row]:
    """Give each bin's number, borders, counts, and heights of kept and dropped as shares of the highest bar."""
    top = max((row["n_documents"] for row in counts.values()), default=1)
    bars = []
    for i in range(N_BINS):
        row = counts.get(i, {"n_documents": 0, "n_kept": 0})
        dropped = row["n_documents"] - row["n_kept"]
        edges = {"low": scale.score_at(i / N_BINS), "high": scale.score_at((i + 1) / N_BINS)}
        heights = {"kept_height": row["n_kept"] / top, "dropped_height": dropped / top}
        bars.append(edges | heights | {"at": i, "n_documents": row["n_documents"], "n_kept": row["n_kept"]})
    return bars
