"""How good a classifier is on texts that it has not seen: scores → metrics with intervals, by language too."""

from collections.abc import Mapping, Sequence
from functools import partial
from math import ceil
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from transforms import evaluation
from transforms.columns import Texts
from transforms.text.fasttext_predict import predict
from transforms.text.language import LanguageModel, identify
from transforms.text.scoring import Classifier

Scores = npt.NDArray[np.float64]
SHARES = (0.01, 0.02, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.5)
"""Of documents kept, whose thresholds are told."""
QUANTILES = [0.0, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1.0]


class Scored(NamedTuple):
    """Texts with their scores.

    Attributes:
        scores: Probability of the positive label.
        is_positive: Which of them have it.
        hosts: Equal numbers for texts of the same host.
        labels: What the model says of each text, ``__label__`` included; empty where it says nothing.
    """

    scores: Scores
    is_positive: npt.NDArray[np.bool_]
    hosts: npt.NDArray[np.int64]
    labels: list[str]


def scored(table: pa.Table, model: Classifier) -> Scored:
    """Score examples as a classify step does; a text without any known feature has the score 0.

    Args:
        table: Rows of ``examples.SCHEMA``.
        model: As ``classifier`` gives it, for the positive label.

    Raises:
        ValueError: the model gives no numbers.
    """
    texts = texts_of(table)
    scores = np.nan_to_num(model.scores(texts.data, texts.offsets), nan=0.0)
    labels, _ = predict(texts.data, texts.offsets, model.model)
    names = [*model.model.labels, ""]
    hosts = table.column("host").combine_chunks().dictionary_encode().indices.to_numpy().astype(np.int64)
    is_positive = table.column("is_positive").to_numpy().astype(bool)
    return Scored(scores, is_positive, hosts, [names[i] for i in labels[:, 0].tolist()])


def texts_of(table: pa.Table) -> Texts:
    """Give the texts of examples as kernels see them."""
    return Texts.of(table.column("text").combine_chunks())


def metrics(given: Scored, keep: float, seed: int) -> dict[str, dict[str, float]]:
    """Give ROC-AUC, average precision, and precision among the best ``keep`` of all, with 95 % intervals over hosts."""
    measures: dict[str, evaluation.Measure] = {
        "roc_auc": evaluation.roc_auc,
        "average_precision": evaluation.average_precision,
        "precision_at_keep": partial(evaluation.precision_at, keep=keep),
    }
    return {
        name: evaluation.with_interval(measure, given.scores, given.is_positive, given.hosts, seed)._asdict()
        for name, measure in measures.items()
    }


def reliability(given: Scored) -> list[dict[str, float]]:
    """Give, for each bin of scores, how many texts are in it and which share of them is positive."""
    return [each._asdict() for each in evaluation.reliability(given.scores, given.is_positive)]


def by_language(table: pa.Table, given: Scored, model: LanguageModel, seed: int) -> list[dict[str, Any]]:
    """Give the metrics for each language, most texts first; none where a language has one class only."""
    texts = texts_of(table)
    told: Any = identify(texts.data, texts.offsets, model).language  # a list: the measures of a whole batch
    languages = np.array([each or "" for each in told])
    rows = []
    for language in sorted(set(languages.tolist())):
        mine = languages == language
        part = Scored(given.scores[mine], given.is_positive[mine], given.hosts[mine], [])
        n, n_positive = int(mine.sum()), int(part.is_positive.sum())
        row: dict[str, Any] = {"language": language or None, "n": n, "n_positive": n_positive, "roc_auc": None}
        if 0 < n_positive < n:
            auc = evaluation.with_interval(evaluation.roc_auc, part.scores, part.is_positive, part.hosts, seed)
            row["roc_auc"] = auc._asdict()
        rows.append(row)
    return sorted(rows, key=lambda row: (-row["n"], row["language"] or ""))


def thresholds(scores: Scores, shares: Sequence[float]) -> dict[str, float]:
    """Give, for each share, the highest score that at least so many texts reach; empty without texts."""
    best = np.sort(scores)[::-1]
    # 0.07 * 100 is 7.000000000000001, which must not ask for an eighth text.
    wanted = {share: ceil(share * len(best) * (1 - 1e-12)) for share in sorted(set(shares))}
    return {f"{share:g}": float(best[n - 1]) for share, n in wanted.items() if len(best)}


def quantiles(groups: Mapping[str, Scores]) -> dict[str, dict[str, float]]:
    """Give the quantiles of the scores of each group that has texts."""
    return {
        name: {f"{q:g}": value for q, value in zip(QUANTILES, evaluation.quantiles(scores, QUANTILES), strict=True)}
        for name, scores in groups.items()
        if len(scores)
    }
