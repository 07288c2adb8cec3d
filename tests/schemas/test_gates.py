"""``[gates]`` of a recipe: what is right is read, and what no snapshot could answer is one line."""

import pytest

from schemas.errors import RecipeError
from schemas.gates import CURATED_NULLS, Gates, near_step, source_of
from schemas.recipe import parse_recipe
from transforms.lineage import content_fingerprint

HEAD = """
name = "r"
crawl = "c"
[[steps]]
name = "quality"
kind = "measure"
families = ["gopher"{more}]
[steps.language]
model = "lid.ftz"
sha256 = "{sha}"
allowed = ["en", "de"]
"""
NEAR = '[[steps]]\nname = "n"\nkind = "dedup"\nmethod = "near"\n'
CLEAN = '[[steps]]\nname = "clean"\nkind = "clean"\nredact = ["email"]\n'
AGAIN = '[[steps]]\nname = "again"\nkind = "measure"\nfamilies = []\n'


def recipe(gates, steps="", more=""):
    return parse_recipe(HEAD.format(sha="ab" * 32, more=more) + steps + f"[gates]\n{gates}", "r.toml")


def fault(gates, steps="", more=""):
    with pytest.raises(RecipeError) as told:
        recipe(gates, steps, more)
    return str(told.value)


def test_every_gate_can_be_written():
    told = recipe(
        """
        max_kept_documents = 10
        max_kept_ratio = 0.9
        min_language_ratios = { en = 0.5, de = 0.1 }
        max_language_ratios = { en = 0.9, ja = 0.0 }
        max_null_ratios = { fetched_at = 0.1, "language.language_2" = 0.5 }
        max_funnel_drift = 0.05
        max_kept_ratio_drift = 0.05
        max_pii_ratio = 0.01
        max_near_duplicate_ratio = 0.01
        near_duplicate_sample = 500
        data_docs = false
        [gates.ranges."words.n_words"]
        min = 50
        max = 100_000
        [gates.ranges."gopher.symbol_word_ratio"]
        max = 0.1
        max_outside_ratio = 0.01
        """,
        NEAR,
        ', "pii"',
    ).gates
    assert told.languages() == ("en", "de", "ja")
    assert told.measures()[:3] == ("words.n_words", "gopher.symbol_word_ratio", "language.language_2")
    assert "pii.n_email" in told.measures()
    assert (told.ranges["words.n_words"].min, told.ranges["words.n_words"].max_outside_ratio) == (50, 0)


def test_without_more_gates_nothing_more_is_read():
    assert (Gates().measures(), Gates().languages(), Gates().data_docs) == ((), (), True)


def test_gates_are_no_part_of_a_snapshots_identity():
    some = 'max_funnel_drift = 0.1\nmin_language_ratios = { en = 0.1 }\n[gates.ranges."words.n_words"]\nmin = 1'
    assert content_fingerprint(recipe(some)) == content_fingerprint(recipe(""))


def test_the_step_that_took_a_measure_last_is_asked():
    steps = recipe("", CLEAN + AGAIN + NEAR + NEAR.replace('"n"', '"m"')).steps
    found = [source_of(steps, family) for family in ("words", "gopher", "edit", "pii")]
    assert [step and step.name for step in found] == ["again", "quality", "clean", None]
    assert near_step(steps).name == "m"
    assert near_step(steps[:2]) is None


