"""What a law may be fitted on: one line for each thing that cannot be, with file, row and column."""

import numpy as np
import pytest

from schemas.errors import RecipeError
from transforms.laws.runs import MixtureRuns, ScaleRuns
from transforms.laws.table import Columns, mixture_runs, scale_runs

GOOD = {"mix_web": [0.6, 0.5], "mix_books": [0.4, 0.5], "steps": ["100", "200"], "loss_web": [3.0, 2.9]}


def test_a_table_gives_runs_with_domains_and_targets_by_column():
    runs = mixture_runs(GOOD, label="runs.csv")
    assert runs.domains == ("web", "books")
    assert runs.targets == ("web",)
    assert runs.mixtures.tolist() == [[0.6, 0.4], [0.5, 0.5]]
    assert runs.losses.tolist() == [[3.0], [2.9]]
    assert runs.steps.tolist() == [100, 200]
    assert mixture_runs({key: GOOD[key] for key in GOOD if key != "steps"}).steps is None


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"mix_web": [0.6, -0.1]}, r"runs.csv, row 2, proportion of web: given -0.1; allowed: 0 to 1"),
        ({"mix_web": [1.2, 0.5]}, r"runs.csv, row 1, proportion of web: given 1.2; allowed: 0 to 1"),
        ({"mix_web": [0.6, float("nan")]}, r"row 2, proportion of web: given nan"),
        (
            {"mix_web": [0.6, 0.500002]},
            r"runs.csv, row 2: proportions sum to: given 1.000002; allowed: 1, give or take",
        ),
        ({"loss_web": [3.0, 0.0]}, r"runs.csv, row 2, loss of web: given 0; allowed: a number above 0"),
        ({"loss_web": [-1, 2.0]}, r"runs.csv, row 1, loss of web: given -1; allowed"),
        ({"loss_web": [3.0, float("nan")]}, r"runs.csv, row 2, loss of web: given nan; allowed"),
        ({"loss_web": [3.0, float("inf")]}, r"row 2, loss of web: given inf"),
        ({"loss_web": [3.0, "much"]}, r"runs.csv, row 2, loss_web: given 'much'; allowed: a number"),
        ({"loss_web": [3.0, None]}, r"runs.csv, row 2, loss_web: given None; allowed: a number"),
        ({"loss_web": [3.0]}, r"runs.csv, losses: 1 values; allowed: 2"),
        ({"steps": [0, 5]}, r"runs.csv, row 1, steps: given 0; allowed: a number above 0"),
    ],
)
def test_a_number_that_cannot_be_is_one_line(change, line):
    with pytest.raises(RecipeError, match=line) as told:
        mixture_runs(GOOD | change, label="runs.csv")
    assert "\n" not in str(told.value)


def test_a_sum_may_be_off_by_a_millionth_or_by_what_is_asked():
    table = GOOD | {"mix_web": [0.6, 0.5000009]}
    assert len(mixture_runs(table).mixtures) == 2
    rounded = GOOD | {"mix_web": [0.6, 0.499]}
    with pytest.raises(RecipeError, match="sum_tolerance"):
        mixture_runs(rounded)
    assert mixture_runs(rounded, sum_tolerance=0.005).mixtures[1].tolist() == [0.499, 0.5]


def test_missing_columns_are_named():
    with pytest.raises(RecipeError, match=r"runs.csv: no column is called mix_\{\}; given: a, b"):
        mixture_runs({"a": [1], "b": [2]}, label="runs.csv")
    with pytest.raises(RecipeError, match=r"runs.csv: column tokens is missing; given: parameters, loss"):
        scale_runs({"parameters": [1], "loss": [2]}, label="runs.csv")
    with pytest.raises(RecipeError, match="columns, mixture: given mix; allowed"):
        Columns(mixture="mix")


def test_columns_may_have_other_names():
    known = Columns(mixture="train_the_pile_{}", losses="metric/the_pile_{}_val_loss")
    runs = mixture_runs({"train_the_pile_arxiv": [1.0], "metric/the_pile_hn_val_loss": [3.1], "index": [1]}, known)
    assert (runs.domains, runs.targets) == (("arxiv",), ("hn",))


def test_models_have_names_compute_and_tokens_per_parameter():
    runs = scale_runs({"parameters": [1e8, 2e8], "tokens": [2e9, 8e9], "loss": [3.0, 2.5], "name": ["small", "large"]})
    assert runs.names == ("small", "large")
    assert runs.compute.tolist() == [6 * 1e8 * 2e9, 6 * 2e8 * 8e9]
    assert runs.multipliers.tolist() == [20, 40]
    large = runs.where(runs.parameters > 1e8)
    assert (large.names, large.losses.tolist(), large.errors) == (("large",), [2.5], None)
    with pytest.raises(RecipeError, match=r"a.csv, row 1, error: given 1.5; allowed: 0 to 1"):
        ScaleRuns(np.ones(1), np.ones(1), np.ones(1), np.array([1.5]), label="a.csv")


def test_mixtures_are_numbered_in_the_order_in_which_they_stand():
    mixtures = np.array([[0.7, 0.3], [0.2, 0.8], [0.7, 0.3], [0.5, 0.5]])
    runs = MixtureRuns(("a", "b"), ("a",), mixtures, np.ones((4, 1)))
    assert runs.mixture_numbers().tolist() == [0, 1, 0, 2]


def test_a_name_that_stands_twice_is_refused():
    with pytest.raises(RecipeError, match=r"runs, domains: given \['a', 'a'\]; allowed: one or more, each once"):
        MixtureRuns(("a", "a"), ("a",), np.full((1, 2), 0.5), np.ones((1, 1)))
