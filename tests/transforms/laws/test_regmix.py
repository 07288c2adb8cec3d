"""RegMix: the authors' rank correlations and mixture from their own runs, and the honest ones beside."""

import csv
import sys
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from scipy import stats

from schemas.errors import RecipeError
from tests.conftest import SHARED
from transforms.laws import trees
from transforms.laws.bounds import bounds_of
from transforms.laws.regmix import Simulation, fit_regmix
from transforms.laws.runs import MixtureRuns
from transforms.laws.table import Columns, mixture_runs
from transforms.laws.trees import Growing

try:
    trees._lightgbm()
except RecipeError as missing:
    pytest.skip(str(missing), allow_module_level=True)

FILES = SHARED / "reference" / "mixing" / "regmix"
needs_runs = pytest.mark.skipif(not FILES.exists(), reason="RegMix's own runs are not beside this checkout")
COLUMNS = Columns(mixture="train_the_pile_{}", losses="metric/the_pile_{}_val_loss")
PRIOR = [0.11328527, 0.07960865, 0.00391349, 0.1853759, 0.05108136, 0.01596293, 0.10175077, 0.00370752, 0.06652935]
PRIOR += [0.00175077, 0.02708548, 0.23686921, 0.01184346, 0.00792997, 0.00803296, 0.03882595, 0.04644696]
"""The Pile's domains by tokens, as the authors' notebook lists them."""
PUBLISHED = [99.6, 99.71, 99.08, 99.45, 97.2, 99.77, 99.73, 99.18, 98.92, 96.87, 98.51, 99.19, 99.12]
"""Spearman's ρ × 100 of the 13 validation sets there."""


@cache
def runs_of(part, size="1m"):
    """Read the authors' runs; their proportions are rounded to three digits."""

    def rows(kind):
        with (FILES / f"{part}_{kind}_{size}.csv").open() as file:
            return {row["index"]: row for row in csv.DictReader(file)}

    mixtures, losses = rows("mixture"), rows("pile_loss")
    both = [{**mixtures[at], **losses[at]} for at in mixtures if at in losses]
    return mixture_runs({key: [row[key] for row in both] for key in both[0]}, COLUMNS, f"{part}_{size}", 0.005)


def only(runs, target):
    at = runs.targets.index(target)
    return replace(runs, targets=(target,), losses=runs.losses[:, [at]])


def ranks(law, runs):
    predicted = law.predict(runs.mixtures)
    return [100 * stats.spearmanr(a, b)[0] for a, b in zip(predicted.T, runs.losses.T, strict=True)]


@needs_runs
def test_pile_cc_s_rank_correlation_is_the_authors_with_their_stop_on_the_test_set_and_honest_without():
    train, test = (only(runs_of(part), "pile_cc") for part in ("train", "test"))
    assert (len(train.losses), len(test.losses)) == (512, 256)
    [theirs] = ranks(fit_regmix(train, stop_on=test), test)
    [honest] = ranks(fit_regmix(train), test)
    assert theirs == pytest.approx(98.92, abs=0.01)
    assert theirs == pytest.approx(98.9, abs=0.2)
    assert honest == pytest.approx(99.0, abs=0.2)


@needs_runs
def test_the_simulated_best_mixture_is_the_authors():
    train, test = (only(runs_of(part), "pile_cc") for part in ("train", "test"))
    law = fit_regmix(train, prior=dict(zip(train.domains, PRIOR, strict=True)), stop_on=test)
    best = law.best()
    told = dict(zip(best.domains, best.mixture, strict=True))
    # Other draws of the same distribution: theirs were .8909, .0614 and .0123.
    assert told["pile_cc"] == pytest.approx(0.8909, abs=0.005)
    assert told["ubuntu_irc"] == pytest.approx(0.0614, abs=0.005)
    assert told["pubmed_abstracts"] == pytest.approx(0.0123, abs=0.005)
    assert best.mixture.sum() == pytest.approx(1, abs=1e-12)


