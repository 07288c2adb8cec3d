"""The catalogue of measures: whole, and true of the code that it is read from."""

from pathlib import Path

import pytest

from schemas.measures import FAMILIES
from schemas.recipe import load_recipe
from transforms.catalogue import catalogue, docs_of

RECIPES = [load_recipe(path) for path in sorted((Path(__file__).parents[2] / "conf/recipes").glob("*.toml"))]


def entry(family, measure):
    """Give one measure's entry."""
    return next(one for one in catalogue(RECIPES) if (one.family, one.measure) == (family, measure))


@pytest.mark.parametrize("family", FAMILIES)
def test_every_measure_says_what_it_is(family):
    assert list(docs_of(FAMILIES[family])) == list(FAMILIES[family]._fields)


def test_every_measure_has_one_entry():
    told = [(one.family, one.measure) for one in catalogue([])]
    assert told == [(name, field) for name, family in FAMILIES.items() for field in family._fields]


def test_a_measure_names_its_rules_their_defaults_and_who_asks():
    told = entry("gopher", "bullet_line_ratio")
    assert (told.unit, told.rules) == ("share", {"max_bullet_line_ratio": 0.9})
    assert told.recipes == ("dclm_baseline", "dclm_baseline_corrected", "demo", "gopher", "refinedweb", "tiny")


def test_rules_that_are_not_named_after_their_measure_are_found():
    assert entry("gopher", "n_counted_words").rules == {"min_words": 50, "max_words": 100_000}
    assert entry("language", "language_score").rules == {"min_score": 0.65, "min_scores": {}, "is_above": False}
    assert entry("edit", "removed_word_ratio").rules == {"max_removed_word_ratio": 1.0}


def test_every_threshold_of_a_recipe_is_the_rule_of_some_measure():
    asked = {rule for one in catalogue([]) for rule in one.rules}
    for recipe in RECIPES:
        for step in recipe.measure_steps():
            for section in ("gopher", "repetition", "datatrove_quality", "datatrove_repetition", "fineweb"):
                rules = getattr(step, section)
                missing = set(type(rules).model_fields) - asked if rules else set()
                assert missing <= {"stop_word_languages", "languages"}, (recipe.name, missing)


def test_what_no_rule_asks_has_none():
    assert entry("fingerprint", "text_sha256").rules == {}
    assert entry("fingerprint", "text_sha256").recipes == ()
