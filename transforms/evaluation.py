"""How good a classifier's scores are, against what is known of the same documents.

Every measure takes weights: a weight of 2 says the same as a row that is there twice, one of 0 as a row that is not
there. So an interval needs no new scores for each draw, only new weights for rows that are sorted already.
"""

from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from transforms.text.unicode import Doubles

Bools = npt.NDArray[np.bool_]

_DRAWS = 1000


class Bin(NamedTuple):
    """Documents whose scores lie between two values."""

    low: float
    high: float
    """The bin holds its low end, and its high end only if it is the last."""
    n: int
    """Documents, 1 or more."""
    mean_score: float
    positive_ratio: float


class Interval(NamedTuple):
    """A measure and its 95 % interval; NaN for what has no value."""

    value: float
    low: float
    high: float


class Measure(Protocol):
    """A measure as ``with_interval`` calls it; ``functools.partial(precision_at, keep=0.1)`` is one."""

    def __call__(self, scores: Doubles, is_positive: Bools, *, weights: Doubles | None = None) -> float:
        """Measure scores; NaN where there is no value."""


def roc_auc(scores: Doubles, is_positive: Bools, weights: Doubles | None = None) -> float:
    """Give the chance that a positive scores above a negative, ties as half (Mann and Whitney 1947).

    Args:
        scores: ``[n]``, higher for what is more likely positive; the scale does not matter.
        is_positive: ``[n]``.
        weights: ``[n]``, 0 or more; 1 each without.

    Returns:
        0 to 1, 0.5 for scores that say nothing; NaN where one class is missing.

    Raises:
        ValueError: lengths differ, a score is NaN, or a weight is negative or no number.
    """
    positive, negative = _steps(scores, is_positive, weights)
    n_positive, n_negative = positive.sum(), negative.sum()
    if n_positive == 0 or n_negative == 0:
        return float("nan")
    below = n_negative - np.cumsum(negative)
    return float(np.sum(positive * (below + negative / 2)) / (n_positive * n_negative))


def average_precision(scores: Doubles, is_positive: Bools, weights: Doubles | None = None) -> float:
    """Give the mean precision over thresholds, each weighted by the recall that it adds.

    Equal scores are one threshold, as in scikit-learn's ``average_precision_score``. Arguments and errors are those of
    ``roc_auc``.

    Returns:
        0 to 1; the share of positives for scores that say nothing; NaN without a positive.
    """
    positive, negative = _steps(scores, is_positive, weights)
    n_positive = positive.sum()
    if n_positive == 0:
        return float("nan")
    found, taken = np.cumsum(positive), np.cumsum(positive + negative)
    return float(np.sum(positive * found / np.where(taken > 0, taken, 1)) / n_positive)


def precision_at(scores: Doubles, is_positive: Bools, keep: float, weights: Doubles | None = None) -> float:
    """Give the share of positives among the best ``keep`` of all.

    Args:
        scores: As in ``roc_auc``.
        is_positive: As in ``roc_auc``.
        keep: Share of all documents, 0 to 1. The number is rounded up and at least one; all that tie with the last of
            them are taken too.
        weights: As in ``roc_auc``.

    Returns:
        0 to 1; NaN where nothing has weight.

    Raises:
        ValueError: as in ``roc_auc``, and if ``keep`` is not from 0 to 1.
    """
    if not 0 <= keep <= 1:
        raise ValueError(f"keep: given {keep}; allowed: 0 to 1")
    positive, negative = _steps(scores, is_positive, weights)
    taken = np.cumsum(positive + negative)
    if len(taken) == 0 or taken[-1] == 0:
        return float("nan")
    # 0.07 * 100 is 7.000000000000001, which must not ask for an eighth document.
    wanted = keep * taken[-1] * (1 - 1e-12)
    last = max(int(np.searchsorted(taken, wanted)), int(np.searchsorted(taken, 0, "right")))
    return float(np.cumsum(positive)[last] / taken[last])


