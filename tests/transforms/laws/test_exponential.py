"""The exponential law: the authors' printed coefficients, and coefficients found again."""

import numpy as np
import pytest

from schemas.errors import RecipeError
from transforms.laws.exponential import Exponential, fit_exponential, published
from transforms.laws.held_out import leave_one_mixture_out
from transforms.laws.runs import MixtureRuns

DOMAINS = ("academic", "prose", "dialogue", "symbolic", "internet")
LOG_C = np.array([0.9750, 1.2624, 1.1375, 0.4750, 1.2402])
LOG_K = np.array([-2.1391, -2.1656, -7.1017, -3.6546, -1.9510])
SLOPES = np.array(
    [
        [-10.0864, 2.7140, 2.7106, 2.6083, 1.5866],
        [1.3930, -4.6811, 0.7855, 1.8719, 0.5734],
        [6.7135, 6.2643, -31.8621, 6.6423, 6.2053],
        [3.3289, 3.6705, 3.1127, -16.4217, 3.1591],
        [1.1897, 0.8697, -0.5184, 1.7122, -3.0870],
    ]
)
"""Of a model of 70M parameters after 30,000 steps, in the authors' notebook of five domains."""
LAW = published(DOMAINS, DOMAINS, LOG_C, LOG_K, SLOPES)
MIXTURES = np.random.default_rng(7).dirichlet(np.ones(5), 40)


def test_the_authors_coefficients_give_their_formula_s_losses():
    told = LAW.predict(MIXTURES)
    formula = np.exp(LOG_C) + np.exp(LOG_K + MIXTURES @ SLOPES.T)
    assert told == pytest.approx(formula, rel=1e-12)
    # In k = 1, exp(t) is what a run on that domain alone adds to c.
    alone = LAW.predict(np.eye(5)) - np.exp(LOG_C)
    assert pytest.approx(np.exp(LAW.slopes), rel=1e-9, abs=1e-14) == alone.T


def test_coefficients_are_recovered_from_losses_without_noise():
    truth = Exponential(DOMAINS[:3], ("x",), np.array([2.1]), np.array([[-2.0, 0.5, 0.9]]))
    mixtures = np.random.default_rng(1).dirichlet(np.ones(3), 20)
    law = fit_exponential(MixtureRuns(DOMAINS[:3], ("x",), mixtures, truth.predict(mixtures)))
    assert law.floors == pytest.approx(truth.floors, rel=1e-6)
    assert law.slopes == pytest.approx(truth.slopes, rel=1e-6)
    assert law.fits[0].names == ("c", "t academic", "t prose", "t dialogue")


def test_the_authors_law_is_recovered_as_far_as_it_predicts():
    """Slopes of domains that add next to nothing to a loss are not determined to the last digit, losses are."""
    runs = MixtureRuns(DOMAINS, DOMAINS, MIXTURES, LAW.predict(MIXTURES))
    law = fit_exponential(runs)
    others = np.random.default_rng(8).dirichlet(np.ones(5), 200)
    assert law.predict(others) == pytest.approx(LAW.predict(others), rel=1e-5)


def test_outliers_move_a_fit_less_than_squares_would():
    truth = Exponential(DOMAINS[:3], ("x",), np.array([2.1]), np.array([[-2.0, 0.5, 0.9]]))
    mixtures = np.random.default_rng(1).dirichlet(np.ones(3), 40)
    losses = truth.predict(mixtures) + 0.01 * np.random.default_rng(2).standard_normal((40, 1))
    losses[::10] += 1.0
    runs = MixtureRuns(DOMAINS[:3], ("x",), mixtures, losses)
    off = [np.abs(fit_exponential(runs, huber=h).predict(mixtures) - truth.predict(mixtures)).mean() for h in (0.02, 9)]
    assert off[0] < off[1] / 5


def test_intervals_hold_most_of_the_truth_and_a_band_its_losses():
    truth = Exponential(DOMAINS[:3], ("x",), np.array([2.1]), np.array([[-2.0, 0.5, 0.9]]))
    mixtures = np.random.default_rng(1).dirichlet(np.ones(3), 60)
    known = np.r_[truth.floors, truth.slopes[0]]
    hits, held = [], []
    for seed in range(30):
        losses = truth.predict(mixtures) + 0.02 * np.random.default_rng(seed).standard_normal((60, 1))
        law = fit_exponential(MixtureRuns(DOMAINS[:3], ("x",), mixtures, losses))
        low, high = law.fits[0].ends
        hits.append((low <= known) & (known <= high))
        low, high = law.band(mixtures)
        held.append((low <= truth.predict(mixtures)) & (truth.predict(mixtures) <= high))
    assert 0.88 <= np.mean(hits) <= 0.99
    assert 0.88 <= np.mean(held) <= 0.99
    assert truth.band(mixtures) is None


def test_the_best_mixture_is_the_one_of_a_grid_of_all():
    law = Exponential(DOMAINS[:3], ("x", "y"), np.array([2.0, 1.0]), np.array([[-4.0, 0.5, 0.9], [1.0, -3.0, -2.0]]))
    grid = np.array([(i, j, 200 - i - j) for i in range(201) for j in range(201 - i)]) / 200
    for weights in (None, {"x": 1}, {"x": 1, "y": 3}):
        best = law.best(weights=weights)
        w = [1, 1] if weights is None else [weights.get("x", 0), weights.get("y", 0)]
        totals = law.predict(grid) @ w
        assert best.mixture == pytest.approx(grid[totals.argmin()], abs=1 / 200)
        assert best.total <= totals.min() + 1e-12
        assert best.losses == pytest.approx(law.predict(best.mixture[None])[0])


def test_each_mixture_is_predicted_from_the_others():
    losses = LAW.predict(MIXTURES[:16]) * (1 + 0.002 * np.random.default_rng(0).standard_normal((16, 5)))
    runs = MixtureRuns(DOMAINS, DOMAINS[4:], MIXTURES[:16], losses[:, 4:])
    assert leave_one_mixture_out(fit_exponential, runs).mean < 0.005


def test_several_steps_are_refused():
    runs = MixtureRuns(DOMAINS, DOMAINS, MIXTURES, LAW.predict(MIXTURES), np.arange(1.0, 41), "runs.csv")
    with pytest.raises(RecipeError, match=r"runs.csv, steps: given 40 of them, 1 to 40; allowed: one"):
        fit_exponential(runs)
    one = fit_exponential(MixtureRuns(DOMAINS, DOMAINS[:1], MIXTURES, runs.losses[:, :1], np.full(40, 5.0)))
    assert not one.knows_steps
    with pytest.raises(RecipeError, match="steps: given, but the exponential law is fitted at one step"):
        LAW.predict(MIXTURES, 100)


def test_too_few_mixtures_are_refused():
    with pytest.raises(RecipeError, match=r"exponential law of academic: 5 points; allowed: at least 6"):
        fit_exponential(MixtureRuns(DOMAINS, DOMAINS, MIXTURES[:5], LAW.predict(MIXTURES[:5])))
