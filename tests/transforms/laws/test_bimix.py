"""BiMix: what it was made of is found again, to the last digits without noise and within its intervals with it."""

import time

import numpy as np
import pytest

from schemas.errors import RecipeError
from transforms.laws.bimix import BiMix, fit_bimix
from transforms.laws.fitted import Intervals
from transforms.laws.held_out import last_step, leave_one_mixture_out
from transforms.laws.runs import MixtureRuns

DOMAINS = ("academic", "internet", "code")
TRUTH = np.array([[0.065, 139, 0.58, 1.592], [0.0408, 547, 0.547, 2.265], [0.12, 30, 0.35, 0.7]])
MIXTURES = np.array([[0.1, 0.6, 0.3], [0.3, 0.4, 0.3], [0.05, 0.85, 0.1], [0.6, 0.2, 0.2]])
STEPS = np.linspace(1e4, 2e5, 20)
LAW = BiMix(DOMAINS, DOMAINS, TRUTH)


def runs_of(noise=0.0, seed=0, mixtures=MIXTURES, steps=STEPS):
    """Every mixture at every step, with losses of the truth, each off by a relative error of ``noise``."""
    many, after = np.repeat(mixtures, len(steps), axis=0), np.tile(steps, len(mixtures))
    losses = LAW.predict(many, after)
    off = noise * np.random.default_rng(seed).standard_normal(losses.shape)
    return MixtureRuns(DOMAINS, DOMAINS, many, losses * (1 + off), after, "runs.csv")


def test_a_loss_is_the_paper_s_formula():
    told = LAW.predict(np.array([[0.2, 0.5, 0.3]]), 1e5)
    assert told[0, 0] == pytest.approx(1 / 0.2**0.065 * (139 / 1e5**0.58 + 1.592), rel=1e-12)


@pytest.mark.parametrize("mixtures", [MIXTURES, MIXTURES[[0, 3]]], ids=["four", "two"])
def test_coefficients_are_recovered_from_losses_without_noise(mixtures):
    law = fit_bimix(runs_of(mixtures=mixtures))
    assert law.coefficients == pytest.approx(TRUTH, rel=1e-6)
    assert [fit.r2 for fit in law.fits] == pytest.approx([1, 1, 1], abs=1e-12)


@pytest.mark.parametrize("scale", [1e-3, 1e6], ids=["billions", "tokens"])
def test_steps_may_be_told_in_any_unit(scale):
    law = fit_bimix(runs_of())
    runs = runs_of()
    other = fit_bimix(MixtureRuns(DOMAINS, DOMAINS, runs.mixtures, runs.losses, runs.steps * scale))
    assert other.coefficients[:, [0, 2, 3]] == pytest.approx(law.coefficients[:, [0, 2, 3]], rel=1e-6)
    assert other.coefficients[:, 1] == pytest.approx(TRUTH[:, 1] * scale ** TRUTH[:, 2], rel=1e-6)


def covered(n_draws):
    """Give the share of fits whose interval holds the truth, for each domain and coefficient."""
    hits = []
    for seed in range(n_draws):
        ends = [fit.ends for fit in fit_bimix(runs_of(0.005, seed)).fits]
        hits.append([(low <= truth) & (truth <= high) for (low, high), truth in zip(ends, TRUTH, strict=True)])
    return np.mean(hits, axis=0)


@pytest.mark.slow
def test_95_percent_intervals_hold_the_truth_in_92_to_98_of_100_fits():
    shares = covered(500)
    assert (np.abs(shares - 0.95) <= 0.03).all(), shares


def test_intervals_hold_the_truth_in_most_fits():
    assert covered(20).mean() > 0.85


@pytest.mark.slow
def test_intervals_of_a_bootstrap_hold_the_truth_about_as_often():
    hits = []
    for seed in range(100):
        for fit, truth in zip(fit_bimix(runs_of(0.005, seed), Intervals(n_draws=200)).fits, TRUTH, strict=True):
            low, high = fit.ends
            hits.append((low <= truth) & (truth <= high))
    assert (np.abs(np.mean(hits, axis=0) - 0.95) <= 0.05).all(), np.mean(hits, axis=0)


def runs_of_22():
    """22 domains in four mixtures, each at all steps."""
    rng = np.random.default_rng(3)
    domains = tuple(f"d{i}" for i in range(22))
    coefficients = np.stack(
        [rng.uniform(0.02, 0.2, 22), rng.uniform(30, 500, 22), rng.uniform(0.3, 0.7, 22), rng.uniform(0.5, 2.5, 22)],
        axis=1,
    )
    mixtures = np.repeat(rng.dirichlet(np.full(22, 2), 4), 20, axis=0)
    after = np.tile(STEPS, 4)
    losses = BiMix(domains, domains, coefficients, sum_tolerance=1e-6).predict(mixtures, after)
    losses *= 1 + 0.005 * rng.standard_normal(losses.shape)
    return MixtureRuns(domains, domains, mixtures, losses, after)


@pytest.mark.slow
def test_a_fit_of_22_domains_with_1000_bootstrap_draws_takes_less_than_a_minute():
    started = time.perf_counter()
    law = fit_bimix(runs_of_22(), Intervals(n_draws=1000))
    assert time.perf_counter() - started < 60
    assert all(fit.draws.shape == (1000, 4) for fit in law.fits)


