"""What a recipe may ask of near copies, and what it is told otherwise."""

import pytest

from schemas.dedup import NearRules
from schemas.errors import RecipeError
from schemas.recipe import parse_recipe
from transforms.dedup.signing import signing_of
from transforms.text.lsh_curve import PRESETS, Bands, collision_chance

RECIPE = """
name = "r"
crawl = "c"
[[steps]]
name = "quality"
kind = "measure"
[[steps]]
name = "near"
kind = "dedup"
method = "near"
[steps.near]
{given}
"""


def asked(given):
    return parse_recipe(RECIPE.format(given=given), "r.toml").dedup_steps()[0].near_rules


def test_bands_are_asked_for_in_one_of_three_ways():
    assert signing_of(asked("")).cut == PRESETS["fineweb"]
    assert signing_of(asked('preset = "dclm"')).cut == PRESETS["dclm"]
    assert signing_of(asked("bands = 3\nrows = 4")).cut == Bands(3, 4)


@pytest.mark.parametrize("recall", [0.5, 0.9, 0.95, 0.999])
@pytest.mark.parametrize("min_similarity", [0.201, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.999])
def test_every_recall_that_may_be_asked_can_be_had(min_similarity, recall):
    cut = signing_of(NearRules(min_similarity=min_similarity, recall=recall)).cut
    assert collision_chance(min_similarity, *cut) >= recall


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ('preset = "dclm"\nrecall = 0.9', "preset: given beside recall; allowed: one of them"),
        ("bands = 3", "bands: given without rows, or rows without bands"),
        ('unit = "characters"\nengine = "spark_ml"', "engine: 'spark_ml' makes shingles of words only"),
        ("recall = 0.9\nmin_similarity = 0.1", "recall: given with min_similarity 0.1; allowed: above 0.2, below 1"),
        ("min_similarity = 0.0", "min_similarity: given 0.0; input should be greater than 0"),
        ("size = 0", "size: given 0; input should be greater than or equal to 1"),
    ],
)
def test_what_cannot_be_is_one_line(given, told):
    with pytest.raises(RecipeError) as error:
        asked(given)
    assert str(error.value).endswith(told)
    assert str(error.value).count("\n") == 0


def test_rules_of_near_copies_are_for_near_copies():
    with pytest.raises(RecipeError, match=r"near: given with method 'exact'; allowed: 'near'"):
        parse_recipe(RECIPE.format(given="").replace('method = "near"', 'method = "exact"'), "r.toml")
