"""Measures → reasons: doubtful numbers never pass, and a language may have thresholds of its own."""

import math

import pytest
from pyspark.sql import functions as F

from schemas.recipe import parse_recipe
from transforms.reasons import measure_reasons, with_reasons

pytestmark = pytest.mark.spark

RECIPE = """
name = "r"
crawl = "c"
[[steps]]
name = "quality"
kind = "measure"
families = ["fineweb"]
[steps.language]
model = "lid.ftz"
sha256 = "{sha}"
[steps.language.min_scores]
de = 0.9
[steps.fineweb]
max_short_line_ratio = 0.5
[steps.fineweb.languages.de]
max_short_line_ratio = 0.8
[steps.fineweb.languages.zh]
min_punct_line_ratio = 0.0
"""
STEP = parse_recipe(RECIPE.format(sha="ab" * 32), "r.toml").steps[0]
SCHEMA = (
    "id string, language struct<language: string, language_score: double>, fineweb struct<punct_line_ratio: double,"
    " short_line_ratio: double, dup_line_char_ratio: double, newline_word_ratio: double>"
)


@pytest.fixture
def reasons(spark):
    """Give the reasons against one document."""

    def told(language, short=0.0, punct=1.0, score=0.95):
        rows = spark.createDataFrame([("a", (language, score), (punct, short, 0.0, 0.0))], SCHEMA)
        begun = rows.withColumn("reasons", F.array().cast("array<string>"))
        return begun.transform(with_reasons(measure_reasons(STEP))).collect()[0]["reasons"]

    return told


@pytest.mark.parametrize(("language", "limit"), [("en", 0.5), ("fr", 0.5), ("de", 0.8), ("zh", 0.5)])
def test_each_language_has_its_own_limit_and_the_others_the_common_one(reasons, language, limit):
    assert reasons(language, short=limit) == []
    assert reasons(language, short=limit + 0.01) == ["fineweb:short_line_ratio"]


def test_what_a_languages_table_leaves_out_is_as_for_all(reasons):
    assert reasons("de", punct=0.11) == reasons("en", punct=0.11) == ["fineweb:punct_line_ratio"]
    assert reasons("zh", punct=0.0) == []


def test_a_text_without_a_language_is_asked_by_the_common_rules(reasons):
    assert reasons(None, short=0.6, score=0.0) == ["language:unknown", "fineweb:short_line_ratio"]


def test_a_label_may_need_another_score(reasons):
    assert reasons("en", score=0.7) == []
    assert reasons("de", score=0.7) == ["language:low_score"]
    assert reasons("de", score=0.9) == []


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("value", [math.nan, None, math.inf])
def test_a_doubtful_number_never_passes(reasons, language, value):
    assert reasons(language, short=value) == ["fineweb:short_line_ratio"]
    assert reasons(language, score=math.nan) == ["language:low_score"]


class TestScriptsAndLicences:
    RECIPE = """
name = "r"
crawl = "c"
[[steps]]
name = "quality"
kind = "measure"
families = ["scripts", "licences"]
[steps.scripts]
allowed = ["Latn", "Grek"]
min_top_script_ratio = 0.9
[steps.licences]
allowed = ["cc-by", "cc0"]
"""
    SCHEMA = (
        "scripts struct<top_script: string, top_script_ratio: double, n_scripts: long>,"
        " licences struct<n_licences: long, licence_kind: string>"
    )

    @pytest.mark.parametrize(
        ("scripts", "licences", "told"),
        [
            (("Latn", 0.95, 2), (1, "cc-by"), []),
            (("Grek", 0.9, 1), (2, "cc0"), []),
            (("Latn", 0.8, 2), (1, "cc-by-nc"), ["scripts:top_script_ratio", "licences:not_allowed"]),
            (("Cyrl", 1.0, 1), (2, None), ["scripts:not_allowed", "licences:not_allowed"]),
            ((None, 0.0, 0), (0, None), ["scripts:not_allowed", "scripts:top_script_ratio", "licences:none"]),
            (None, None, ["scripts:not_allowed", "scripts:top_script_ratio", "licences:none"]),
        ],
    )
    def test_what_is_not_asked_for_goes(self, spark, scripts, licences, told):
        step = parse_recipe(self.RECIPE, "r.toml").steps[0]
        rows = spark.createDataFrame([(scripts, licences)], self.SCHEMA)
        language = F.lit(None).cast("struct<language: string>")
        begun = rows.withColumns({"reasons": F.array().cast("array<string>"), "language": language})
        assert begun.transform(with_reasons(measure_reasons(step))).collect()[0]["reasons"] == told
