"""How much a search for near copies finds, by a sample of texts that were held against all others.

Pairs of one text are not independent: who was missed once is missed again and again, as a text beside its cluster is.
So the sample is one of texts, and the share of pairs that were found is a ratio of two sums over them (Cochran 1977,
Sampling Techniques, 6.4 and 2.12): its variance comes from what each text's found pairs differ from that share of its
true ones. The interval is Wilson's for as many independent pairs as would have that variance (as Korn and Graubard
1998 do with Clopper and Pearson's), which stays within 0 and 1 and has a width where all pairs are found.
"""

import math
from typing import NamedTuple

import numpy as np

from transforms.text.unicode import Longs

_NORMAL = 1.959964  # of 95 %
_STUDENT = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228)  # by degrees of freedom, from 1 on


class Recall(NamedTuple):
    """A share of pairs with its 95 % interval, all in [0, 1]."""

    share: float
    low: float
    high: float


def sampled_recall(n_true: Longs, n_found: Longs, n_sampled: int, n_texts: int) -> Recall | None:
    """Estimate the share of near pairs that a search finds.

    Args:
        n_true: Of each sampled text, how many others are near to it; texts without any may be left out.
        n_found: How many of them the search found, in the same order.
        n_sampled: Texts that were drawn, each set of so many with the same chance, without replacement.
        n_texts: Texts that they were drawn from; where all were drawn, the share is known and the interval a point.

    Returns:
        None where no sampled text has a near one.

    Raises:
        ValueError: a number is more than it can be, or negative.
    """
    _check(n_true, n_found, n_sampled, n_texts)
    true, found = n_true[n_true > 0].astype(np.float64), n_found[n_true > 0].astype(np.float64)
    if not len(true):
        return None
    share = float(found.sum() / true.sum())
    left = 1 - n_sampled / n_texts
    if left == 0:
        return Recall(share, share, share)
    # Never more than if all pairs of a text were found or missed together: the few that are missed may all be unseen.
    n_pairs, deviations = float(true.sum() ** 2 / (true**2).sum()), _NORMAL
    variance = _variance(true, found) if len(true) > 1 else 0.0
    if variance > 0:
        n_pairs, deviations = min(n_pairs, share * (1 - share) / variance), _student(len(true) - 1)
    return _wilson(share, n_pairs / left, deviations)


def _check(n_true: Longs, n_found: Longs, n_sampled: int, n_texts: int) -> None:
    if len(n_true) != len(n_found) or (n_found < 0).any() or (n_found > n_true).any():
        raise ValueError("pairs of a text: allowed: found ones 0 or more, and no more than true ones")
    if not len(n_true) <= n_sampled <= n_texts or (n_true >= n_texts).any():
        raise ValueError(
            f"texts: given {n_sampled} drawn from {n_texts}, {len(n_true)} with pairs; allowed: no more with pairs than"
            " drawn, no more drawn than there are, and fewer near to one than there are"
        )


def _variance(true: Longs, found: Longs) -> float:
    """Give the variance of the ratio of two sums, of a population without end."""
    rest, n = found - true * (found.sum() / true.sum()), len(true)
    return float(n / (n - 1) * (rest**2).sum() / true.sum() ** 2)


def _student(freedom: int) -> float:
    """Give Student's deviations of 95 %, to 0.002."""
    if freedom <= len(_STUDENT):
        return _STUDENT[freedom - 1]
    z = _NORMAL
    return z + (z**3 + z) / (4 * freedom) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)


def _wilson(share: float, n: float, deviations: float) -> Recall:
    squared = deviations**2 / n
    centre = (share + squared / 2) / (1 + squared)
    half = math.sqrt(squared * share * (1 - share) + squared**2 / 4) / (1 + squared)
    # The share lies between the two, but for rounding.
    return Recall(share, min(max(centre - half, 0.0), share), max(min(centre + half, 1.0), share))
