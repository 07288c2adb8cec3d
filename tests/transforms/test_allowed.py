"""What rules allow, in words: told for every rule that a recipe can ask."""

from pathlib import Path

import pytest

from schemas.recipe import load_recipe, parse_recipe
from tests.conftest import ROOT
from transforms.allowed import allowed_by
from transforms.reasons import reason_order

pytestmark = pytest.mark.spark  # reasons are columns


@pytest.mark.parametrize("path", sorted((ROOT / "conf" / "recipes").glob("*.toml")), ids=lambda path: path.stem)
def test_every_rule_of_the_published_recipes_says_what_it_allows(spark, path: Path):
    steps = load_recipe(path).steps
    told = {reason: text for step in steps for reason, text in allowed_by(step, "en").items()}
    relative = {reason for reason in reason_order(steps) if reason.startswith("good:")}  # shares become scores first
    assert set(reason_order(steps)) - relative <= told.keys() | {"language:unknown"}
    assert all(told.values())


STEPS = """
name = "r"
crawl = "c"
[[steps]]
name = "m"
kind = "measure"
[steps.language]
model = "m"
sha256 = "%s"
allowed = ["en", "de"]
min_score = 0.5
is_above = true
min_scores = { de = 0.25 }
[steps.gopher]
min_words = 50
stop_word_languages = ["en"]
[steps.gopher.languages.de]
min_words = 2_000
[steps.url]
soft_words = ["w"]
min_soft_words = 3
[[steps]]
name = "c"
kind = "classify"
[steps.models.good]
path = "g"
sha256 = "%s"
label = "x"
min_score = 0.125
min_scores = { de = 0.0625 }
[steps.models.bucketed]
path = "g"
sha256 = "%s"
label = "x"
buckets = ["head"]
bucket_scores = [0.9, 0.5]
""" % (("0" * 64,) * 3)


def test_limits_are_those_of_the_documents_language():
    measure, classify = parse_recipe(STEPS, "r.toml").steps
    english, german, none = (allowed_by(measure, one) for one in ("en", "de", None))
    assert (english["language:low_score"], german["language:low_score"]) == ("> 0.5", "> 0.25")
    assert english["language:not_allowed"] == "one of en, de"
    assert (english["gopher:too_few_words"], german["gopher:too_few_words"]) == ("≥ 50", "≥ 2,000")
    assert "gopher:too_few_stop_words" in english
    assert "gopher:too_few_stop_words" not in none
    assert "language:low_score" not in none
    assert english["url:soft_words"] == "< 3"
    scores = allowed_by(classify, "en")
    assert scores["good:low_score"] == "≥ 0.125"
    assert allowed_by(classify, "de")["good:low_score"] == "≥ 0.0625"
    assert scores["bucketed:middle"] == scores["bucketed:tail"] == "in head (ends: 0.9, 0.5)"
