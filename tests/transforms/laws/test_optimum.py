"""The best mixture, against a grid of all mixtures and another solver, and bounds that leave none."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from schemas.errors import RecipeError
from transforms.laws.bimix import BiMix
from transforms.laws.bounds import Bounds, Supply, bounds_of
from transforms.laws.optimum import least_convex, least_powers

ABC = ("a", "b", "c")
FREE = bounds_of(ABC)
GRID = np.array([(i, j, 400 - i - j) for i, j in product(range(401), repeat=2) if i + j <= 400]) / 400
LAW = BiMix(ABC, ABC, np.array([[0.065, 139, 0.58, 1.59], [0.03, 60, 0.5, 2.2], [0.11, 200, 0.6, 1.1]]))


@pytest.mark.parametrize(
    "bounds",
    [FREE, bounds_of(ABC, {"b": 0.3}), bounds_of(ABC, {}, {"c": 0.2}), bounds_of(ABC, {"a": 0.5}, {"b": 0.1})],
    ids=["free", "lower", "upper", "both"],
)
def test_the_best_mixture_is_the_one_of_a_grid_of_all(bounds):
    best = LAW.best(bounds, steps=5e4)
    grid = GRID[(GRID > 0).all(axis=1) & bounds.hold(GRID)]
    totals = LAW.predict(grid, 5e4).sum(axis=1)
    assert best.mixture == pytest.approx(grid[totals.argmin()], abs=1 / 400)
    assert best.total <= totals.min()
    assert best.mixture.sum() == pytest.approx(1, abs=1e-12)
    assert bounds.hold(best.mixture[None]).all()
    assert best.losses == pytest.approx(LAW.predict(best.mixture[None], 5e4)[0], rel=1e-12)


def test_weights_pull_the_best_mixture():
    plain, weighted = LAW.best(steps=5e4), LAW.best(weights={"a": 5, "b": 1, "c": 1}, steps=5e4)
    assert weighted.mixture[0] > plain.mixture[0]
    totals = LAW.predict(GRID[(GRID > 0).all(axis=1)], 5e4) @ [5, 1, 1]
    assert weighted.total <= totals.min()


def test_a_domain_whose_loss_weighs_nothing_gets_what_it_must():
    best = LAW.best(bounds_of(ABC, {"c": 0.05}), {"a": 1, "b": 1}, 5e4)
    assert best.mixture[2] == pytest.approx(0.05, abs=1e-12)
    left = LAW.best(bounds_of(ABC, {}, {"a": 0.3, "b": 0.3}), {"a": 1, "b": 1}, 5e4)
    assert left.mixture == pytest.approx([0.3, 0.3, 0.4])


@settings(max_examples=100)
@given(
    scales=st.lists(st.floats(0.1, 10), min_size=2, max_size=6),
    data=st.data(),
)
def test_where_no_bound_holds_all_pull_alike(scales, data):
    m = len(scales)
    powers = np.array(data.draw(st.lists(st.floats(0.01, 2), min_size=m, max_size=m)))
    names = tuple(f"d{i}" for i in range(m))
    lows = np.array(data.draw(st.lists(st.floats(0, 1 / m), min_size=m, max_size=m)))
    highs = np.array(data.draw(st.lists(st.floats(1 / m, 1), min_size=m, max_size=m)))
    r = least_powers(np.array(scales), powers, Bounds(names, lows, highs, ("given",) * m))
    assert r.sum() == pytest.approx(1, abs=1e-9)
    pull = powers * np.array(scales) * r ** (-powers - 1)
    is_free = (r > lows + 1e-9) & (r < highs - 1e-9)
    is_open = highs - lows > 1e-6
    is_low, is_high = is_open & (r <= lows + 1e-9), is_open & (r >= highs - 1e-9)
    if is_free.any():
        multiplier = pull[is_free][0]
        assert pull[is_free] == pytest.approx(np.full(is_free.sum(), multiplier), rel=1e-5)
        assert (pull[is_low] <= multiplier * (1 + 1e-5)).all()
        assert (pull[is_high] >= multiplier * (1 - 1e-5)).all()


def test_a_convex_sum_is_as_small_as_another_solver_finds_it():
    slopes = np.array([[-10.0, 2.7, 2.6], [1.4, -4.7, 1.9], [3.3, 3.1, -16.4]])

    def total(r):
        above = np.exp(slopes @ r - 1)
        return float(above.sum()), above @ slopes

    for bounds in (FREE, bounds_of(ABC, {"a": 0.1}, {"b": 0.2})):
        best = least_convex(total, bounds, "x")
        known = min(total(r)[0] for r in GRID[bounds.hold(GRID)])
        assert total(best)[0] <= known
        assert best.sum() == pytest.approx(1, abs=1e-12)
        other = optimize.minimize(
            lambda r: total(r)[0],
            [0.4, 0.2, 0.4],
            method="trust-constr",
            constraints=optimize.LinearConstraint(np.ones(3), 1, 1),
            bounds=optimize.Bounds(bounds.lower, bounds.upper),
            options={"gtol": 1e-10, "maxiter": 3000},
        )
        assert total(best)[0] <= other.fun * (1 + 1e-12)
        assert best == pytest.approx(other.x, abs=2e-3)


def test_tokens_and_epochs_are_upper_ends():
    supply = Supply({"a": 10e9, "b": 200e9}, budget=100e9, max_epochs=4)
    bounds = bounds_of(ABC, upper={"b": 0.9}, supply=supply)
    assert bounds.upper.tolist() == pytest.approx([0.4, 0.9, 1.0])
    best = BiMix(ABC, ABC, LAW.coefficients * [[9, 1, 1, 1], [1, 1, 1, 1], [1, 1, 1, 1]]).best(bounds, steps=1e4)
    assert best.mixture[0] == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("told", "line"),
    [
        (({"a": 0.7, "b": 0.5},), r"bounds: lower ends sum to 1.2 \(a 0.7, b 0.5\); allowed: at most 1"),
        (({"a": 0.5}, {"a": 0.2}), r"bounds of a: lower end 0.5 is above upper end 0.2 \(as given\)"),
        (({}, {"a": 0.5, "b": 0.2, "c": 0.1}), r"bounds: upper ends sum to 0.8 \(a 0.5, as given; b 0.2"),
        (({"d": 0.5},), r"bounds, lower: given d; allowed: a, b, c"),
        (({}, {"d": 0.5}), r"bounds, upper: given d; allowed: a, b, c"),
        (({}, {"a": 1.5}), r"bounds, upper, a: given 1.5; allowed: 0 to 1"),
        (({"a": -0.1},), r"bounds, lower, a: given -0.1; allowed: 0 to 1"),
        (({}, {}, Supply({"x": 5}, 10, 1)), r"bounds, unique_tokens: given x; allowed: a, b, c"),
        (({}, {}, Supply({"a": 0}, 10, 1)), r"bounds, unique_tokens, a: given 0; allowed: a number above 0"),
        (({}, {}, Supply({"a": 5}, 10, -1)), r"bounds, max_epochs: given -1; allowed: a number above 0"),
        (
            ({}, {}, Supply({"a": 1e9, "b": 2e9, "c": 3e9}, 100e9, 4)),
            r"upper ends sum to 0.24 \(a 0.04, 4 epochs of 1e\+09 tokens out of 1e\+11; b 0.08, 4 epochs",
        ),
        (
            ({"a": 0.1}, {}, Supply({"a": 1e9}, 100e9, 4)),
            r"bounds of a: lower end 0.1 is above upper end 0.04 \(4 epochs of 1e\+09 tokens out of 1e\+11\)",
        ),
    ],
)
def test_bounds_without_a_mixture_say_which(told, line):
    with pytest.raises(RecipeError, match=line) as error:
        bounds_of(ABC, *told)
    assert "\n" not in str(error.value)


def test_what_has_no_best_mixture_is_refused():
    flat = BiMix(ABC, ABC, LAW.coefficients * [[0, 1, 1, 1], [1, 1, 1, 1], [1, 1, 1, 1]])
    with pytest.raises(RecipeError, match="alpha of a is 0, so a larger share would not lower its loss"):
        flat.best(steps=1e4)
    fixed = flat.best(bounds_of(ABC, {"a": 0.3}, {"a": 0.3}), steps=1e4)
    assert fixed.mixture[0] == pytest.approx(0.3)
    with pytest.raises(
        RecipeError, match="bounds, upper, b: given 0; allowed: above 0, since its loss is infinite at 0"
    ):
        LAW.best(bounds_of(ABC, {}, {"b": 0}), steps=1e4)
    with pytest.raises(RecipeError, match=r"bounds: of a, b; allowed: of a, b, c"):
        LAW.best(bounds_of(("a", "b")), steps=1e4)
    with pytest.raises(RecipeError, match="weights: given d; allowed: a, b, c"):
        LAW.best(weights={"d": 1}, steps=1e4)
    with pytest.raises(RecipeError, match="weights, a: given -1; allowed: 0 or more"):
        LAW.best(weights={"a": -1}, steps=1e4)
    with pytest.raises(RecipeError, match="weights: given 0 for every target"):
        LAW.best(weights={"a": 0}, steps=1e4)