def reliability(scores: Doubles, is_positive: Bools, n_bins: int = 10) -> list[Bin]:
    """Say by equal bins of the scores from 0 to 1 how many documents are positive: a reliability diagram.

    Args:
        scores: ``[n]``, probabilities. Those outside 0 to 1 (fastText gives up to 1.00001) are in the nearest bin.
        is_positive: ``[n]``.
        n_bins: 1 or more.

    Returns:
        Bins from the lowest on, without empty ones.

    Raises:
        ValueError: as in ``roc_auc``.
    """
    scores, is_positive = _checked(scores, is_positive)
    ends = np.arange(n_bins + 1) / n_bins
    bins = np.clip(np.searchsorted(ends, scores, "right") - 1, 0, n_bins - 1)
    n = np.bincount(bins, minlength=n_bins)
    score_sums = np.bincount(bins, scores, minlength=n_bins)
    n_positive = np.bincount(bins, is_positive, minlength=n_bins)
    return [
        Bin(float(ends[k]), float(ends[k + 1]), int(n[k]), float(score_sums[k] / n[k]), float(n_positive[k] / n[k]))
        for k in np.flatnonzero(n)
    ]


def quantiles(scores: Doubles, shares: list[float]) -> list[float]:
    """Give the score below which each share of the scores lies, between two scores by a straight line; NaN of none."""
    scores = np.asarray(scores, np.float64)
    return np.quantile(scores, shares).tolist() if len(scores) else [float("nan")] * len(shares)


def with_interval(measure: Measure, scores: Doubles, is_positive: Bools, groups: npt.ArrayLike, seed: int) -> Interval:
    """Measure scores, and give the 95 % percentile bootstrap interval (Efron 1979) over groups of documents.

    Whole groups are drawn, with replacement: pages of one host are alike, and drawn one by one they would promise more
    than they know. The order of documents does not matter.

    Args:
        measure: Called with weights for each of 1,000 draws, on documents sorted by score.
        scores: As in ``roc_auc``, as is ``is_positive``.
        is_positive: ``[n]``.
        groups: ``[n]``, numbers or strings: each document's group, such as its host.
        seed: Of ``numpy.random.default_rng``; the same gives the same interval.

    Returns:
        The value of all documents, and the interval; draws without a value, such as those of one class alone, are left
        out, and its ends are NaN if all are.

    Raises:
        ValueError: lengths differ, or as the measure does.
    """
    scores, is_positive = _checked(scores, is_positive)
    names, group_of = np.unique(np.asarray(groups), return_inverse=True)
    if group_of.shape != scores.shape:
        raise ValueError(f"{len(scores)} scores, {len(group_of)} groups")
    order = np.argsort(scores, kind="stable")
    scores, is_positive, group_of = scores[order], is_positive[order], group_of[order]
    random, n = np.random.default_rng(seed), len(names)
    draws = (np.bincount(random.integers(0, n, n), minlength=n).astype(np.float64) for _ in range(_DRAWS if n else 0))
    values = np.array([measure(scores, is_positive, weights=draw[group_of]) for draw in draws], np.float64)
    values = values[~np.isnan(values)]
    low, high = np.percentile(values, [2.5, 97.5]).tolist() if len(values) else (float("nan"), float("nan"))
    return Interval(measure(scores, is_positive), low, high)


def _steps(scores: Doubles, is_positive: Bools, weights: Doubles | None) -> tuple[Doubles, Doubles]:
    """Give the weights of positives and of negatives at each different score, the highest first."""
    scores, is_positive = _checked(scores, is_positive)
    weights = np.ones(len(scores)) if weights is None else np.asarray(weights, np.float64)
    if weights.shape != scores.shape or not (weights >= 0).all():
        raise ValueError(f"{len(scores)} scores, {len(weights)} weights; each weight is 0 or more")
    if len(scores) == 0:
        return weights, weights
    order = np.argsort(scores, kind="stable")  # in linear time if they are sorted already, as they are in each draw
    ordered = scores[order]
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    of_positives, of_all = (weights * is_positive)[order], weights[order]
    return np.add.reduceat(of_positives, starts)[::-1], np.add.reduceat(of_all - of_positives, starts)[::-1]


def _checked(scores: Doubles, is_positive: Bools) -> tuple[Doubles, Bools]:
    scores, is_positive = np.asarray(scores, np.float64), np.asarray(is_positive, np.bool_)
    if scores.ndim != 1 or scores.shape != is_positive.shape:
        raise ValueError(f"scores {scores.shape}, is_positive {is_positive.shape}: should be of one length")
    if np.isnan(scores).any():
        raise ValueError("a score is NaN")
    return scores, is_positive
