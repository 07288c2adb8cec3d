"""Accuracies in many tasks → one number: how far a model is from who guesses to who is always right.

CORE and EXTENDED of DataComp-LM (Li et al. 2024, arXiv 2406.11794, section 3.5 and its evaluation code).
"""

from collections.abc import Mapping, Sequence
from math import fsum
from typing import NamedTuple

from schemas.benchmark import Benchmark


class Averages(NamedTuple):
    """What a model's accuracies come to; 0 is guessing, 1 is always right, and below 0 is worse than guessing."""

    core: float | None
    """Mean over the tasks of CORE; None: one of them is missing, as the reference's "N/A due to missing tasks"."""
    extended: float | None
    """Mean over all tasks that have a baseline; None: one of them is missing."""
    missing: tuple[str, ...]
    """Tasks without an accuracy, in the benchmark's order."""


def centred(accuracies: Mapping[str, float], baselines: Mapping[str, float]) -> dict[str, float]:
    """Give (accuracy - baseline) / (1 - baseline) of each task that has both.

    Args:
        accuracies: Task → share of right answers, from 0 to 1.
        baselines: Task → accuracy of who guesses, in percent.
    """
    both = {task: (accuracies[task], baseline / 100) for task, baseline in baselines.items() if task in accuracies}
    return {task: (accuracy - baseline) / (1 - baseline) for task, (accuracy, baseline) in both.items()}


def averages(accuracies: Mapping[str, float], benchmark: Benchmark, version: str | None = None) -> Averages:
    """Give CORE and EXTENDED by one version of the baselines; None: by the benchmark's own.

    A mean over the tasks that happen to be there would say something of another benchmark, so there is none.

    Raises:
        RecipeError: the benchmark has no such version.
    """
    baselines = benchmark.baselines_of(version)
    told = centred(accuracies, baselines)
    missing = tuple(task for task in baselines if task not in told)
    return Averages(_mean(told, benchmark.core), _mean(told, list(baselines)), missing)


def _mean(told: Mapping[str, float], tasks: Sequence[str]) -> float | None:
    return fsum(told[task] for task in tasks) / len(tasks) if told.keys() >= set(tasks) else None
