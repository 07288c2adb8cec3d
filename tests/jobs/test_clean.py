"""Clean steps: texts change, what was cut is on record, and running it twice changes nothing."""

import hashlib

import pytest

from jobs import curate, measure, nightly
from jobs.common.context import Inputs, open_context
from jobs.common.judged import judged
from jobs.common.measured import unmeasured
from schemas.errors import RecipeError
from schemas.tables import CURATED, DECISIONS, EDITS, MEASURES
from tests.conftest import ROOT
from tests.jobs.texts import write
from transforms.lineage import text_step_id
from transforms.reasons import reason_order

pytestmark = pytest.mark.spark

RECIPE = ROOT / "conf/recipes/dclm_baseline_corrected.toml"
LONG = """Early in the morning the farmers of this valley bring their apples to the market square.
A bell rings twice, and people who have waited under the old bridge begin to walk between wooden tables.
Some want bread with honey; others look for cheese that was kept in a cold cellar since last winter.
Nobody hurries, because stories are told here which you will not hear at any other place of our country.
When rain falls, children run to be the first below a roof, and their laughter fills every narrow street.
"""
WITHOUT_LINKS = LONG + "More at and today.\n\nThe end of it."
TEXTS = [
    ("plain", "https://a.example/1", LONG.strip()),
    ("links", "https://a.example/2", LONG + "More at https://b.com/x?y=1 and 10.20.30.40 today.\n\n\n\nThe end of it."),
    ("lines", "https://a.example/3", LONG + "3 likes\nSHOUTED LINE\nThe last line of the text."),
    ("gone", "https://a.example/4", "https://b.com/"),
    ("empty", "https://a.example/5", ""),
]


def rows(frame):
    """Collect by doc_id."""
    return {row["doc_id"]: row for row in frame.collect()}


@pytest.fixture
def opened(spark, tmp_path):
    context = open_context(str(RECIPE), str(tmp_path / "warehouse"))
    write(context, TEXTS)
    return context


@pytest.fixture(scope="module")
def cleaned(spark, tmp_path_factory):
    """The texts above, measured and curated."""
    context = open_context(str(RECIPE), str(tmp_path_factory.mktemp("cleaned")))
    write(context, TEXTS)
    measure.run(context)
    return context, curate.run(context)


def step(context, name):
    """Give a step's id."""
    return text_step_id(context.recipe, next(s for s in context.recipe.steps if s.name == name), None)


def missing(context):
    """Give the units that some step of the recipe was not done on."""
    return unmeasured(context, {text_step_id(context.recipe, one, None) for one in context.recipe.text_steps()})


class TestWhatIsWritten:
    def test_each_step_has_a_row_for_each_document(self, cleaned):
        context, _ = cleaned
        counts = context.live(MEASURES).groupBy("step_id").count().collect()
        assert {row["step_id"]: row["count"] for row in counts} == {
            text_step_id(context.recipe, one, None): len(TEXTS) for one in context.recipe.text_steps()
        }

    def test_only_changed_texts_have_an_edit_and_it_says_what_was_cut(self, cleaned):
        context, _ = cleaned
        edits = rows(context.live(EDITS).where(f"step_id = '{step(context, 'links')}'"))
        assert sorted(edits) == ["gone", "links"]
        old = {name: text for name, _, text in TEXTS}
        assert edits["links"]["text"] == WITHOUT_LINKS
        for name, row in edits.items():
            data, left, at = old[name].encode(), b"", 0
            for cut in row["removed"]:
                left, at = left + data[at : cut["start"]], cut["end"]
            assert (left + data[at:]).decode() == row["text"]

    def test_a_later_step_reads_what_the_one_before_left(self, cleaned):
        context, _ = cleaned
        measured = rows(context.live(MEASURES).where(f"step_id = '{step(context, 'lines')}'"))
        assert measured["links"]["edit"]["n_bytes_before"] == len(WITHOUT_LINKS.encode())
        told = measured["lines"]["edit"]
        assert told["n_words_before"] - told["n_words_after"] == 4


