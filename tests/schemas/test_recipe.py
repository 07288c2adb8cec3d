"""Recipes: what is right is read, and what is wrong is one line that says what to edit."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from schemas.errors import RecipeError
from schemas.recipe import load_recipe, parse_recipe
from schemas.steps import DedupStep, MeasureStep
from transforms.lineage import content_fingerprint

RECIPES = sorted((Path(__file__).parents[2] / "conf/recipes").glob("*.toml"))
SHA = "ab" * 32
GOOD = f"""
name = "r"
crawl = "c"
[ingest]
files_per_unit = 8
[[steps]]
name = "quality"
kind = "measure"
[steps.language]
model = "lid.ftz"
sha256 = "{SHA}"
[steps.gopher]
max_bullet_line_ratio = 0.9
min_words = 50
[[steps]]
name = "exact"
kind = "dedup"
survivor = ["longest"]
[gates]
max_bad_files_ratio = 0.1
"""


def fault(old, new):
    """What is said about the good recipe with ``old`` replaced by ``new``."""
    assert old in GOOD
    with pytest.raises(RecipeError) as told:
        parse_recipe(GOOD.replace(old, new, 1), "r.toml")
    return str(told.value)


class TestGoodRecipes:
    def test_there_are_recipes(self):
        assert RECIPES

    @pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.name)
    def test_every_recipe_that_we_ship_is_read(self, path):
        assert load_recipe(path).steps

    @pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.name)
    def test_every_recipe_that_we_ship_is_named_as_its_file(self, path):
        assert load_recipe(path).name == path.stem

    def test_steps_become_what_their_kind_says_in_their_order(self):
        assert [type(step) for step in parse_recipe(GOOD, "r.toml").steps] == [MeasureStep, DedupStep]

    def test_a_written_value_wins_over_the_default(self):
        assert (
            parse_recipe(GOOD.replace("min_words = 50", "min_words = 7"), "r").measure_steps()[0].gopher.min_words == 7
        )

    def test_what_is_left_out_is_dclms(self):
        rules = parse_recipe(GOOD, "r.toml").measure_steps()[0].gopher
        assert (rules.max_words, rules.min_mean_word_chars, rules.max_mean_word_chars) == (100_000, 3.0, 10.0)
        assert (rules.max_symbol_word_ratio, rules.max_ellipsis_line_ratio) == (0.1, 0.3)
        assert (rules.max_non_alpha_word_ratio, rules.min_stop_words) == (0.2, 2)

    def test_a_number_per_word_may_exceed_one(self):
        text = GOOD.replace("min_words = 50", "max_symbol_word_ratio = 20")
        assert parse_recipe(text, "r.toml").measure_steps()[0].gopher.max_symbol_word_ratio == 20

    def test_measure_steps_leave_dedup_out(self):
        assert [step.name for step in parse_recipe(GOOD, "r.toml").measure_steps()] == ["quality"]

    @pytest.mark.parametrize("at", [lambda r: r, lambda r: r.gates, lambda r: r.steps[0], lambda r: r.steps[0].gopher])
    def test_a_recipe_cannot_be_changed_at_any_depth(self, at):
        section = at(parse_recipe(GOOD, "r.toml"))
        with pytest.raises(ValidationError, match="frozen"):
            setattr(section, next(iter(type(section).model_fields)), "x")


class TestUnknownKeys:
    def test_a_key_that_is_nearly_right_is_answered_with_the_right_one(self):
        assert fault("files_per_unit = 8", "file_per_unit = 8") == (
            "r.toml: ingest: unknown key 'file_per_unit' (did you mean 'files_per_unit'?); "
            "allowed: files_per_unit, max_record_bytes, max_page_seconds, max_page_memory_bytes, split_bytes, prefer"
        )

    def test_a_key_like_no_other_is_answered_with_what_is_allowed(self):
        assert fault("files_per_unit = 8", "zzz = 8") == (
            "r.toml: ingest: unknown key 'zzz'; "
            "allowed: files_per_unit, max_record_bytes, max_page_seconds, max_page_memory_bytes, split_bytes, prefer"
        )

    def test_a_key_inside_of_a_step_is_named_by_the_steps_place(self):
        assert fault("min_words = 50", "min_word = 50").startswith(
            "r.toml: steps[0].gopher: unknown key 'min_word' (did you mean 'min_words'?); allowed: languages, "
        )

    def test_a_key_of_two_lines_is_told_in_one(self):
        assert fault("[gates]", '[gates]\n"a\\nb" = 1').startswith("r.toml: gates: unknown key 'a\\nb'; ")

    def test_a_key_at_the_top_is_found(self):
        assert fault("[gates]", "[gate]") == (
            "r.toml: unknown key 'gate' (did you mean 'gates'?); "
            "allowed: name, crawl, ingest, extract, subset, steps, gates, tokens"
        )


class TestWrongValues:
    @pytest.mark.parametrize(
        ("old", "new", "line"),
        [
            (
                "max_bullet_line_ratio = 0.9",
                "max_bullet_line_ratio = 20",
                "r.toml: steps[0].gopher.max_bullet_line_ratio: given 20; input should be less than or equal to 1",
            ),
            (
                "max_bad_files_ratio = 0.1",
                "max_bad_files_ratio = -0.1",
                "r.toml: gates.max_bad_files_ratio: given -0.1; input should be greater than or equal to 0",
            ),
            (
                "files_per_unit = 8",
                "files_per_unit = 0",
                "r.toml: ingest.files_per_unit: given 0; input should be greater than or equal to 1",
            ),
            (
                "min_words = 50",
                "min_words = -1",
                "r.toml: steps[0].gopher.min_words: given -1; input should be greater than or equal to 0",
            ),
            (
                'name = "r"',
                'name = "../r"',
                "r.toml: name: given '../r'; string should match pattern '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$'",
            ),
            ('crawl = "c"', "", "r.toml: crawl: field required"),
            (f'sha256 = "{SHA}"', "", "r.toml: steps[0].language.sha256: field required"),
        ],
    )
    def test_the_line_names_file_key_given_and_allowed(self, old, new, line):
        assert fault(old, new) == line

    @pytest.mark.parametrize("value", ["nan", "inf", '"many"', "[1]", "50.5"])
    def test_a_count_that_is_no_whole_number_is_named(self, value):
        assert fault("min_words = 50", f"min_words = {value}").startswith("r.toml: steps[0].gopher.min_words: given ")

    @pytest.mark.parametrize("key", ["max_bullet_line_ratio", "min_mean_word_chars", "max_symbol_word_ratio"])
    def test_nan_is_no_threshold(self, key):
        assert key in fault("max_bullet_line_ratio = 0.9", f"{key} = nan")

    @pytest.mark.parametrize("value", [SHA.upper(), SHA[:-1], SHA + "0", "zz" * 32])
    def test_a_sha256_that_is_none_is_named(self, value):
        assert "steps[0].language.sha256: given " in fault(SHA, value)

    @pytest.mark.parametrize("name", ["", ".hidden", "a b", "a/b", "ü", "a\\n", "a" * 64])
    def test_a_name_that_is_harmful_as_a_folder_is_refused(self, name):
        assert fault('name = "r"', f'name = "{name}"').startswith("r.toml: name: given ")

    def test_each_fault_has_its_own_line(self):
        lines = fault("files_per_unit = 8", "files_per_unit = 0\nmax_record_bytes = 1").split("\n")
        assert [line.partition(": given")[0] for line in lines] == [
            "r.toml: ingest.files_per_unit",
            "r.toml: ingest.max_record_bytes",
        ]

    def test_a_long_value_is_cut(self):
        assert len(fault('name = "r"', f'name = "{"x" * 5000}"')) < 300

    @pytest.mark.parametrize("value", ["true", '"50"'])
    def test_a_count_of_another_toml_type_is_refused(self, value):
        assert "min_words" in fault("min_words = 50", f"min_words = {value}")

    @pytest.mark.parametrize("value", ["true", '"0.1"', "[0.1]"])
    def test_a_ratio_of_another_toml_type_is_refused(self, value):
        line = fault("max_bad_files_ratio = 0.1", f"max_bad_files_ratio = {value}")
        assert line.endswith("input should be a valid number")

    def test_a_flag_is_true_or_false(self):
        assert fault("[gates]", "[extract.resiliparse]\nlinks = 1\n[gates]") == (
            "r.toml: extract.resiliparse.links: given 1; input should be a valid boolean"
        )

    @pytest.mark.parametrize(
        ("value", "line"),
        [
            (
                '["longes"]',
                "survivor[0]: given 'longes'; input should be 'longest', 'oldest', 'newest' or 'score:' with a model's"
                " name",
            ),
            ("[1]", "survivor[0]: given 1; input should be a valid string"),
            ('"longest"', "survivor: given 'longest'; input should be an array"),
            ("[]", "survivor: given []; input should name one or more, each once"),
            (
                '["oldest", "oldest"]',
                "survivor: given ['oldest', 'oldest']; input should name one or more, each once",
            ),
        ],
    )
    def test_a_wrong_survivor_is_one_line(self, value, line):
        assert fault('survivor = ["longest"]', f"survivor = {value}") == f"r.toml: steps[1].{line}"

    def test_a_score_orders_survivors_only_behind_its_classify_step(self):
        classify = '[[steps]]\nname = "c"\nkind = "classify"\n[steps.models.hq]\nkind = "function"\nfunction = "m:f"\n'
        dedup = '[[steps]]\nname = "d"\nkind = "dedup"\nsurvivor = ["score:hq", "oldest"]\n'
        head = 'name = "r"\ncrawl = "c"\n[[steps]]\nname = "m"\nkind = "measure"\n'
        last = parse_recipe(head + classify + dedup, "r.toml").dedup_steps()[0]
        assert last.survivor == ("score:hq", "oldest")
        fault = "given 'score:hq'; needs a classify step with a model 'hq' before this one"
        for steps in (dedup, dedup + classify, classify.replace("models.hq", "models.h") + dedup):
            with pytest.raises(RecipeError) as told:
                parse_recipe(head + steps, "r.toml")
            assert str(told.value) == f"r.toml: steps.d.survivor: {fault}"

    @pytest.mark.parametrize("status", ["99", "600", "true", '"200"'])
    def test_a_status_that_http_does_not_know_is_refused(self, status):
        rules = f"[steps.source]\nhttp_statuses = [200, {status}]\n[steps.gopher]"
        assert fault("[steps.gopher]", rules).startswith("r.toml: steps[0].source.http_statuses[1]: given ")

    @pytest.mark.parametrize("limits", ["min_words = 50\nmax_words = 10", "min_mean_word_chars = 11.0"])
    def test_a_minimum_above_its_maximum_is_refused(self, limits):
        assert "steps[0].gopher" in fault("min_words = 50", limits)


class TestExtract:
    @staticmethod
    def extract(text):
        return parse_recipe(f"{GOOD}\n{text}", "r.toml").extract.model_dump(exclude_none=True)

    def test_the_default_is_dclms(self):
        told = self.extract("")
        assert told.pop("resiliparse") == {
            "main_content": True,
            "preserve_formatting": True,
            "list_bullets": True,
            "alt_texts": True,
            "links": False,
            "form_fields": False,
            "noscript": False,
            "comments": True,
        }
        assert told == {"engine": "resiliparse"}

    def test_an_engine_comes_with_its_own_options_and_no_others(self):
        told = self.extract('[extract]\nengine = "trafilatura"\n[extract.trafilatura]\nfast = true')
        assert set(told) == {"engine", "trafilatura"}
        assert told["trafilatura"]["fast"] is True
        assert told["trafilatura"]["favor_precision"] is True

    def test_the_wet_engine_has_no_options(self):
        assert self.extract('[extract]\nengine = "wet"') == {"engine": "wet"}

    @pytest.mark.parametrize(
        ("text", "line"),
        [
            (
                '[extract]\nengine = "readability"',
                "extract.engine: given 'readability'; input should be 'resiliparse', 'trafilatura', 'justext' or 'wet'",
            ),
            (
                "[extract.trafilatura]\nfast = true",
                "extract: given [extract.trafilatura] with engine 'resiliparse'; allowed: [extract.resiliparse]",
            ),
            (
                '[extract]\nengine = "justext"\n[extract.resiliparse]\nlinks = true',
                "extract: given [extract.resiliparse] with engine 'justext'; allowed: [extract.justext]",
            ),
            (
                '[extract]\nengine = "wet"\n[extract.justext]\nno_headings = true',
                "extract: given [extract.justext] with engine 'wet'; allowed: no options",
            ),
            (
                "[extract]\nmain_content = true",
                "extract: unknown key 'main_content'; allowed: engine, resiliparse, trafilatura, justext",
            ),
            (
                '[extract]\nengine = "trafilatura"\n[extract.trafilatura]\nfavour_precision = true',
                "extract.trafilatura: unknown key 'favour_precision' (did you mean 'favor_precision'?); allowed: "
                "favor_precision, favor_recall, fast, include_comments, include_tables, include_links, "
                "include_formatting",
            ),
            (
                '[extract]\nengine = "trafilatura"\n[extract.trafilatura]\nfavor_recall = true',
                "extract.trafilatura: favor_precision (by default true) and favor_recall exclude each other",
            ),
            (
                '[extract]\nengine = "justext"\n[extract.justext]\nlength_low = 300',
                "extract.justext: length_low (300) is above length_high (200)",
            ),
            (
                '[extract]\nengine = "justext"\n[extract.justext]\nstop_lists = "English"',
                "extract.justext.stop_lists: given 'English'; input should be an array",
            ),
        ],
    )
    def test_a_wrong_choice_is_one_line(self, text, line):
        with pytest.raises(RecipeError) as told:
            self.extract(text)
        assert str(told.value) == f"r.toml: {line}"


class TestSteps:
    def test_two_steps_of_one_name_are_refused(self):
        assert fault('name = "exact"', 'name = "quality"') == "r.toml: step names must differ from each other"

    def test_the_first_step_must_measure(self):
        dedup_first = 'name = "r"\ncrawl = "c"\n[[steps]]\nname = "d"\nkind = "dedup"\n'
        with pytest.raises(RecipeError) as told:
            parse_recipe(dedup_first, "r.toml")
        assert str(told.value) == "r.toml: the first step must be of kind 'measure' or 'clean'"

    def test_an_unknown_kind_is_answered_with_the_kinds(self):
        line = fault('kind = "dedup"', 'kind = "dedupe"')
        assert line.startswith("r.toml: steps[1]: ")
        assert "'dedupe'" in line
        assert "'measure', 'clean', 'dedup'" in line
        assert "\n" not in line

    def test_a_missing_kind_is_answered_with_the_kinds(self):
        told = fault('kind = "dedup"\n', "")
        kinds = "'measure', 'clean', 'dedup', 'dedup_text', 'classify'"
        assert told == f"r.toml: steps[1]: kind is missing; allowed: {kinds}"

    @pytest.mark.parametrize("steps", ['["x"]', '[{name = "a", kind = "measur"}]', "[1]", '"x"', "{}"])
    def test_a_wrong_only_step_is_one_line(self, steps):
        with pytest.raises(RecipeError, match=r"^r\.toml: steps[^\n]*$"):
            parse_recipe(f'name = "r"\ncrawl = "c"\nsteps = {steps}', "r.toml")

    def test_a_recipe_without_steps_is_refused(self):
        with pytest.raises(RecipeError, match=r"r\.toml: steps: "):
            parse_recipe('name = "r"\ncrawl = "c"\nsteps = []', "r.toml")


class TestFiles:
    def test_a_missing_file_is_named(self, tmp_path):
        with pytest.raises(RecipeError) as told:
            load_recipe(tmp_path / "no.toml")
        assert str(told.value) == f"{tmp_path}/no.toml: cannot read the recipe: No such file or directory"

    def test_a_folder_is_no_recipe(self, tmp_path):
        with pytest.raises(RecipeError, match="cannot read the recipe: Is a directory"):
            load_recipe(tmp_path)

    def test_a_file_that_is_not_utf_8_is_named(self, tmp_path):
        (tmp_path / "r.toml").write_bytes(b'name = "\xff"')
        with pytest.raises(RecipeError, match=r"r\.toml: cannot read the recipe: 'utf-8' codec"):
            load_recipe(tmp_path / "r.toml")

    def test_text_that_is_no_toml_is_told_with_its_line(self):
        line = fault("[ingest]", "[ingest")
        assert line.startswith("r.toml: not valid TOML: ")
        assert "line 4" in line

    def test_a_recipe_error_exits_with_2(self):
        assert RecipeError.exit_code == 2


class TestLanguagesOfTheirOwn:
    OWN = "min_words = 50\n[steps.gopher.languages.de]\nmin_words = 40"

    def test_a_languages_table_is_whole_and_takes_the_rest_from_all(self):
        rules = parse_recipe(GOOD.replace("min_words = 50", self.OWN), "r.toml").steps[0].gopher
        assert (rules.min_words, rules.languages["de"].min_words) == (50, 40)
        assert rules.languages["de"].max_bullet_line_ratio == rules.max_bullet_line_ratio == 0.9

    def test_written_as_default_or_not_written_are_different_recipes(self):
        told = [GOOD.replace("min_words = 50", f"min_words = 9\n[steps.gopher.languages.de]\n{own}") for own in
                ("", "min_words = 50")]  # fmt: skip
        left_out, written = (parse_recipe(text, "r.toml") for text in told)
        assert left_out.steps[0].gopher.languages["de"].min_words == 9
        assert content_fingerprint(left_out) != content_fingerprint(written)

    def test_an_unknown_rule_is_named_with_its_language(self):
        told = fault("min_words = 50", self.OWN.replace("min_words = 40", "min_word = 40"))
        assert told.startswith("r.toml: steps[0].gopher.languages.de: unknown key 'min_word' (did you mean 'min_words'")

    def test_limits_must_leave_room_for_the_language_too(self):
        told = fault("min_words = 50", self.OWN.replace("40", "200000"))
        assert told.startswith("r.toml: steps[0].gopher.languages.de: min_words (200000) is above max_words (100000)")

    def test_languages_within_a_language_are_refused(self):
        told = fault("min_words = 50", self.OWN + "\n[steps.gopher.languages.de.languages.at]\nmin_words = 1")
        assert "steps[0].gopher: languages within a language" in told

    def test_without_the_language_no_text_could_be_asked(self):
        without = GOOD.replace("min_words = 50", self.OWN).replace(
            f'[steps.language]\nmodel = "lid.ftz"\nsha256 = "{SHA}"\n', ""
        )
        with pytest.raises(RecipeError, match=r"gopher\.languages needs the section 'language' in the same step"):
            parse_recipe(without, "r.toml")