@pytest.mark.parametrize(
    ("gates", "line"),
    [
        ("max_kept_ratio = 1.5", "gates.max_kept_ratio: given 1.5; input should be less than or equal to 1"),
        ("max_funnel_drift = nan", "gates.max_funnel_drift: given nan; input should be less than or equal to 1"),
        (
            "near_duplicate_sample = 0",
            "gates.near_duplicate_sample: given 0; input should be greater than or equal to 1",
        ),
        ("data_docs = 1", "gates.data_docs: given 1; input should be a valid boolean"),
        (
            "min_language_ratios = { en = 2 }",
            "gates.min_language_ratios.en: given 2; input should be less than or equal to 1",
        ),
        ("min_language_ratios = 0.5", "gates.min_language_ratios: given 0.5; input should be a table"),
        (
            "min_kept_documents = 5\nmax_kept_documents = 2",
            "gates: min_kept_documents (5) is above max_kept_documents (2)",
        ),
        (
            "min_language_ratios = { en = 0.5 }\nmax_language_ratios = { en = 0.1 }",
            "gates: min_language_ratios.en (0.5) is above max_language_ratios.en (0.1)",
        ),
        (
            "min_language_ratios = { en = 0.7, de = 0.4 }",
            "gates: min_language_ratios: given 1.1 in all; allowed: 1 at most",
        ),
        (
            'max_language_ratios = { "<b>" = 0.7 }',
            "gates: a language: given '<b>'; allowed: letters, digits, '-' and '_'",
        ),
        (
            "min_language_ratios = { ja = 0.1 }",
            "gates.min_language_ratios: given 'ja'; allowed: 'en', 'de', as the recipe's [steps.language]",
        ),
        (
            '[gates.ranges."words.n_words"]',
            "gates.ranges.words.n_words: neither min nor max is given; give one, or both",
        ),
        (
            '[gates.ranges."words.n_words"]\nmin = 5\nmax = 1',
            "gates.ranges.words.n_words: min (5) is above max (1)",
        ),
        (
            '[gates.ranges."words.n_words"]\nmin = inf',
            "gates.ranges.words.n_words.min: given inf; input should be a finite number",
        ),
        (
            '[gates.ranges."words.n_words"]\nlow = 5',
            "gates.ranges.words.n_words: unknown key 'low'; allowed: min, max, max_outside_ratio",
        ),
        (
            '[gates.ranges."words.n_word"]\nmin = 5',
            "gates.ranges: given 'words.n_word' (did you mean 'words.n_words'?); allowed: any number that its steps "
            "measure; `sluice rules` lists them",
        ),
        (
            '[gates.ranges."language.language"]\nmin = 5',
            "gates.ranges: given 'language.language' (did you mean 'language.language_score'?); allowed: any number "
            "that its steps measure; `sluice rules` lists them",
        ),
        (
            '[gates.ranges."pii.n_email"]\nmax = 5',
            "gates.ranges: given 'pii.n_email'; needs a step that measures the family 'pii'",
        ),
        (
            "max_null_ratios = { fetched = 0.5 }",
            "gates.max_null_ratios: given 'fetched' (did you mean 'fetched_at'?); allowed: fetched_at, language, any "
            "family.measure of its steps; `sluice rules` lists them",
        ),
        ("max_pii_ratio = 0.1", "gates.max_pii_ratio: needs 'pii' in families of a step of kind 'measure'"),
        (
            "max_near_duplicate_ratio = 0.1",
            "gates.max_near_duplicate_ratio: needs a step of kind 'dedup' with method 'near', which says what a near "
            "copy is",
        ),
    ],
)
def test_a_wrong_gate_is_one_line(gates, line):
    assert fault(gates) == f"r.toml: {line}"


def test_an_unknown_gate_is_answered_with_the_right_one():
    assert fault("max_funnel_drft = 0.1").startswith(
        "r.toml: gates: unknown key 'max_funnel_drft' (did you mean 'max_funnel_drift'?); allowed: max_bad_files_ratio"
    )


def test_a_share_of_languages_needs_a_language_model():
    text = (
        'name = "r"\ncrawl = "c"\n[[steps]]\nname = "q"\nkind = "measure"\n[gates]\nmax_language_ratios = { en = 0.5 }'
    )
    with pytest.raises(RecipeError) as told:
        parse_recipe(text, "r.toml")
    assert str(told.value) == (
        "r.toml: gates.max_language_ratios: needs a section [steps.language] in a step of kind 'measure'"
    )


def test_personal_data_is_counted_in_the_texts_that_are_kept():
    told = fault("max_pii_ratio = 0.1", CLEAN + AGAIN, ', "pii"')
    assert told == (
        "r.toml: gates.max_pii_ratio: needs 'pii' in families of a step of kind 'measure' behind the last step that "
        "changes texts"
    )
    assert recipe("max_pii_ratio = 0.1", CLEAN + AGAIN.replace("[]", '["pii"]')).gates.max_pii_ratio == 0.1


def test_columns_that_may_be_null_are_those_of_curated():
    from schemas.tables import CURATED

    assert {field.name for field in CURATED.schema if field.nullable} == set(CURATED_NULLS)
