"""Effect sizes: what all pairs of values give by brute force, and the borders within which bins may err."""

from itertools import product
from math import log, log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.shifts import cliffs_delta, js_divergence, ks_distance, psi, quantile

counts = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=12)
values = st.lists(st.integers(0, 200), min_size=1, max_size=25)
WIDTH = 16


def sides(pairs):
    return [a for a, _ in pairs], [b for _, b in pairs]


def shares(numbers):
    return [n / sum(numbers) for n in numbers]


def binned(numbers):
    return [sum(n // WIDTH == at for n in numbers) for at in range(200 // WIDTH + 1)]


def ks_of(a, b):
    """Ask at every value, and right below it."""
    return max(abs(sum(x <= at for x in a) / len(a) - sum(x <= at for x in b) / len(b)) for at in {*a, *b})


def delta_of(a, b):
    return sum((y > x) - (y < x) for x, y in product(a, b)) / (len(a) * len(b))


@given(counts)
def test_the_divergence_is_the_sum_of_its_definition(pairs):
    a, b = sides(pairs)
    found = js_divergence(a, b)
    assert 0 <= found <= 1
    assert found == pytest.approx(js_divergence(b, a), abs=1e-12)
    if sum(a) and sum(b):
        p, q = shares(a), shares(b)
        entropy = [
            -sum(x * log2(x) for x in one if x) for one in (p, q, [(x + y) / 2 for x, y in zip(p, q, strict=True)])
        ]
        assert found == pytest.approx(entropy[2] - (entropy[0] + entropy[1]) / 2, abs=1e-9)


@given(counts)
def test_the_stability_index_is_the_sum_of_its_definition(pairs):
    a, b = sides([pair for pair in pairs if any(pair)])
    found = psi(a, b)
    assert found >= 0
    assert found == pytest.approx(psi(b, a), abs=1e-9)
    if a:
        p, q = ([(n + 0.5) / (sum(side) + len(side) / 2) for n in side] for side in (a, b))
        assert found == pytest.approx(sum((y - x) * log(y / x) for x, y in zip(p, q, strict=True)), abs=1e-9)


@given(values, values)
def test_exact_bins_give_what_all_pairs_give(a, b):
    exact = [[one.count(at) for at in range(201)] for one in (a, b)]
    assert ks_distance(*exact) == pytest.approx(ks_of(a, b), abs=1e-9)
    assert cliffs_delta(*exact) == pytest.approx(delta_of(a, b), abs=1e-9)


@given(values, values)
def test_wide_bins_err_by_no_more_than_what_lies_in_them(a, b):
    p, q = binned(a), binned(b)
    in_one = max(*shares(p), *shares(q))
    assert -1e-9 <= ks_of(a, b) - ks_distance(p, q) <= in_one + 1e-9
    ties = sum(x * y for x, y in zip(shares(p), shares(q), strict=True))
    assert abs(delta_of(a, b) - cliffs_delta(p, q)) <= ties + 1e-9


@given(values, st.sampled_from([0.1, 0.5, 0.9, 1.0]))
def test_a_quantile_is_the_least_value_that_so_many_do_not_exceed(numbers, share):
    lows = sorted(set(numbers))
    found = quantile(lows, [numbers.count(low) for low in lows], share)
    assert sum(n <= found for n in numbers) >= share * len(numbers) - 1e-9
    assert sum(n < found for n in numbers) < share * len(numbers)


@pytest.mark.parametrize(
    ("a", "b", "divergence", "distance", "delta"),
    [
        ([1, 2], [10, 20], 0, 0, 0),
        ([3, 0], [0, 5], 1, 1, 1),
        ([0, 3], [5, 0], 1, 1, -1),
        ([1, 1], [1, 0], 0.311278, 0.5, -0.5),
        ([0, 0], [1, 2], 1, 1, 0),
        ([1, 2], [0, 0], 1, 1, 0),
        ([0, 0], [0, 0], 0, 0, 0),
        ([], [], 0, 0, 0),
    ],
)
def test_sides_without_a_document_and_sides_without_anything_in_common(a, b, divergence, distance, delta):
    assert js_divergence(a, b) == pytest.approx(divergence, abs=1e-6)
    assert ks_distance(a, b) == pytest.approx(distance)
    assert cliffs_delta(a, b) == pytest.approx(delta)


@given(counts)
def test_a_side_beside_itself_has_not_moved_at_all(pairs):
    a, _ = sides(pairs)
    assert (js_divergence(a, a), psi(a, a), ks_distance(a, a), cliffs_delta(a, a)) == (0, 0, 0, 0)


def test_what_one_side_lacks_makes_the_index_large_and_not_infinite():
    assert 1 < psi([1000, 0], [500, 500]) < 10
    assert psi([], []) == psi([0], [0]) == 0
    assert quantile([], [], 0.5) is None
    assert quantile([1.0], [0], 0.5) is None
