"""What ``sluice rules`` prints: the catalogue, and of one recipe what it asks and what its near steps find."""

import pytest

from jobs import rules
from schemas.errors import RecipeError
from transforms.text.lsh_curve import Bands, curve_lines

RECIPE = """
name = "mine"
crawl = "c"
[[steps]]
name = "quality"
kind = "measure"
families = ["pii"]
[steps.pii]
max_email = 3
[[steps]]
name = "same"
kind = "dedup"
[[steps]]
name = "near"
kind = "dedup"
method = "near"
[steps.near]
{near}
"""


@pytest.fixture
def told(tmp_path, capsys):
    def told(near, **more):
        (tmp_path / "r.toml").write_text(RECIPE.format(near=near))
        rules.command(recipe=str(tmp_path / "r.toml"), **more)
        return capsys.readouterr().out

    return told


def test_a_recipe_shows_what_it_asks_and_what_its_bands_find(told):
    out = told('preset = "dclm"\nmin_similarity = 0.8')
    assert "n_email" in out
    assert "n_counted_words" not in out
    assert "near: 93 bands of 15 rows, 1,395 hashes of runs of 5 words" in out
    assert "least similarity 0.8: 96.4 % of such pairs share a band" in out
    for line in curve_lines({"near": Bands(93, 15)}):
        assert line in out
    assert "same" not in out


def test_bands_are_those_of_the_recall_asked(told):
    out = told("recall = 0.95\nmin_similarity = 0.7")
    assert "near: 35 bands of 7 rows" in out
    assert "least similarity 0.7: 95.1 % of such pairs share a band" in out


def test_without_verifying_no_similarity_is_asked(told):
    assert "least similarity none asked" in told('bands = 9\nrows = 4\nverify = "none"')


def test_a_family_that_the_recipe_does_not_ask_is_refused_with_those_that_it_does(told):
    with pytest.raises(RecipeError, match=r"^--family: given 'gopher'; allowed: pii$"):
        told('preset = "dclm"', family="gopher")


def test_without_a_recipe_all_measures_are_shown_and_no_curve(capsys):
    rules.command()
    out = capsys.readouterr().out
    assert "n_counted_words" in out
    assert "share a band" not in out
