"""What compression changed: a network and its small one, held against each other on a sample."""

from math import ceil
from typing import NamedTuple

import numpy as np

from transforms.text.unicode import Doubles
from transforms.two_layer.features import Bools
from transforms.two_layer.network import TwoLayer, sigmoid
from transforms.two_layer.tropical import Sample


class Report(NamedTuple):
    """Before and after, on the texts of a sample. Scores are in [0, 1]; a text is positive from 0.5 on."""

    n_texts: int
    n_neurons_before: int
    n_neurons_after: int
    n_parameters_before: int
    n_parameters_after: int
    agreement: float
    """Share of the texts that both call the same."""
    max_score_change: float
    """Largest |after - before| of a text's score."""
    mean_score_change: float
    """Mean of the same."""
    threshold_before: float
    """Greatest score that at least the share ``keep`` of the texts reaches."""
    threshold_after: float
    threshold_shift: float
    """After - before."""
    accuracy_before: float | None
    """Share of the texts that are called what they are; None where that is not known."""
    accuracy_after: float | None


def report(network: TwoLayer, small: TwoLayer, sample: Sample, keep: float) -> Report:
    """Compare two networks.

    Args:
        network: Before.
        small: After; hashes features in the same way.
        sample: Texts; best ones that neither training nor compression has seen.
        keep: Share of the texts that a threshold should keep, above 0, at most 1.

    Raises:
        ValueError: the share is out of range, or features are not hashed alike.
    """
    if not 0 < keep <= 1:
        raise ValueError(f"keep: given {keep}; allowed: above 0, at most 1")
    if network.hashing != small.hashing:
        raise ValueError("the networks do not hash features in the same way")
    before, after = (sigmoid(one.outputs(sample.rows)) for one in (network, small))
    changes, thresholds = np.abs(after - before), [_threshold(scores, keep) for scores in (before, after)]
    accuracies = [None if sample.is_positive is None else _agreement(s, sample.is_positive) for s in (before, after)]
    return Report(
        n_texts=len(before),
        n_neurons_before=network.n_neurons,
        n_neurons_after=small.n_neurons,
        n_parameters_before=network.n_parameters,
        n_parameters_after=small.n_parameters,
        agreement=_agreement(before, after >= 0.5),
        max_score_change=float(changes.max()),
        mean_score_change=float(changes.mean()),
        threshold_before=thresholds[0],
        threshold_after=thresholds[1],
        threshold_shift=thresholds[1] - thresholds[0],
        accuracy_before=accuracies[0],
        accuracy_after=accuracies[1],
    )


def _agreement(scores: Doubles, is_positive: Bools) -> float:
    return float(np.mean((scores >= 0.5) == is_positive))


def _threshold(scores: Doubles, keep: float) -> float:
    return float(np.sort(scores)[-ceil(keep * len(scores))])
