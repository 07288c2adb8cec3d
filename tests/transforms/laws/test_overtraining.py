"""Over-training: the published laws of 104 models, what they predict of larger ones, and a misprint."""

import csv
from functools import cache

import numpy as np
import pytest

from schemas.errors import RecipeError
from tests.conftest import SHARED
from transforms.laws.error_law import ErrorLaw, fit_error_law
from transforms.laws.extrapolation import extrapolated
from transforms.laws.fitted import Intervals
from transforms.laws.overtraining import Overtraining, fit_overtraining
from transforms.laws.runs import ScaleRuns
from transforms.laws.table import Columns, scale_runs

RUNS = SHARED / "reference" / "scaling" / "gadre104_flat.csv"
needs_runs = pytest.mark.skipif(not RUNS.exists(), reason=f"{RUNS.name}, the 104 models, is not beside this checkout")

PUBLISHED = {
    "c4_original": Overtraining(141.3, 189.5, 0.1212, 1.508),
    "rpj": Overtraining(212.2, 366.7, 0.1364, 1.837),
    "rw_original": Overtraining(157.1, 246.2, 0.1272, 1.734),
}
ERRORS = {
    ("c4_original", "err_avg_subset"): (0.8497, 2.079, 0.7561),
    ("rpj", "err_avg_subset"): (0.8570, 2.206, 0.7146),
    ("rw_original", "err_avg_subset"): (0.8653, 2.215, 0.7070),
    ("c4_original", "err_avg"): (0.7589, 1.289, 0.9722),
    ("rpj", "err_avg"): (0.7608, 1.323, 0.8907),
    ("rw_original", "err_avg"): (0.7677, 1.128, 0.8215),
}
"""ε, k and γ of the averages over 17 tasks and over 46."""
OFF = {
    ("c4_original", "1b"): (0.0150, 0.0958),
    ("c4_original", "7b"): (0.0430, 0.0014),
    ("rpj", "1b"): (0.0071, 0.0364),
    ("rpj", "7b"): (0.0073, 0.0005),
    ("rw_original", "1b"): (0.00005, 0.0562),
    ("rw_original", "7b"): (0.0162, 0.0294),
}
"""Relative errors of loss and of the average error on 17 tasks (Table 2 and Figures 5 and 12 of the paper)."""


@cache
def models(train_set, error="err_avg_subset"):
    """Give the runs of one training set: all, and which the laws of loss and of error are fitted on."""
    with RUNS.open() as file:
        rows = [row for row in csv.DictReader(file) if row["dataset_name"] == train_set]
    table = {key: [row[key] for row in rows] for key in rows[0]}
    runs = scale_runs(table, Columns(parameters="N", tokens="D", loss="loss_c4_val", error=error), RUNS.name)
    n, m = runs.parameters, runs.multipliers
    five = (n < 5e8) & (np.isclose(m, 20) | ((n < 2e7) & np.isclose(m, 320)))
    six = five | ((n > 1e9) & (n < 2e9) & np.isclose(m, 20))
    return runs, five, six


@needs_runs
@pytest.mark.parametrize("train_set", PUBLISHED)
def test_the_published_coefficients_come_out_of_the_104_models(train_set):
    runs, five, six = models(train_set)
    assert (five.sum(), six.sum()) == (5, 6)
    law, known = fit_overtraining(runs.where(five)), PUBLISHED[train_set]
    assert (law.a, law.b) == pytest.approx((known.a, known.b), rel=3e-4)
    assert (law.eta, law.floor) == pytest.approx((known.eta, known.floor), abs=5.1e-4)
    for error in ("err_avg_subset", "err_avg"):
        runs, _, six = models(train_set, error)
        errors = fit_error_law(runs.where(six))
        assert (errors.epsilon, errors.k, errors.gamma) == pytest.approx(ERRORS[train_set, error], rel=5e-4)


@needs_runs
@pytest.mark.parametrize(("train_set", "size"), OFF)
def test_larger_models_are_off_by_what_was_published(train_set, size):
    runs, five, six = models(train_set)
    law, errors = fit_overtraining(runs.where(five)), fit_error_law(runs.where(six))
    larger = [row for row in extrapolated(law, runs.where(~six), errors) if f"open_lm_{size}" in row.name]
    [row] = larger
    assert row.loss_off == pytest.approx(OFF[train_set, size][0], abs=6e-5)
    assert row.error_off == pytest.approx(OFF[train_set, size][1], abs=6e-5)
    if size == "7b":
        assert (row.multiplier, row.parameters) == pytest.approx((20, 6.9e9), rel=0.01)
        assert row.compute_saved == pytest.approx(236, rel=0.01)  # the paper: 300 times, and 20 for errors
        assert row.error_compute_saved == pytest.approx(20.9, rel=0.01)


@needs_runs
def test_without_the_model_of_1_4b_errors_are_off_by_what_was_published():
    told = []
    for train_set in PUBLISHED:
        runs, five, six = models(train_set)
        law, errors = fit_overtraining(runs.where(five)), fit_error_law(runs.where(five))
        told += [row.error_off for row in extrapolated(law, runs.where(~six), errors) if "7b" in row.name]
    assert told == pytest.approx([0.0042, 0.1064, 0.1579], abs=6e-5)


def test_the_best_tokens_per_parameter_are_those_of_the_converted_coefficients():
    told = [law.best_multiplier for law in PUBLISHED.values()]
    assert told == pytest.approx([3.35, 7.42, 5.85], abs=0.02)