def test_a_floor_of_0_is_told_as_0_with_an_interval_above():
    runs = runs_of()
    losses = runs.mixtures[:, :1] ** -0.1 * 20 * runs.steps[:, None] ** -0.2
    losses *= 1 + 0.002 * np.random.default_rng(4).standard_normal(losses.shape)
    falling = MixtureRuns(DOMAINS, DOMAINS[:1], runs.mixtures, losses, runs.steps)
    [fit] = fit_bimix(falling).fits
    low, high = fit.ends
    assert low[3] == 0 <= fit["C"] < high[3] < 1
    assert np.isfinite(fit.covariance).all()


def test_the_last_step_and_each_mixture_are_predicted_from_the_others():
    runs = runs_of(0.005)
    extrapolated = last_step(fit_bimix, runs)
    assert extrapolated.runs.steps.tolist() == [2e5] * 4
    assert extrapolated.mean < 0.01
    assert extrapolated.best <= extrapolated.mean <= extrapolated.worst
    left_out = leave_one_mixture_out(fit_bimix, runs)
    assert left_out.runs.mixtures.tolist() == runs.mixtures.tolist()
    assert left_out.predicted.shape == (80, 3)
    assert left_out.worst < 0.01
    one = fit_bimix(runs.where(runs.mixture_numbers() != 2)).predict(runs.mixtures[40:60], runs.steps[40:60])
    assert left_out.predicted[40:60] == pytest.approx(one, rel=1e-12)
    assert left_out.by_target == pytest.approx(np.abs(left_out.predicted / runs.losses - 1).mean(axis=0))
    with pytest.raises(RecipeError, match="one mixture; allowed: two or more"):
        leave_one_mixture_out(fit_bimix, runs.where(runs.mixture_numbers() == 0))
    with pytest.raises(RecipeError, match="steps: one or none; allowed: two or more"):
        last_step(fit_bimix, runs.where(runs.steps == 1e4))


def test_rows_may_stand_in_any_order():
    runs = runs_of(0.005)
    order = np.random.default_rng(0).permutation(len(runs.steps))
    assert fit_bimix(runs.rows(order)).coefficients == pytest.approx(fit_bimix(runs).coefficients, rel=1e-6)
    assert leave_one_mixture_out(fit_bimix, runs.rows(order)).mean == pytest.approx(
        leave_one_mixture_out(fit_bimix, runs).mean, rel=1e-6
    )


def test_a_band_holds_the_true_loss():
    law = fit_bimix(runs_of(0.005))
    low, high = law.band(MIXTURES, 3e5)
    truth = LAW.predict(MIXTURES, 3e5)
    assert ((low < truth) & (truth < high)).mean() > 0.8
    assert (high / low < 1.05).all()
    assert LAW.band(MIXTURES, 3e5) is None


def test_only_the_domains_with_a_loss_are_fitted():
    runs = runs_of()
    some = MixtureRuns(DOMAINS, ("code",), runs.mixtures, runs.losses[:, 2:], runs.steps)
    law = fit_bimix(some)
    assert law.coefficients == pytest.approx(TRUTH[2:], rel=1e-6)
    assert law.predict(MIXTURES, 1e5) == pytest.approx(LAW.predict(MIXTURES, 1e5)[:, 2:], rel=1e-6)


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"mixtures": np.array([[0.5, 0.5, 0.0]])}, r"runs.csv, row 1, proportion of code: given 0; allowed: above 0"),
        ({"targets": ("academic", "internet", "prose")}, r"runs.csv, loss of prose: no domain of that name"),
        ({"steps": None}, r"runs.csv: steps are missing"),
        ({"mixtures": MIXTURES[:1]}, r"BiMix of academic: its 3 points do not determine|3 points; allowed: at least 4"),
    ],
)
def test_runs_that_do_not_do_are_one_line(change, line):
    mixtures = np.repeat(change.get("mixtures", MIXTURES[:1]), 3, axis=0)
    steps = change.get("steps", np.array([1e4, 2e4, 3e4]))
    losses = np.array([[3.0, 3, 3], [2.9, 2.9, 2.9], [2.8, 2.8, 2.8]])
    runs = MixtureRuns(DOMAINS, change.get("targets", DOMAINS), mixtures, losses, steps, "runs.csv")
    with pytest.raises(RecipeError, match=line) as told:
        fit_bimix(runs)
    assert "\n" not in str(told.value)


def test_one_mixture_does_not_tell_alpha():
    with pytest.raises(RecipeError, match="BiMix of academic: its 20 points do not determine alpha"):
        fit_bimix(runs_of(mixtures=MIXTURES[:1]))


@pytest.mark.parametrize(
    ("mixture", "steps", "line"),
    [
        ([[0.5, 0.5, 0.0]], 1e5, r"mixtures to predict, row 1, proportion of code: given 0; allowed: above 0"),
        ([[0.5, 0.4, 0.0]], 1e5, r"mixtures to predict, row 1: proportions sum to: given 0.9"),
        ([[0.5, 0.6, -0.1]], 1e5, r"proportion of code: given -0.1; allowed: 0 to 1"),
        ([[0.5, 0.5]], 1e5, r"mixtures are 1 × 2; allowed: rows of 3 \(academic, internet, code\)"),
        (MIXTURES, None, r"steps: missing"),
        (MIXTURES, 0, r"steps: given 0; allowed: a number above 0"),
        (MIXTURES, [1, 2], r"steps: given 2; allowed: one number, or 4, one for each mixture"),
    ],
)
def test_what_cannot_be_predicted_is_one_line(mixture, steps, line):
    with pytest.raises(RecipeError, match=line):
        LAW.predict(np.array(mixture), steps)
