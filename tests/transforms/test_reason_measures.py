"""Every reason of a measure or clean step names the measures that it was read from."""

from pathlib import Path

import pytest

from schemas.measures import FAMILIES
from schemas.recipe import load_recipe, parse_recipe
from transforms.reason_measures import measures_of
from transforms.reasons import text_reasons

RECIPES = sorted((Path(__file__).parents[2] / "conf/recipes").glob("*.toml"))
REST = """
name = "r"
crawl = "c"
[[steps]]
name = "quality"
kind = "measure"
families = ["pii", "signals", "scripts", "licences"]
[steps.scripts]
allowed = ["Latn"]
min_top_script_ratio = 0.5
max_scripts = 3
[steps.licences]
allowed = ["cc-by"]
[steps.pii]
max_email = 1
max_ssn = 0
"""


@pytest.mark.spark
@pytest.mark.parametrize("path", [*RECIPES, None], ids=lambda path: path.stem if path else "the rest")
def test_every_reason_of_a_recipe_that_reads_texts_has_its_measures(spark, path):
    recipe = load_recipe(str(path)) if path else parse_recipe(REST, "r.toml")
    reasons = {reason for step in recipe.text_steps() for reason in text_reasons(step)}
    assert reasons
    for reason in reasons:
        told = measures_of(reason)
        assert told, reason
        for one in told:
            family, _, name = one.partition(".")
            assert one == "http_status" or name in FAMILIES[family].__annotations__, (reason, one)


@pytest.mark.parametrize(
    ("reason", "measure"),
    [
        ("gopher:too_few_words", "gopher.n_counted_words"),
        ("pii:email", "pii.n_email"),
        ("scripts:top_script_ratio", "scripts.top_script_ratio"),
        ("source:http_status", "http_status"),
        ("my-clean:nothing_left", "edit.n_bytes_after"),
    ],
)
def test_a_reason_is_read_from_the_measure_it_is_named_after(reason, measure):
    assert measures_of(reason) == (measure,)


@pytest.mark.parametrize("reason", ["dedup:near", "oh_eli5:low_score", "nobody:nothing", "reason"])
def test_of_what_is_no_measure_nothing_is_said(reason):
    assert measures_of(reason) == ()
