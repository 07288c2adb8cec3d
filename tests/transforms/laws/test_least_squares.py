"""Fits and their intervals, on curves whose answer is known otherwise."""

import numpy as np
import pytest
from scipy import optimize, stats

from schemas.errors import RecipeError
from transforms.laws.chinchilla import CURVE as CHINCHILLA
from transforms.laws.curves import Curve
from transforms.laws.fitted import Fitted, Intervals
from transforms.laws.intervals import fitted
from transforms.laws.least_squares import Problem, descended, solved

LINE = Curve(
    names=("start", "slope"),
    value=lambda theta, x: theta[0] + theta[1] * x,
    jacobian=lambda _, x: np.stack([np.ones_like(x), x], axis=1),
    scale="loss",
    at_least=(-np.inf, -np.inf),
    is_log=(False, False),
)
FLOORED = LINE._replace(at_least=(0.0, -np.inf))
X = np.linspace(0, 5, 30)
NOISE = np.random.default_rng(5).standard_normal(30)


def line(y, **told):
    return Problem("a line", told.pop("curve", LINE), X, y, **told)


def test_a_line_has_the_intervals_of_linear_regression():
    fit = fitted(line(2 + 3 * X + NOISE), [np.zeros(2)], Intervals())
    known = stats.linregress(X, 2 + 3 * X + NOISE)
    assert fit.values == pytest.approx([known.intercept, known.slope], rel=1e-9)
    assert fit.standard_errors == pytest.approx([known.intercept_stderr, known.stderr], rel=1e-9)
    low, high = fit.ends
    half = stats.t.ppf(0.975, 28) * known.stderr
    assert (low[1], high[1]) == pytest.approx((known.slope - half, known.slope + half), rel=1e-9)
    assert fit.r2 == pytest.approx(known.rvalue**2, rel=1e-9)
    assert fit["slope"] == fit.values[1]
    assert [row["name"] for row in fit.rows()] == ["start", "slope"]


def test_a_band_is_narrowest_in_the_middle_of_the_points():
    fit = fitted(line(2 + 3 * X + NOISE), [np.zeros(2)], Intervals())
    low, high = fit.band(np.array([0.0, 2.5, 10.0]))
    assert ((low + high) / 2).tolist() == pytest.approx(fit.predict(np.array([0.0, 2.5, 10.0])).tolist())
    width = high - low
    assert width[1] < width[0] < width[2]


@pytest.mark.parametrize("delta", [1e-3, 0.5, 50.0])
def test_huber_s_minimum_is_what_a_simplex_finds_too(delta):
    y = 2 + 3 * X + NOISE + np.where(X > 4.5, 40, 0)  # outliers
    problem = line(y, huber=delta)

    def cost(theta):
        off = np.abs(problem.residuals(theta))
        return np.where(off <= delta, off**2 / 2, delta * (off - delta / 2)).sum()

    theta = solved(problem, [np.zeros(2)])
    known = optimize.minimize(cost, [2, 3], method="Nelder-Mead", options={"xatol": 1e-10, "fatol": 1e-14})
    assert cost(theta) <= known.fun * (1 + 1e-9)
    assert theta == pytest.approx(known.x, abs=1e-3)


def test_a_wide_huber_is_least_squares():
    y = 2 + 3 * X + NOISE
    plain, wide = (fitted(line(y, huber=huber), [np.zeros(2)], Intervals()) for huber in (None, 1e3))
    assert wide.values == pytest.approx(plain.values, rel=1e-8)
    assert wide.spread == pytest.approx(plain.spread, rel=1e-8)


@pytest.mark.parametrize("huber", [None, 0.5])
def test_a_bound_holds_and_the_rest_is_the_best_there(huber):
    y = -1 + 3 * X + NOISE / 10
    theta = solved(line(y, huber=huber, curve=FLOORED), [np.ones(2)])
    assert theta[0] == 0
    if huber is None:
        assert theta[1] == pytest.approx(X @ y / (X @ X), rel=1e-9)
    low, high = fitted(line(y, curve=FLOORED, huber=huber), [np.ones(2)], Intervals()).ends
    assert low[0] == 0 < high[0]


def test_a_bootstrap_agrees_with_the_curvature_and_is_repeatable():
    y = 2 + 3 * X + NOISE
    by_curvature = fitted(line(y), [np.zeros(2)], Intervals())
    first, again = (fitted(line(y), [np.zeros(2)], Intervals(n_draws=2000, seed=1)) for _ in range(2))
    assert first.draws.tolist() == again.draws.tolist()
    assert first.draws.shape == (2000, 2)
    for end, known in zip(first.ends, by_curvature.ends, strict=True):
        assert end == pytest.approx(known, abs=0.15 * by_curvature.standard_errors.max())
    low, high = first.band(X)
    known_low, known_high = by_curvature.band(X)
    assert high - low == pytest.approx(known_high - known_low, rel=0.15)
    other = fitted(line(y), [np.zeros(2)], Intervals(n_draws=2000, seed=2))
    assert other.draws.tolist() != first.draws.tolist()


def test_as_many_points_as_coefficients_leave_no_interval():
    fit = fitted(Problem("two points", LINE, np.array([1.0, 2.0]), np.array([5.0, 7.0])), [np.zeros(2)], Intervals())
    assert fit.values == pytest.approx([3, 2])
    assert [end.tolist() for end in fit.ends] == [[-np.inf] * 2, [np.inf] * 2]
    assert [end.tolist() for end in fit.band(np.ones(1))] == [[-np.inf], [np.inf]]


