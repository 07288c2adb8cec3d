"""Gates: the conservation law stands whatever a recipe says; the rest is the recipe's."""

import pytest

from schemas.expectations import gates
from schemas.recipe import Gates

LAW = [
    "n_unbalanced_files",
    "n_unaccounted_documents",
    "n_repeated_doc_ids",
    "n_dropped_without_reason",
    "n_kept_with_reason",
    "n_duplicates_without_survivor",
    "n_curated_differences",
]
LOOSEST = Gates(
    max_bad_files_ratio=1,
    max_rejected_records_ratio=1,
    max_null_language_ratio=1,
    min_kept_documents=0,
    min_kept_ratio=0,
)


def by_metric(limits):
    return {gate.metric: gate for gate in gates(limits)}


@pytest.mark.parametrize("limits", [Gates(), LOOSEST], ids=["defaults", "loosest"])
@pytest.mark.parametrize("metric", LAW)
def test_no_recipe_loosens_the_conservation_law(metric, limits):
    gate = by_metric(limits)[metric]
    assert (gate.min_allowed, gate.max_allowed) == (0, 0)


@pytest.mark.parametrize(
    ("key", "metric", "limit"),
    [
        ("max_bad_files_ratio", "bad_files_ratio", (None, 0.25)),
        ("max_rejected_records_ratio", "rejected_records_ratio", (None, 0.25)),
        ("max_null_language_ratio", "null_language_ratio", (None, 0.25)),
        ("min_kept_documents", "n_kept_documents", (7, None)),
        ("min_kept_ratio", "kept_ratio", (0.25, None)),
    ],
)
def test_each_limit_of_a_recipe_moves_its_own_gate_only(key, metric, limit):
    before, after = by_metric(LOOSEST), by_metric(LOOSEST.model_copy(update={key: limit[0] or limit[1]}))
    assert [name for name in after if after[name] != before[name]] == [metric]
    assert (after[metric].min_allowed, after[metric].max_allowed) == limit


def test_every_limit_of_a_recipe_has_a_gate():
    assert len(gates(Gates())) == len(LAW) + len(Gates.model_fields)


def test_a_metric_has_one_gate():
    assert len(by_metric(Gates())) == len(gates(Gates()))


def test_every_gate_says_why():
    assert all(gate.why for gate in gates(Gates()))
