"""Sizes of a Bloom filter: by the formulas, and no larger than need be."""

import pytest

from transforms.text.bloom import bytes_for, count_hashers, false_positive_rate


def plain_rate(n_bytes, n_grams, k):
    return (1 - (1 - 1 / (8 * n_bytes)) ** (k * n_grams)) ** k


@pytest.mark.parametrize("n_bytes", [8, 64, 1000, 123_456])
@pytest.mark.parametrize("n_grams", [1, 7, 1000, 100_000])
def test_the_rate_is_the_formulas(n_bytes, n_grams):
    k = count_hashers(n_bytes, n_grams)
    assert false_positive_rate(n_bytes, n_grams) == pytest.approx(plain_rate(n_bytes, n_grams, k), rel=1e-6)


def test_dclms_example_takes_a_tebibyte_and_seven_hashers():
    n_bytes = bytes_for(10**12, 0.01)
    assert n_bytes / 2**40 == pytest.approx(1.09, abs=0.01)
    assert count_hashers(n_bytes, 10**12) == 7


@pytest.mark.parametrize("rate", [0.5, 0.1, 0.01, 0.001, 1e-9])
@pytest.mark.parametrize("n_grams", [1, 3, 1000, 10**6, 10**13])
def test_eight_bytes_less_would_err_more(n_grams, rate):
    n_bytes = bytes_for(n_grams, rate)
    assert n_bytes % 8 == 0
    assert false_positive_rate(n_bytes, n_grams) <= rate
    assert n_bytes == 8 or false_positive_rate(n_bytes - 8, n_grams) > rate


@pytest.mark.parametrize(("n_grams", "rate"), [(0, 0.1), (-1, 0.1), (5, 0), (5, 1), (5, -0.1), (5, float("nan"))])
def test_what_is_no_number_of_n_grams_or_no_rate_is_an_error(n_grams, rate):
    with pytest.raises(ValueError, match="allowed"):
        bytes_for(n_grams, rate)
