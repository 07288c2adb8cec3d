"""How large a Bloom filter has to be, and how often it errs (Bloom 1970), by the formulas of DCLM's ``dedup/bff``.

With m bits, k hashers and n n-grams in it, a filter takes one that is not in it for known with the chance
(1 - (1 - 1/m)^(k n))^k, in which k = ceil(m / n · ln 2).
"""

from math import ceil, expm1, log, log1p


def count_hashers(n_bytes: int, n_grams: int) -> int:
    """Give k, 1 or more."""
    return max(1, ceil(8 * n_bytes / n_grams * log(2)))


def false_positive_rate(n_bytes: int, n_grams: int) -> float:
    """Give the chance that a filter of so many bytes errs when it holds so many n-grams; in [0, 1]."""
    k = count_hashers(n_bytes, n_grams)
    return float((-expm1(k * n_grams * log1p(-1 / (8 * n_bytes)))) ** k)


def bytes_for(n_grams: int, rate: float) -> int:
    """Give the fewest bytes, a multiple of 8, whose filter errs at most so often.

    Args:
        n_grams: Different n-grams that are expected, 1 or more.
        rate: The largest chance of an error that is allowed, above 0 and below 1.

    Raises:
        ValueError: a number is out of range.
    """
    if n_grams < 1 or not 0 < rate < 1:
        raise ValueError(f"n-grams {n_grams}, false-positive rate {rate}: allowed: 1 or more; above 0 and below 1")
    too_few, enough = 0, 1  # of eight bytes each
    while false_positive_rate(8 * enough, n_grams) > rate:
        too_few, enough = enough, 2 * enough
    while enough - too_few > 1:
        between = (too_few + enough) // 2
        if false_positive_rate(8 * between, n_grams) > rate:
            too_few = between
        else:
            enough = between
    return 8 * enough
