"""What a model of a classify step may be asked, by its kind."""

import pytest

from schemas.errors import RecipeError
from schemas.recipe import parse_recipe

KENLM = f'kind = "kenlm"\npath = "m.arpa"\nsha256 = "{"0" * 64}"\n'
FASTTEXT = f'path = "m.bin"\nsha256 = "{"0" * 64}"\nlabel = "hq"\n'
RECIPE = """
name = "r"
crawl = "c"
[[steps]]
name = "quality"
kind = "measure"
families = ["gopher"]
[[steps]]
name = "scored"
kind = "classify"
[steps.models.m]
"""


def model(text):
    return parse_recipe(RECIPE + text, "r.toml").steps[1].models["m"]


def test_each_kind_has_its_own_normalisation_and_its_own_side():
    assert (model(KENLM).normalise, model(FASTTEXT).normalise) == ("lines", "one_line")
    told = model(KENLM + "max_score = 4.0\nmax_scores = { de = 3.0 }")
    assert (told.limit, told.limits) == (4.0, {"de": 3.0})
    assert model(FASTTEXT + "min_score = 0.5").limit == 0.5


def test_shares_are_what_must_be_found():
    assert model(KENLM).shares == ()
    assert model(KENLM + "keep = 0.25").shares == (0.25,)
    assert model(FASTTEXT + 'buckets = ["head"]').shares == (1 / 3, 2 / 3)
    assert model(KENLM + 'buckets = ["head"]\nbucket_scores = [1.0, 2.0]').shares == ()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (KENLM + "min_score = 0.5", "min_score: a lower score of kind 'kenlm' is better; allowed: max_score"),
        (KENLM + "min_scores = { de = 0.5 }", "min_scores: a lower score of kind 'kenlm' is better"),
        (FASTTEXT + "max_score = 0.5", "max_score: a higher score of kind 'fasttext' is better; allowed: min_score"),
        (
            KENLM + 'normalise = "none"',
            "normalise: given 'none' with a model of kind 'kenlm'; allowed: lines, one_line",
        ),
        (FASTTEXT + 'normalise = "lines"', "normalise: given 'lines' with a model of kind 'fasttext'"),
        ('kind = "kenlm"\npath = "m.arpa"', "a model of kind 'kenlm' needs sha256"),
        (KENLM + "keep = 0.1\nmax_score = 3.0", "keep: given beside a greatest score; allowed: one of them"),
        (FASTTEXT + "keep = 0.1\nmin_score = 0.5", "keep: given beside a least score; allowed: one of them"),
        (KENLM + 'keep = 0.1\nbuckets = ["head"]', "keep: given beside buckets; allowed: one of them"),
        (KENLM + "bucket_shares = [0.1, 0.2]", "bucket_shares: given without buckets"),
        (KENLM + 'buckets = ["head"]\nbucket_shares = [0.5]', "bucket_shares: allowed: two shares between 0 and 1"),
        (KENLM + 'buckets = ["head"]\nbucket_shares = [0.6, 0.3]', "bucket_shares: allowed: two shares between 0"),
        (
            KENLM + 'buckets = ["head"]\nbucket_scores = [3.0, 2.0]',
            "bucket_scores: allowed: two scores, the better first",
        ),
        (FASTTEXT + 'buckets = ["head"]\nbucket_scores = [0.1, 0.2]', "bucket_scores: allowed: two scores, the better"),
        (KENLM + 'buckets = ["best"]', "buckets"),
    ],
)
def test_what_makes_no_sense_is_one_line(text, line):
    with pytest.raises(RecipeError) as told:
        model(text)
    assert f".models.m{'.' if line == 'buckets' else ': '}{line}" in str(told.value)
    assert "\n" not in str(told.value)
