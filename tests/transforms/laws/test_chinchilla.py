"""The Chinchilla form: coefficients found again, and the best size of a compute."""

import time

import numpy as np
import pytest

from schemas.errors import RecipeError
from transforms.laws.chinchilla import Chinchilla, fit_chinchilla
from transforms.laws.fitted import Intervals
from transforms.laws.runs import ScaleRuns

LAW = Chinchilla(1.69, 406.4, 410.7, 0.34, 0.28)
"""As its authors print it."""


def models(noise=0.0, seed=0):
    n = np.repeat(np.geomspace(4e7, 1.6e10, 8), 5)
    d = n * np.tile([2, 8, 20, 60, 200], 8)
    off = noise * np.random.default_rng(seed).standard_normal(40)
    return ScaleRuns(n, d, LAW.predict(n, d) * np.exp(off), label="runs.csv")


def test_coefficients_are_recovered_from_losses_without_noise():
    law = fit_chinchilla(models())
    assert (law.floor, law.a, law.b, law.alpha, law.beta) == pytest.approx((1.69, 406.4, 410.7, 0.34, 0.28), rel=1e-6)
    assert law.fits[0].names == ("E", "A", "B", "alpha", "beta")


def test_noise_moves_them_within_their_intervals():
    law = fit_chinchilla(models(0.005))
    low, high = law.fits[0].ends
    assert (low < [1.69, 406.4, 410.7, 0.34, 0.28]).all()
    assert (high > [1.69, 406.4, 410.7, 0.34, 0.28]).all()
    low, high = law.band([7e10], 1.4e12)
    assert low < LAW.predict(7e10, 1.4e12) < high
    assert LAW.band(7e10, 1.4e12) is None


def test_the_best_size_is_the_one_of_a_grid():
    n, d = LAW.best_size(5.76e23)
    assert 6 * n * d == pytest.approx(5.76e23, rel=1e-12)
    grid = np.geomspace(n / 3, n * 3, 2001)
    losses = LAW.predict(grid, 5.76e23 / 6 / grid)
    assert LAW.predict(n, d) <= losses.min()
    assert grid[losses.argmin()] == pytest.approx(n, rel=2e-3)
    with pytest.raises(RecipeError, match=r"Chinchilla law: alpha is -0.1, so that no size is best"):
        Chinchilla(1, 1, 1, -0.1, 0.3).best_size(1e20)


def test_models_of_one_size_do_not_tell_what_size_does():
    runs = models()
    with pytest.raises(RecipeError, match=r"runs.csv: Chinchilla law: its 5 points do not determine"):
        fit_chinchilla(runs.where(runs.parameters == runs.parameters.min()))
    with pytest.raises(RecipeError, match="Chinchilla law: 4 points; allowed: at least 5"):
        fit_chinchilla(runs.where(runs.parameters == runs.parameters.min()).where(np.arange(5) < 4))


@pytest.mark.slow
def test_a_fit_with_1000_bootstrap_draws_takes_less_than_a_minute():
    started = time.perf_counter()
    law = fit_chinchilla(models(0.01), Intervals(n_draws=1000))
    assert time.perf_counter() - started < 60
    assert law.fits[0].draws.shape == (1000, 5)
