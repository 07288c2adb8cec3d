"""Centred accuracy: published averages come out again, and a missing task is never averaged over."""

import csv
import json
import os
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.benchmark import Benchmark
from schemas.toml_file import load_shape
from tests.conftest import ROOT, SHARED
from tests.transforms.published_results import DCLM_7B, DCLM_7B_AVERAGES
from transforms.centred import averages, centred
from transforms.task_results import evaluations_of

BENCHMARK = load_shape(ROOT / "conf" / "evaluation" / "dclm.toml", Benchmark)
TASKS, CORE = BENCHMARK.tasks, BENCHMARK.core
FOLDER = SHARED / "reference" / "eval"
CLONE = Path(os.environ.get("SLUICE_DCLM", SHARED / "reference" / "dclm")) / "exp_data" / "evals"

results = st.dictionaries(st.sampled_from(TASKS), st.floats(0, 1))


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_a_published_model_s_averages_are_those_that_were_published(version):
    told = averages(DCLM_7B, BENCHMARK, version)
    assert (told.core, told.extended) == pytest.approx(DCLM_7B_AVERAGES[version], abs=1e-6)
    assert told.missing == ()


def test_the_benchmark_s_own_version_counts_where_none_is_asked_for():
    assert averages(DCLM_7B, BENCHMARK) == averages(DCLM_7B, BENCHMARK, "v2") != averages(DCLM_7B, BENCHMARK, "v1")


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_who_guesses_has_0_and_who_is_right_has_1(version):
    baselines = BENCHMARK.baselines_of(version)
    guessed = averages({task: baseline / 100 for task, baseline in baselines.items()}, BENCHMARK, version)
    assert (guessed.core, guessed.extended) == (0, 0)
    right = averages(dict.fromkeys(baselines, 1.0), BENCHMARK, version)
    assert (right.core, right.extended) == (1, 1)


@given(results)
def test_there_is_an_average_where_no_task_of_it_is_missing(accuracies):
    told = averages(accuracies, BENCHMARK)
    assert told.missing == tuple(task for task in TASKS if task not in accuracies)
    assert (told.core is None) == (not set(CORE) <= accuracies.keys())
    assert (told.extended is None) == bool(told.missing)


@given(results)
def test_tasks_of_another_benchmark_change_nothing(accuracies):
    assert averages(accuracies | {"another": 0.5}, BENCHMARK) == averages(accuracies, BENCHMARK)


@pytest.mark.parametrize("task", [CORE[0], "mmlu_fewshot"])
def test_one_missing_task_takes_away_the_averages_that_it_is_part_of(task):
    told = averages({name: 0.5 for name in TASKS if name != task}, BENCHMARK)
    assert (told.core is None, told.extended is None) == (task in CORE, True)
    assert told.missing == (task,)


def stored_rows():
    """Give the rows of DCLM's database of models, each with its accuracies."""
    path = FOLDER / "DCLM_model_database.csv"
    if not path.exists():
        pytest.skip(f"{path} is not here: golden data for local checks")
    text = path.read_text()
    return list(zip(csv.DictReader(text.splitlines()), evaluations_of(text, path.name, TASKS), strict=True))


def groups_of():
    """Give the database's columns of centred means → the tasks in each, as the reference's own files tell them."""
    told = json.loads((FOLDER / "additional_aggregation.json").read_text())
    core = told.pop("low_variance_datasets")
    assert set(core) == set(CORE)
    groups = {"Core": core, "Extended": TASKS} | {f"{name}_centered": tasks for name, tasks in told.items()}
    categories = defaultdict(list)
    for row in csv.DictReader((FOLDER / "eval_meta_data.csv").read_text().splitlines()):
        categories[f"aggregated_task_categories_centered.{row['Task Category']}"].append(row["Eval Task"])
    return groups | categories


def mean(told, tasks):
    """Average over what is there, as the reference did before it wrote "N/A"."""
    there = [told[task] for task in tasks if task in told]
    return sum(there) / len(there)


def test_every_centred_value_of_the_database_s_newer_rows_comes_out_again():
    """Rows that name their file are of the published code with baselines v1; 9 of the 121 lack tasks of EXTENDED."""
    newer = [(row, one) for row, one in stored_rows() if row["_filename"]]
    groups, n = groups_of(), 0
    for row, one in newer:
        told = centred(one.accuracies, BENCHMARK.baselines_of("v1"))
        for column, tasks in groups.items():
            assert mean(told, tasks) == pytest.approx(float(row[column]), abs=1e-6), column
            n += 1
        found = averages(one.accuracies, BENCHMARK, "v1")
        assert found.core == pytest.approx(float(row["Core"]), abs=1e-6)
        assert (found.extended is None) == (row["missing tasks"] != "[]")
    assert (len(newer), n) == (121, 121 * 11)


def test_the_database_s_older_core_values_are_by_baselines_that_were_never_published():
    """Found by least squares over the 207 rows: 25 % wherever one chooses, 50 % of two; all else is as in v2."""
    older = [(row, one) for row, one in stored_rows() if row["Core"] and not row["_filename"]]
    baselines = {**BENCHMARK.baselines_of("v2"), "commonsense_qa": 25, "boolq": 50}
    for row, one in older:
        assert mean(centred(one.accuracies, baselines), CORE) == pytest.approx(float(row["Core"]), abs=1e-6)
    assert len(older) == 207


def test_the_baselines_are_the_reference_s():
    for version, name in (("v1", "eval_meta_data_v1.csv"), ("v2", "eval_meta_data.csv")):
        path = FOLDER / name
        if not path.exists():
            pytest.skip(f"{path} is not here: golden data for local checks")
        told = {
            row["Eval Task"]: float(row["Random baseline"]) for row in csv.DictReader(path.read_text().splitlines())
        }
        assert told == BENCHMARK.baselines_of(version)
        assert tuple(told) == TASKS


def test_all_610_values_that_dclm_stores_beside_its_evaluations_come_out_again():
    if not CLONE.is_dir():
        pytest.skip(f"{CLONE} is not here: set SLUICE_DCLM to a clone of github.com/mlfoundations/dclm")
    n = 0
    for path in sorted(CLONE.glob("*.json")):
        text = path.read_text()
        [one] = evaluations_of(text, path.name, TASKS)
        stored = json.loads(text)
        for version in ("v1", "v2"):
            told = averages(one.accuracies, BENCHMARK, version)
            for name, found in (("Core", told.core), ("Extended", told.extended)):
                value = stored[f"{name}_{version}"]
                if isinstance(value, str):
                    assert found is None
                    assert value == f"N/A due to missing tasks: {list(told.missing)}"
                else:
                    assert found == pytest.approx(value, abs=1e-6)
                    n += 1
    assert n == 610