class TestWhatIsCurated:
    def test_kept_texts_are_the_last_edits_or_the_documents(self, cleaned):
        context, name = cleaned
        texts = {
            k: row["text"]
            for k, row in rows(context.warehouse.read(CURATED, context.warehouse.curated_path(name))).items()
        }
        assert texts == {
            "plain": LONG.strip(),
            "links": WITHOUT_LINKS,
            "lines": LONG + "The last line of the text.",
        }

    def test_decisions_hold_the_hash_of_the_final_text(self, cleaned):
        context, name = cleaned
        decided = rows(context.live(DECISIONS).where(f"snapshot_id = '{name}'"))
        curated = rows(context.warehouse.read(CURATED, context.warehouse.curated_path(name)))
        for doc_id, row in curated.items():
            assert decided[doc_id]["text_sha256"] == hashlib.sha256(row["text"].encode()).hexdigest()

    def test_a_text_of_which_nothing_is_left_says_so(self, cleaned):
        context, _ = cleaned
        reasons = {k: row["reasons"] for k, row in rows(judged(context, context.recipe.steps, "any")).items()}
        assert reasons["gone"][0] == reasons["empty"][0] == "links:nothing_left"
        assert reasons["plain"] == reasons["links"] == reasons["lines"] == []


class TestAgain:
    def test_a_second_run_changes_no_table(self, cleaned):
        context, name = cleaned
        before = {table.name: context.warehouse.version(table) for table in (MEASURES, EDITS, DECISIONS)}
        measure.run(context)
        assert curate.run(context) == name
        assert {table.name: context.warehouse.version(table) for table in (MEASURES, EDITS, DECISIONS)} == before

    def test_a_run_killed_between_its_commits_leaves_each_edit_once(self, opened, monkeypatch):
        append = type(opened.warehouse).append

        def fails_at_measures(self, frame, table):
            if table is MEASURES:
                raise KeyboardInterrupt
            append(self, frame, table)

        with monkeypatch.context() as patch:
            patch.setattr(type(opened.warehouse), "append", fails_at_measures)
            with pytest.raises(KeyboardInterrupt):
                measure.run(opened)
        assert opened.live(EDITS).count() > 0
        assert missing(opened)
        measure.run(opened)
        assert not missing(opened)
        assert opened.live(EDITS).count() == opened.live(EDITS).select("doc_id", "step_id").distinct().count()

    def test_another_threshold_reads_no_text_again(self, cleaned, tmp_path):
        context, _ = cleaned
        recipe = RECIPE.read_text(encoding="utf-8").replace("../lists", str(ROOT / "conf/lists"))
        (tmp_path / "r.toml").write_text(
            recipe.replace("max_removed_word_ratio = 0.05", "max_removed_word_ratio = 0.9")
        )
        assert missing(open_context(str(tmp_path / "r.toml"), context.warehouse.root)) == []

    def test_another_list_is_another_step(self, cleaned, tmp_path):
        context, _ = cleaned
        recipe = RECIPE.read_text(encoding="utf-8").replace("../lists", str(ROOT / "conf/lists"))
        (tmp_path / "mine.txt").write_text("a.example\n")
        (tmp_path / "r.toml").write_text(recipe.replace(str(ROOT / "conf/lists/domains.txt"), "mine.txt"))
        other = open_context(str(tmp_path / "r.toml"), context.warehouse.root)
        assert [len(ids) for _, ids in missing(other)] == [1]
        measure.run(other)
        reasons = rows(judged(other, other.recipe.steps, "any"))
        assert all(row["reasons"][0] == "url:listed_domain" for row in reasons.values())


def test_curating_without_all_steps_names_the_missing_one(opened):
    with pytest.raises(RecipeError, match=r"steps.address: 1 units are not measured yet"):
        curate.run(opened)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["dclm_baseline", "c4", "gopher", "fineweb", "refinedweb"])
def test_every_recipe_runs_on_the_sample_and_its_funnel_names_every_step(spark, sample, tmp_path, name):
    recipe = (ROOT / f"conf/recipes/{name}.toml").read_text(encoding="utf-8")
    recipe = recipe.replace("../lists", str(ROOT / "conf/lists")).replace('"trafilatura"', '"resiliparse"')
    (tmp_path / f"{name}.toml").write_text(recipe)
    few = sorted(map(str, (sample / "warc").iterdir()))[:4]
    context = open_context(str(tmp_path / f"{name}.toml"), str(tmp_path / "warehouse"), None, Inputs(few))
    nightly.run(context)
    from schemas.registry import FUNNEL

    told = [row["reason"] for row in context.warehouse.read(FUNNEL).orderBy("position").collect()]
    assert told == reason_order(context.recipe.steps)
