"""A law out of its plain values predicts what it did, to the last bit."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.errors import RecipeError
from schemas.law_file import LawFile
from schemas.toml_file import checked
from transforms.laws.bimix import BiMix, fit_bimix
from transforms.laws.cells import cells
from transforms.laws.chinchilla import Chinchilla, fit_chinchilla
from transforms.laws.error_law import ErrorLaw, fit_error_law
from transforms.laws.exponential import Exponential, fit_exponential
from transforms.laws.fitted import Intervals
from transforms.laws.overtraining import Overtraining, fit_overtraining
from transforms.laws.runs import MixtureRuns, ScaleRuns
from transforms.laws.stored import restored, stored

DOMAINS = ("web", "books", "code")
MIXTURES = np.array([[0.8, 0.1, 0.1], [0.5, 0.2, 0.3], [0.2, 0.2, 0.6], [0.3, 0.4, 0.3], [0.1, 0.8, 0.1]])
BIMIX = BiMix(
    DOMAINS, DOMAINS, np.array([[0.065, 139, 0.58, 1.592], [0.0408, 547, 0.547, 2.265], [0.12, 30, 0.35, 0.7]])
)
EXPONENTIAL = Exponential(DOMAINS, ("a", "b"), np.array([2.0, 1.0]), np.array([[-1.0, 0.2, 0.4], [0.3, -0.5, 0.1]]))


def off(losses, seed):
    return losses * (1 + 0.003 * np.random.default_rng(seed).standard_normal(losses.shape))


def mixtures_of(name, seed):
    """A fit of each law of mixtures, on losses with some noise."""
    if name == "bimix":
        many, steps = np.repeat(MIXTURES, 5, axis=0), np.tile(np.geomspace(1e3, 1e5, 5), len(MIXTURES))
        return fit_bimix(MixtureRuns(DOMAINS, DOMAINS, many, off(BIMIX.predict(many, steps), seed), steps))
    many = np.random.default_rng(seed).dirichlet([3, 3, 3], 12)
    return fit_exponential(MixtureRuns(DOMAINS, ("a", "b"), many, off(EXPONENTIAL.predict(many), seed)))


def runs_of_sizes(seed=0):
    n, m = (one.ravel() for one in np.meshgrid(np.geomspace(1e7, 1e9, 4), [5, 20, 80, 320]))
    losses = off(Overtraining(141, 190, 0.121, 1.51).predict(n, n * m), seed)
    return ScaleRuns(n, n * m, losses, off(ErrorLaw(0.85, 2.08, 0.756).predict(losses), seed + 1))


def back(told):
    return restored(checked(json.loads(json.dumps(told, allow_nan=False)), LawFile, "law.json"))


def whole(told):
    return told | {"label": "runs.csv", "sha256": "0" * 64, "code_version": "0"}


@settings(max_examples=6, deadline=None)
@given(name=st.sampled_from(["bimix", "exponential"]), seed=st.integers(0, 1000))
def test_a_law_of_mixtures_predicts_the_same_bits(name, seed):
    law = mixtures_of(name, seed)
    again, error = back(whole(stored(name, law)))
    steps = 3e5 if name == "bimix" else None
    asked = np.random.default_rng(seed).dirichlet([1, 1, 1], 9)
    assert error is None
    assert (again.domains, again.targets) == (law.domains, law.targets)
    assert np.array_equal(again.predict(asked, steps), law.predict(asked, steps))
    assert np.array_equal(again.band(asked, steps), law.band(asked, steps))
    assert np.array_equal(again.best(steps=steps).mixture, law.best(steps=steps).mixture)


@pytest.mark.parametrize("fit", [fit_overtraining, fit_chinchilla])
@pytest.mark.parametrize("asked", [Intervals(), Intervals(n_draws=100)], ids=["curvature", "bootstrap"])
def test_so_do_a_law_of_sizes_and_its_law_of_error(fit, asked):
    runs = runs_of_sizes()
    law, error = fit(runs, asked), fit_error_law(runs, asked)
    again, error_again = back(whole(stored(fit.__name__.removeprefix("fit_"), law, error)))
    sizes = np.geomspace(1e8, 1e11, 7), np.geomspace(1e9, 1e13, 7)
    assert np.array_equal(again.predict(*sizes), law.predict(*sizes))
    assert np.array_equal(again.band(*sizes), law.band(*sizes))
    assert np.array_equal(error_again.band([2.0, 3.0]), error.band([2.0, 3.0]))
    assert getattr(again, "spent", 0) == getattr(law, "spent", 0)


def test_an_interval_without_end_is_null_and_stays_without_end():
    runs = runs_of_sizes()
    law = fit_overtraining(runs.where(np.arange(16) % 5 == 0))
    told = stored("overtraining", law)
    assert told["fits"][0]["spread"] is None
    assert told["fits"][0]["coefficients"][0]["low"] is None
    again, _ = back(whole(told))
    assert np.isinf(again.band([1e9], [1e10])[0]).all()


def test_a_law_without_a_fit_is_not_written():
    with pytest.raises(RecipeError, match="law chinchilla: has no fitted coefficients"):
        stored("chinchilla", Chinchilla(1.7, 400, 400, 0.34, 0.28))


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (lambda told: told["fits"][0]["theta"].pop(), "fits[0].theta: 3 numbers; allowed: 4"),
        (lambda told: told["fits"][1]["spread"].pop(), "fits[1].spread: 3 rows; allowed: 4"),
        (lambda told: told["fits"][0]["coefficients"][0].update(value=1), "fits[0].coefficients: do not follow"),
        (lambda told: told["fits"][0]["coefficients"][0].update(value="1"), "fits[0].coefficients: do not follow"),
        (
            lambda told: told["fits"][0].update(target="books"),
            "fits: targets are books, books, code; allowed: each once",
        ),
        (lambda told: told["fits"][0].update(target="x"), "fits: given target x; allowed: web, books, code"),
        (lambda told: told.update(domains=[]), "domains: given []; allowed: the names"),
        (lambda told: told.update(law="overtraining"), "domains: given ['web', 'books', 'code']; allowed: none"),
        (lambda told: told.update(law="overtraining", domains=[]), "fits: allowed: one of the loss"),
        (lambda told: told.update(law="regmix"), "law.json: law: given 'regmix'"),
        (lambda told: told.update(laws=1), "unknown key 'laws' (did you mean 'law'?)"),
        (lambda told: told["fits"][0]["theta"].append(float("nan")), "fits[0].theta[4]: given nan"),
    ],
)
def test_what_does_not_fit_together_is_one_line(change, line):
    told = json.loads(json.dumps(whole(stored("bimix", mixtures_of("bimix", 0)))))
    change(told)
    with pytest.raises(RecipeError) as error:
        restored(checked(told, LawFile, "law.json"))
    assert line in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_cells_are_read_by_any_usual_mark(mark):
    assert cells(f"a{mark} b\n1{mark}2\n\n3{mark}4\n", "x") == {"a": ["1", "3"], "b": ["2", "4"]}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "x.csv: 0 rows; allowed: 1 to 1,000,000"),
        ("a,b\n", "x.csv: 0 rows"),
        ("a,b\n1\n", "x.csv, line 2: 1 cells; allowed: 2"),
        ("a,a\n1,2\n", "x.csv: column 'a' stands twice"),
        ('a,b\n"1,2\n', "x.csv, line 2: not valid CSV"),
    ],
)
def test_what_is_no_table_is_one_line(text, line):
    with pytest.raises(RecipeError) as error:
        cells(text, "x.csv")
    assert str(error.value).startswith(line)
