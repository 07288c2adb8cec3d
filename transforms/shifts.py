"""How far two distributions lie apart: effect sizes from counts, which stay small however many documents were counted.

A size says how much differs, not how surely: no p-value is here, since of a million documents everything is certain.
Where one side has no document and the other has some, the two are as far apart as can be; two empty sides are alike.
"""

from collections.abc import Sequence
from itertools import accumulate

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]

_PSI_PRIOR = 0.5
"""Added to every count: a label that one side lacks would make the index infinite."""


def js_divergence(a: Sequence[int], b: Sequence[int]) -> float:
    """Give the Jensen-Shannon divergence in bits, from 0 (the same shares) to 1 (no label in common); Lin 1991.

    Args:
        a: How often each label stands on one side.
        b: How often it stands on the other, in the same order.
    """
    p, q = _shares(a), _shares(b)
    if p is None or q is None:
        return float((p is None) != (q is None))
    middle = (p + q) / 2
    return float(np.clip((_bits(p, middle) + _bits(q, middle)) / 2, 0.0, 1.0))


def _bits(p: Numbers, q: Numbers) -> float:
    is_in = p > 0
    return float(np.sum(p[is_in] * np.log2(p[is_in] / q[is_in])))


def psi(a: Sequence[int], b: Sequence[int]) -> float:
    """Give the population stability index: the sum of (q - p) ln(q / p), at least 0, without an upper end.

    Half a document is added to every count, so that what one side lacks makes it large and not infinite. By custom
    less than 0.1 counts as stable, and more than 0.25 as another population.

    Args:
        a: How often each label stands on one side; labels that neither side has should not be there.
        b: How often it stands on the other, in the same order.
    """
    if not any(a) and not any(b):
        return 0.0
    p, q = (np.asarray(counts, np.float64) + _PSI_PRIOR for counts in (a, b))
    p, q = p / p.sum(), q / q.sum()
    return float(np.sum((q - p) * np.log(q / p)))


def ks_distance(a: Sequence[int], b: Sequence[int]) -> float:
    """Give the Kolmogorov-Smirnov distance: by how much the shares below one value differ at most, from 0 to 1.

    It is asked at the borders of the bins: what all values would give is as large or larger, but by no more than the
    share that one side has in one bin.

    Args:
        a: How many values of one side lie in each bin, from the lowest to the highest.
        b: The same of the other side.
    """
    n_a, n_b = sum(a), sum(b)
    if not n_a or not n_b:
        return float(bool(n_a) != bool(n_b))
    # Whole numbers until the end: what is equal gives 0, not almost 0.
    return max(abs(p * n_b - q * n_a) for p, q in zip(accumulate(a), accumulate(b), strict=True)) / (n_a * n_b)


def cliffs_delta(a: Sequence[int], b: Sequence[int]) -> float:
    """Give Cliff's delta: the chance that a value of ``b`` is larger than one of ``a`` minus that it is smaller.

    From -1 (all of ``b`` are smaller) to 1; pairs in one bin count as equal. By custom less than 0.147 in size counts
    as negligible, from 0.474 on as large (Romano et al. 2006). Without values on either side it is 0.

    Args:
        a: How many values of one side lie in each bin, from the lowest to the highest.
        b: The same of the other side.
    """
    n_a, n_b = sum(a), sum(b)
    if not n_a or not n_b:
        return 0.0
    upto = accumulate(a)
    larger = sum(n * ((reached - here) - (n_a - reached)) for n, here, reached in zip(b, a, upto, strict=True))
    return larger / (n_a * n_b)


def quantile(lows: Sequence[float], counts: Sequence[int], share: float) -> float | None:
    """Give the lower border of the bin that holds the value at ``share`` of all; None without values.

    Args:
        lows: Lower borders of the bins, rising.
        counts: How many values lie in each.
        share: Above 0, at most 1; 0.5 is the median (of an even number of values, the lower one).
    """
    reached = np.cumsum(np.asarray(counts, np.float64))
    if not len(reached) or not reached[-1]:
        return None
    return float(lows[int(np.searchsorted(reached, share * reached[-1]))])


def _shares(counts: Sequence[int]) -> Numbers | None:
    """Give each count's share of all; None of nothing."""
    numbers = np.asarray(counts, np.float64)
    total = numbers.sum()
    return numbers / total if total else None