@needs_runs
@pytest.mark.slow
def test_all_thirteen_rank_correlations_are_the_authors():
    train, test = runs_of("train"), runs_of("test")
    assert ranks(fit_regmix(train, stop_on=test), test) == pytest.approx(PUBLISHED, abs=0.0051)
    honest = fit_regmix(train)
    assert np.mean(ranks(honest, test)) == pytest.approx(98.92, abs=0.05)
    assert np.mean(ranks(honest, runs_of("test", "60m"))) == pytest.approx(98.4, abs=0.1)
    assert np.mean(ranks(honest, runs_of("test", "1B"))) == pytest.approx(95.0, abs=0.3)


DOMAINS = ("a", "b", "c")
MIXTURES = np.random.default_rng(0).dirichlet(np.ones(3), 200)
LOSSES = 2 + np.exp(MIXTURES @ np.array([[-3.0, 0.2], [0.5, -2.0], [0.8, 0.6]]))
RUNS = MixtureRuns(DOMAINS, ("x", "y"), MIXTURES, LOSSES, None, "runs.csv")


FAST = Growing(n_trees=150, rate=0.05)


def fit(growing=FAST):
    return replace(fit_regmix(RUNS, growing), simulation=Simulation(10_000))


def test_the_same_runs_give_the_same_trees_and_another_seed_others():
    first, again = fit(), fit()
    assert first.predict(MIXTURES).tolist() == again.predict(MIXTURES).tolist()
    assert first.best().mixture.tolist() == again.best().mixture.tolist()
    assert fit(replace(FAST, seed=1)).n_trees != first.n_trees
    assert first.residuals == pytest.approx(LOSSES - first.predict(MIXTURES))
    assert (np.abs(first.residuals).mean(axis=0) < 0.1 * LOSSES.std(axis=0)).all()


def test_the_best_mixture_lies_within_the_bounds_and_follows_the_weights():
    law = fit()
    assert law.best(weights={"x": 1}).mixture[0] > 0.7
    assert law.best(weights={"y": 1}).mixture[1] > 0.7
    bounds = bounds_of(DOMAINS, {"c": 0.2}, {"a": 0.3})
    best = law.best(bounds, {"x": 1})
    assert bounds.hold(best.mixture[None]).all()
    assert best.mixture[0] > 0.2
    assert best.total == pytest.approx(best.losses[0])
    with pytest.raises(RecipeError, match=r"regmix: \d+ of 10000 simulated mixtures lie within the bounds; allowed"):
        law.best(bounds_of(DOMAINS, {"a": 0.3, "b": 0.3, "c": 0.3999}))


def test_what_cannot_be_is_one_line():
    with pytest.raises(RecipeError, match=r"runs.csv: 10 runs; allowed: 40 or more"):
        fit_regmix(RUNS.rows(np.arange(10)))
    with pytest.raises(RecipeError, match=r"prior, b: given 0; allowed: above 0, for every domain"):
        fit_regmix(RUNS, prior={"a": 0.5, "c": 0.5})
    with pytest.raises(RecipeError, match=r"test.csv: other domains or targets than runs.csv"):
        fit_regmix(RUNS, stop_on=MixtureRuns(DOMAINS, ("x",), MIXTURES, LOSSES[:, :1], None, "test.csv"))
    with pytest.raises(RecipeError, match=r"steps: given 2 of them, 1 to 2; allowed: one"):
        fit_regmix(MixtureRuns(DOMAINS, ("x", "y"), MIXTURES, LOSSES, np.repeat([1.0, 2.0], 100)))
    with pytest.raises(RecipeError, match="regmix, rate: given 2; allowed: above 0, below 1"):
        Growing(rate=2)
    with pytest.raises(RecipeError, match="regmix, patience: given 0; allowed: 1 or more"):
        Growing(patience=0)
    with pytest.raises(RecipeError, match="regmix, n_best: given 9; allowed: 1 to n_drawn, 5"):
        Simulation(5, 9)


def test_without_lightgbm_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "lightgbm", None)
    with pytest.raises(RecipeError, match=r"LightGBM cannot be loaded .* pip install 'crawlsluice\[laws\]'"):
        fit_regmix(RUNS)