def test_fewer_points_than_coefficients_are_refused():
    with pytest.raises(RecipeError, match="one point: 1 points; allowed: at least 2, one for each of start, slope"):
        Problem("one point", LINE, np.ones(1), np.ones(1))


def test_points_that_are_all_alike_are_refused():
    with pytest.raises(RecipeError, match="a line: all 30 points have one loss; allowed: different ones"):
        line(np.full(30, 2.0))


def test_coefficients_that_points_do_not_determine_are_named():
    problem = Problem("one place", LINE, np.full(5, 2.0), np.arange(5.0))
    with pytest.raises(RecipeError, match="one place: its 5 points do not determine start, slope"):
        fitted(problem, [np.zeros(2)], Intervals())


def test_a_fit_that_runs_away_gives_no_numbers():
    """A line is the limit of e - k exp(-gx) for k without end."""
    curve = Curve(
        names=("e", "k", "g"),
        value=lambda theta, x: theta[0] - theta[1] * np.exp(-theta[2] * x),
        jacobian=lambda theta, x: np.stack(
            [np.ones_like(x), -np.exp(-theta[2] * x), theta[1] * x * np.exp(-theta[2] * x)], axis=1
        ),
        scale="loss",
        at_least=(-np.inf,) * 3,
        is_log=(False,) * 3,
    )
    with pytest.raises(RecipeError, match=r"runaway: the fit of e, k, g did not converge .* no numbers are given"):
        fitted(Problem("runaway", curve, X, 0.2 * X), [np.ones(3)], Intervals())


def test_a_start_off_the_curve_is_left_out_and_without_any_there_is_no_fit():
    root = LINE._replace(value=lambda theta, x: np.sqrt(theta[0]) + theta[1] * x)
    root = root._replace(jacobian=lambda theta, x: np.stack([np.full_like(x, 0.5 / np.sqrt(theta[0])), x], axis=1))
    problem = line(2 + 3 * X, curve=root)
    with np.errstate(invalid="ignore"):
        assert solved(problem, [np.array([-1.0, 0]), np.array([1.0, 0])]) == pytest.approx([4, 3])
        with pytest.raises(RecipeError, match="from any of 0 starts"):
            solved(problem, [np.array([-1.0, 0])])


def test_intervals_out_of_range_are_refused():
    with pytest.raises(RecipeError, match="level: given 95; allowed: above 0, below 1"):
        Intervals(level=95)
    with pytest.raises(RecipeError, match="n_draws: given 5; allowed: 0, or at least 100"):
        Intervals(n_draws=5)


def test_a_coefficient_that_is_fitted_as_a_logarithm_is_told_as_it_is():
    logged = LINE._replace(is_log=(True, False))
    fit = Fitted("x", logged, np.array([np.log(7), 2]), np.diag([0.01, 0.04]), NOISE, 0.9)
    assert fit.values == pytest.approx([7, 2])
    assert fit.covariance == pytest.approx(np.diag([0.01 * 49, 0.04]))
    t = stats.t.ppf(0.975, 28)
    assert [end[0] for end in fit.ends] == pytest.approx([7 * np.exp(-0.1 * t), 7 * np.exp(0.1 * t)])


@pytest.mark.slow
@pytest.mark.parametrize(("noise", "huber"), [(0.01, 1e-3), (0.01, 0.01), (3e-4, 1e-3)])
def test_intervals_of_huber_s_loss_hold_the_truth_as_often_as_they_say(noise, huber):
    """Also where the cut is far below the noise, so that the share of points within it tells nothing."""
    sizes = np.geomspace(1e7, 4e8, 6)
    points = np.array([(n, n * m) for n in sizes for m in (5, 10, 20, 40, 80, 320)])
    truth = np.array([1.7, np.log(120), np.log(300), 0.25, 0.27])
    rng = np.random.default_rng(0)
    hits = []
    for _ in range(300):
        y = CHINCHILLA.value(truth, points) + noise * rng.standard_normal(len(points))
        fit = fitted(Problem("x", CHINCHILLA, points, y, huber), [truth], Intervals())
        low, high = fit.ends
        hits.append((low <= CHINCHILLA.told(truth)) & (CHINCHILLA.told(truth) <= high))
    assert (np.mean(hits, axis=0) > 0.9).all(), np.mean(hits, axis=0)
    assert (np.mean(hits, axis=0) < 0.99).all(), np.mean(hits, axis=0)


@pytest.mark.slow
def test_l_bfgs_finds_what_the_trust_region_method_finds():
    points = np.array([(n, n * m) for n in np.geomspace(1e7, 4e8, 5) for m in (5, 20, 80, 320)])
    truth = np.array([1.7, np.log(120), np.log(300), 0.25, 0.27])
    rng = np.random.default_rng(1)
    for _ in range(20):
        y = CHINCHILLA.value(truth, points) + 0.01 * rng.standard_normal(len(points))
        problem = Problem("x", CHINCHILLA, points, y, 1e-3)
        known = optimize.least_squares(
            lambda theta, problem=problem: -problem.residuals(theta),
            truth,
            jac=lambda theta: CHINCHILLA.jacobian(theta, points),
            bounds=([0, *[-np.inf] * 4], np.inf),
            x_scale="jac",
            loss="huber",
            f_scale=1e-3,
            ftol=3e-16,
            xtol=1e-15,
            gtol=1e-15,
            max_nfev=10_000,
        )
        assert descended(problem, truth).cost <= known.cost * (1 + 1e-9)
