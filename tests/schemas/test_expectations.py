"""Gates: the conservation law stands whatever a recipe says; the rest is the recipe's."""

import pytest

from schemas.expectations import gates
from schemas.gates import Gates

LAW = [
    "n_unbalanced_files",
    "n_unaccounted_documents",
    "n_repeated_in_units",
    "n_repeated_across_units",
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
        ("max_kept_documents", "n_kept_documents", (0, 7)),
        ("min_kept_ratio", "kept_ratio", (0.25, None)),
        ("max_kept_ratio", "kept_ratio", (0, 0.25)),
    ],
)
def test_each_limit_of_a_recipe_moves_its_own_gate_only(key, metric, limit):
    before, after = by_metric(LOOSEST), by_metric(LOOSEST.model_copy(update={key: limit[key.startswith("max")]}))
    assert [name for name in after if after[name] != before[name]] == [metric]
    assert (after[metric].min_allowed, after[metric].max_allowed) == limit


ASKED = Gates(
    min_language_ratios={"en": 0.5, "de": 0.1},
    max_language_ratios={"en": 0.9},
    max_null_ratios={"fetched_at": 0.1, "language.language_2": 0.2},
    ranges={"words.n_words": {"min": 50, "max": 100_000, "max_outside_ratio": 0.01}, "pii.n_ip": {"max": 3}},
    max_funnel_drift=0.05,
    max_kept_ratio_drift=0.06,
    max_pii_ratio=0.02,
    max_near_duplicate_ratio=0.03,
)


def test_a_gate_that_a_recipe_does_not_ask_for_is_not_there():
    more = {gate.metric: (gate.min_allowed, gate.max_allowed) for gate in gates(ASKED, True)}
    for metric in by_metric(Gates()):
        more.pop(metric)
    assert more == {
        "language_ratio.en": (0.5, 0.9),
        "language_ratio.de": (0.1, None),
        "null_ratio.fetched_at": (None, 0.1),
        "null_ratio.language.language_2": (None, 0.2),
        "outside_ratio.words.n_words": (None, 0.01),
        "outside_ratio.pii.n_ip": (None, 0),
        "pii_ratio": (None, 0.02),
        "near_duplicate_ratio": (None, 0.03),
        "funnel_drift": (None, 0.05),
        "kept_ratio_drift": (None, 0.06),
    }


def test_a_range_is_told_in_words():
    asked = by_metric(ASKED)
    told = [asked[f"outside_ratio.{name}"].why for name in ("words.n_words", "pii.n_ip")]
    assert told == [
        "share of kept documents whose words.n_words is not from 50 to 100000, or unknown",
        "share of kept documents whose pii.n_ip is not 3 or less, or unknown",
    ]


def test_without_a_parent_no_drift_is_asked():
    told = {gate.metric: gate.not_asked for gate in gates(ASKED, False) if gate.not_asked}
    assert told == dict.fromkeys(("funnel_drift", "kept_ratio_drift"), "there is no parent snapshot")
    assert [gate for gate in gates(ASKED, True) if gate.not_asked] == []


def test_a_metric_has_one_gate():
    assert len(by_metric(ASKED)) == len(gates(ASKED))


def test_every_gate_says_why():
    assert all(gate.why for gate in gates(ASKED))
