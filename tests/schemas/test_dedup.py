"""What a recipe may ask of near copies, and what it is told otherwise."""

import pytest

from schemas.dedup import NearRules
from schemas.errors import RecipeError
from schemas.recipe import parse_recipe
from transforms import lineage
from transforms.dedup.signing import signing_of
from transforms.lineage import content_fingerprint, dedup_id, population_after, signature_id
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
        ('verify = "none"\nkeeps_values = true', "keeps_values: given with verify 'none', which compares nothing"),
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


EARLIER = """
[[steps]]
name = "exact"
kind = "dedup"
earlier = {exact}
[[steps]]
name = "url"
kind = "dedup"
method = "url"
earlier = {url}
"""


def after(exact="[]", url="[]", near=""):
    return parse_recipe(RECIPE.format(given=near) + EARLIER.format(exact=exact, url=url), "r.toml")


@pytest.mark.parametrize(
    ("exact", "url", "told"),
    [
        ('["a", "a"]', "[]", "steps[2].earlier: given ['a', 'a']; input should name each crawl once"),
        ('["a/b"]', "[]", "steps[2].earlier[0]: given 'a/b'; string should match pattern"),
        (
            '["a", "c"]',
            "[]",
            "steps.exact.earlier: given 'c', the recipe's own crawl; allowed: crawls that came before",
        ),
        ('["a", "b"]', '["b", "a"]', "steps.url.earlier: given ['b', 'a']; allowed: ['a', 'b'], as in the step before"),
        ('["a", "b"]', '["b"]', "steps.url.earlier: given ['b']; allowed: ['a', 'b'], as in the step before, or none"),
    ],
)
def test_earlier_crawls_are_others_each_once_and_the_same_for_every_step(exact, url, told):
    with pytest.raises(RecipeError) as error:
        after(exact, url)
    assert str(error.value).startswith(f"r.toml: {told}")
    assert str(error.value).count("\n") == 0


def test_near_copies_in_other_crawls_are_looked_for_before_texts_change_by_crawl():
    between = '[[steps]]\nname = "t"\nkind = "dedup_text"\n[steps.lines]\n[[steps]]\nname = "m"\nkind = "measure"\n'
    behind = RECIPE.format(given="").replace('[[steps]]\nname = "near"', between + '[[steps]]\nname = "near"')
    assert parse_recipe(behind, "r.toml").passes()[1].steps[0].name == "m"
    with pytest.raises(
        RecipeError, match=r"steps\.near\.earlier: near copies of other crawls cannot be looked for behind"
    ):
        parse_recipe(behind.replace('method = "near"', 'method = "near"\nearlier = ["a"]'), "r.toml")


def test_a_recipe_knows_its_earlier_crawls_oldest_first():
    assert after().earlier == ()
    assert after(url='["a"]').earlier == ("a",)
    assert after('["b", "a"]', '["b", "a"]').earlier == ("b", "a")


def test_ids_hold_what_stayed_in_earlier_crawls_and_not_their_names_or_what_is_kept_beside():
    alone, two, other, keeps = (
        after(),
        after('["a", "b"]'),
        after('["a", "z"]'),
        after('["a", "b"]', near="keeps_values = true"),
    )

    def id_in(recipe, population, at=1):
        return dedup_id(recipe, recipe.dedup_steps()[at], population)

    p1, p2 = population_after("p", ["id of a", "id of b"]), population_after("p", ["id of a", "id of z"])
    assert len({"p", p1, p2, population_after("q", ["id of a", "id of b"]), population_after("p", ["id of a"])}) == 5
    assert id_in(alone, "p") == id_in(two, "p") == id_in(other, "p") == id_in(keeps, "p")
    assert id_in(two, p1) != id_in(other, p2)
    assert id_in(keeps, p1, 0) == id_in(two, p1, 0)
    assert len({id_in(two, p1, at) for at in range(3)}) == 3
    assert len({signature_id(one, one.dedup_steps()[0], None) for one in (alone, two, keeps)}) == 1
    assert len({content_fingerprint(one) for one in (alone, two, other)}) == 3
    in_other_crawl = after().model_copy(update={"crawl": "d"})
    ids = {signature_id(one, one.dedup_steps()[0], None) for one in (in_other_crawl, alone)}
    assert len(ids) == 1


@pytest.mark.parametrize("version", ["MEASURES_VERSION", "SIGNATURES_VERSION"])
def test_a_step_that_read_what_older_code_wrote_is_not_done(monkeypatch, version):
    recipe = after()  # near, exact, url: all of them read what the measure step and the first of them wrote
    told = [dedup_id(recipe, step, "p") for step in recipe.dedup_steps()]
    monkeypatch.setattr(lineage, version, -1)
    assert not set(told) & {dedup_id(recipe, step, "p") for step in recipe.dedup_steps()}
