"""Settings on the command line: found by step and section, checked as if they stood in the recipe."""

import pytest

from schemas.errors import RecipeError
from schemas.settings import with_settings

RECIPE = """
name = "r"
crawl = "c"
[[steps]]
name = "first"
kind = "measure"
[steps.gopher]
min_words = 50
[[steps]]
name = "lines"
kind = "clean"
max_removed_word_ratio = 0.05
[[steps]]
name = "last"
kind = "measure"
[steps.gopher]
min_words = 40
"""


def edited(*settings):
    return with_settings(RECIPE, "r.toml", settings)


def test_a_section_is_changed_in_every_step_that_has_it():
    first, _, last = edited("gopher.min_words=30").steps
    assert (first.gopher.min_words, last.gopher.min_words) == (30, 30)


def test_a_step_may_be_named():
    first, _, last = edited("last.gopher.min_words = 30").steps
    assert (first.gopher.min_words, last.gopher.min_words) == (50, 30)


def test_a_rule_of_a_step_itself_is_changed_by_the_steps_name():
    assert edited("lines.max_removed_word_ratio=0.5").steps[1].max_removed_word_ratio == 0.5


def test_several_settings_are_all_made():
    told = edited("gopher.min_words=1", 'gopher.stop_word_languages=["de"]', "gopher.max_words=9").steps[0].gopher
    assert (told.min_words, told.max_words, told.stop_word_languages) == (1, 9, ("de",))


def test_nothing_changed_is_the_recipe_itself():
    assert edited().steps[0].gopher.min_words == 50


@pytest.mark.parametrize("setting", ["gopher.min_words", "min_words=3", "=3", ".x=3", ""])
def test_a_malformed_setting_is_answered_with_an_example(setting):
    with pytest.raises(RecipeError, match=r"--set: given .*; allowed: \[step\.\]section\.rule=value"):
        edited(setting)


def test_a_section_that_no_step_has_is_named():
    with pytest.raises(RecipeError, match=r"--set: r\.toml has no step or section 'gophre'"):
        edited("gophre.min_words=3")


@pytest.mark.parametrize(
    ("setting", "line"),
    [
        ("gopher.min_word=3", "steps[0].gopher: unknown key 'min_word' (did you mean 'min_words'?)"),
        ("gopher.min_words=-1", "steps[0].gopher.min_words: given -1; input should be greater than or equal to 0"),
        ("gopher.min_words=many", "steps[0].gopher.min_words: given 'many'; input should be a valid integer"),
    ],
)
def test_a_value_that_the_recipe_does_not_allow_is_told_as_a_recipes(setting, line):
    with pytest.raises(RecipeError) as told:
        edited(setting)
    assert str(told.value).splitlines()[0].startswith(f"r.toml with {setting}: {line}")


def test_a_language_may_get_a_rule_of_its_own():
    language = '[steps.language]\nmodel = "m"\nsha256 = "' + "ab" * 32 + '"\n[steps.gopher]\n'
    told = with_settings(RECIPE.replace("[steps.gopher]\n", language), "r.toml", ["gopher.languages.de.min_words=9"])
    assert told.steps[0].gopher.languages["de"].min_words == 9
    assert told.steps[0].gopher.min_words == 50