def test_the_code_s_own_coefficients_are_not_those_of_the_equation():
    """An early text prints them as a, b and η: then every model is predicted to reach E."""
    misprinted = Overtraining(114, 190, 0.242, 1.51)
    [right] = PUBLISHED["c4_original"].predict(1.4e9, 28e9)
    [wrong] = misprinted.predict(1.4e9, 28e9)
    assert right == pytest.approx(1.508 + 114 * 1.4e9**-0.2424 + 189.5 * 6**-0.1212 * (20 * 1.4e9) ** -0.2424, rel=1e-3)
    assert 2.5 < right < 3.2
    assert wrong - 1.51 < 0.03


def models_of(law, noise=0.0):
    n = np.repeat([1e7, 8e7, 4e8, 1.4e9], 4)
    d = n * np.tile([5, 20, 80, 320], 4)
    losses = law.predict(n, d) * (1 + noise * np.random.default_rng(0).standard_normal(16))
    return ScaleRuns(n, d, losses, label="runs.csv")


@pytest.mark.parametrize("law", PUBLISHED.values(), ids=PUBLISHED)
def test_coefficients_are_recovered_from_losses_without_noise(law):
    found = fit_overtraining(models_of(law))
    assert (found.a, found.b, found.eta, found.floor) == pytest.approx((law.a, law.b, law.eta, law.floor), rel=1e-6)
    assert found.spent == pytest.approx(models_of(law).compute.sum())
    assert extrapolated(law, models_of(law))[0].loss_off == 0
    assert np.isnan(extrapolated(law, models_of(law))[0].compute_saved)  # nothing was spent on given coefficients


def test_intervals_and_bands_hold_the_truth():
    law = PUBLISHED["rpj"]
    for asked in (Intervals(), Intervals(n_draws=400)):
        found = fit_overtraining(models_of(law, 0.002), asked)
        low, high = found.fits[0].ends
        assert (low < [law.a, law.b, law.eta, law.floor]).all()
        assert (high > [law.a, law.b, law.eta, law.floor]).all()
        low, high = found.band([7e9, 1e10], 1e12)
        assert (low < law.predict([7e9, 1e10], 1e12)).all()
        assert (high > law.predict([7e9, 1e10], 1e12)).all()
    assert law.band(1e9, 1e10) is None


def test_extra_compute_buys_the_loss_of_the_best_ratio():
    law = PUBLISHED["c4_original"]
    assert law.extra_compute(law.best_multiplier) == pytest.approx(1, rel=1e-12)
    for m in (1, 20, 640):
        n = 1e9
        compute = 6 * n * n * m
        best = np.sqrt(compute / law.extra_compute(m) / 6 / law.best_multiplier)
        assert law.predict(n, n * m) == pytest.approx(law.predict(best, best * law.best_multiplier), rel=1e-12)
        assert law.extra_compute(m) >= 1


def test_a_law_without_a_valley_has_no_best_ratio():
    with pytest.raises(RecipeError, match="over-training law: b is -3, so that no M is best; allowed: above 0"):
        _ = Overtraining(2, -3, 0.1, 1).best_multiplier
    with pytest.raises(RecipeError, match="eta is 0"):
        Overtraining(2, 3, 0, 1).extra_compute(20)


def test_errors_follow_from_losses_and_the_chain_from_sizes():
    truth = ErrorLaw(0.857, 2.2, 0.71)
    losses = np.array([4.5, 4.0, 3.6, 3.3, 3.0, 2.7])
    runs = ScaleRuns(np.ones(6) * 1e8, np.ones(6) * 2e9, losses, truth.predict(losses))
    law = fit_error_law(runs)
    assert (law.epsilon, law.k, law.gamma) == pytest.approx((0.857, 2.2, 0.71), rel=1e-6)
    [row] = extrapolated(PUBLISHED["rpj"], ScaleRuns(np.array([7e9]), np.array([1.4e11]), np.array([2.4])), law)
    assert row.error is None
    assert row.predicted_error == pytest.approx(float(law.predict(PUBLISHED["rpj"].predict(7e9, 1.4e11))[0]))
    with pytest.raises(RecipeError, match="runs, error: missing; allowed: a column of average errors"):
        fit_error_law(ScaleRuns(runs.parameters, runs.tokens, losses))


@pytest.mark.parametrize(
    ("n", "m", "line"),
    [
        ([1e8] * 6, [20] * 6, "over-training law: its 6 points do not determine"),
        ([1e7, 1e8, 1e9], [20, 40, 80], "over-training law: 3 points; allowed: at least 4"),
    ],
)
def test_models_that_do_not_suffice_are_one_line(n, m, line):
    n, m = np.array(n), np.array(m)
    with pytest.raises(RecipeError, match=f"runs.csv: {line}"):
        fit_overtraining(ScaleRuns(n, n * m, 3 + 0.1 * np.arange(len(n)), label="runs.csv"))


def test_sizes_that_cannot_be_are_one_line():
    with pytest.raises(RecipeError, match="models to predict, row 2, tokens: given 0; allowed: a number above 0"):
        PUBLISHED["rpj"].predict(1e9, [1e10, 0])
    with pytest.raises(RecipeError, match="losses to predict, row 1, loss: given -1"):
        ErrorLaw(1, 1, 1).predict(-1)
