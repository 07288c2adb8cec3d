"""Classify by perplexity: lower is better, and head, middle and tail are exact shares."""

import hashlib
import sys

import pytest
from pyspark.sql import functions as F

from jobs import calibrate, classify, curate, measure, whatif
from jobs.common.judged import judged
from jobs.common.thresholds import settled_steps
from schemas.errors import RecipeError
from schemas.scores import SCORES
from schemas.settings import with_settings
from schemas.tables import DECISIONS
from tests.jobs.texts import write
from tests.transforms.text.arpa import arpa, perplexity_of
from transforms.lineage import score_id
from transforms.reasons import with_reasons
from transforms.scores import score_reasons

pytestmark = pytest.mark.spark

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
[steps.models.lm]
kind = "kenlm"
path = "small.arpa"
sha256 = "{sha}"
{rule}
"""
TEXTS = {
    "a": "the cat sat",
    "b": "the cat sat\nthe cat sat\n\nthe cat",
    "c": "the cat\nsat",
    "d": "the straße",
    "e": "sat cat the cat",
    "f": "straße sat unknown",
    "g": "Thé CÁT of it",
}
NO_MODEL = b"no model\n\xff\n"
WORDLESS = {"blank": " \n\t", "empty": ""}
BEST_FIRST = sorted(TEXTS, key=lambda name: perplexity_of(TEXTS[name]))


def sha(data):
    return hashlib.sha256(data).hexdigest()


@pytest.fixture(scope="module")
def scene(spark, tmp_path_factory):
    """Open contexts, each with its own rule, on one warehouse whose texts are measured and scored."""
    pytest.importorskip("kenlm", reason="the extra kenlm is not installed: it needs a C++ compiler")
    from jobs.common.context import open_context

    folder = tmp_path_factory.mktemp("perplexity")
    (folder / "small.arpa").write_bytes(arpa())
    (folder / "other.arpa").write_bytes(NO_MODEL)

    def make(rule="", *edits):
        text = RECIPE.format(sha=sha(arpa()), rule=rule)
        for old, new in edits:
            assert old in text
            text = text.replace(old, new, 1)
        recipe = folder / "r.toml"
        recipe.write_text(text)
        return open_context(str(recipe), str(folder / "warehouse"))

    context = make()
    write(context, [(name, "http://a.example/", text) for name, text in (TEXTS | WORDLESS).items()])
    measure.run(context)
    classify.run(context, context.recipe.classify_steps()[0])
    return make


def scores(context):
    [step] = context.recipe.classify_steps()
    mine = F.col("step_id") == score_id(context.recipe, step, "lm", None)
    return {row["doc_id"]: row for row in context.live(SCORES).where(mine).collect()}


def reasons(context):
    """Give each scored document's reasons, best first."""
    steps = settled_steps(context, context.recipe.steps, "any")
    rows = judged(context, steps, "any").select("doc_id", "reasons").collect()
    told = {row["doc_id"]: row["reasons"] for row in rows}
    return [told[name] for name in BEST_FIRST]


class TestScores:
    def test_they_are_what_the_file_says_by_katz_back_off(self, scene):
        told = scores(scene())
        assert {name: told[name]["score"] for name in TEXTS} == pytest.approx(
            {name: perplexity_of(text) for name, text in TEXTS.items()}, rel=1e-5
        )

    def test_a_text_without_words_has_none_and_says_why(self, scene):
        told = scores(scene())
        assert {name: (told[name]["score"], told[name]["reason"]) for name in WORDLESS} == {
            "blank": (None, "nothing_known"),
            "empty": (None, "empty_text"),
        }

    def test_one_line_is_one_sentence(self, scene):
        context = scene('normalise = "one_line"')
        classify.run(context, context.recipe.classify_steps()[0])
        assert scores(context)["c"]["score"] == pytest.approx(perplexity_of("the cat sat"), rel=1e-5)

    def test_lines_may_be_written_as_ccnet_does(self, scene):
        context = scene('normalise = "ccnet"')
        classify.run(context, context.recipe.classify_steps()[0])
        told = scores(context)
        assert told["a"]["score"] == pytest.approx(perplexity_of("the cat sat"), rel=1e-5)
        assert told["g"]["score"] == pytest.approx(perplexity_of("the cat of it"), rel=1e-5)


class TestThresholds:
    def test_the_greatest_perplexity_stays(self, scene):
        limit = scores(scene())[BEST_FIRST[2]]["score"]
        assert reasons(scene(f"max_score = {limit!r}")) == [[]] * 3 + [["lm:high_score"]] * 4

    def test_a_share_is_that_of_the_lowest(self, scene):
        assert reasons(scene("keep = 0.5")) == [[]] * 4 + [["lm:high_score"]] * 3

    def test_without_a_threshold_all_stay(self, scene):
        assert reasons(scene()) == [[]] * 7

    def test_a_language_may_have_its_own(self, scene, spark):
        [step] = scene("max_score = 5.0\nmax_scores = { de = 2.0 }").recipe.classify_steps()
        rows = [(("en",), 3.0, []), (("de",), 3.0, []), (("de",), 2.0, []), (("en",), 6.0, []), ((None,), 5.0, [])]
        schema = "language struct<language: string>, `score lm` double, reasons array<string>"
        told = spark.createDataFrame(rows, schema).transform(with_reasons(score_reasons(step))).collect()
        assert [row["reasons"] for row in told] == [[], ["lm:high_score"], [], ["lm:high_score"], []]

    @pytest.mark.parametrize(
        ("rule", "sizes", "stay"),
        [
            ('buckets = ["head"]', (3, 2, 2), "head"),
            ('buckets = ["head", "middle"]', (3, 2, 2), "head middle"),
            ('buckets = ["middle", "tail"]\nbucket_shares = [0.1, 0.5]', (1, 3, 3), "middle tail"),
            ('buckets = ["tail"]\nbucket_shares = [0.5, 0.99]', (4, 3, 0), "tail"),
        ],
    )
    def test_buckets_are_exact_shares_and_name_themselves(self, scene, rule, sizes, stay):
        told = zip(("head", "middle", "tail"), sizes, strict=True)
        wanted = [[] if name in stay.split() else [f"lm:{name}"] for name, size in told for _ in range(size)]
        assert reasons(scene(rule)) == wanted

    def test_buckets_by_scores_are_those_that_are_written(self, scene):
        told = scores(scene())
        ends = [told[BEST_FIRST[0]]["score"], told[BEST_FIRST[4]]["score"]]
        found = reasons(scene(f'buckets = ["head"]\nbucket_scores = {ends!r}'))
        assert found == [[]] + [["lm:middle"]] * 4 + [["lm:tail"]] * 2

    def test_what_if_another_were_asked(self, scene):
        context = scene('buckets = ["head"]')
        edited = with_settings(context.recipe_text, "r.toml", ["scored.models.lm.bucket_shares=[0.1, 0.5]"])
        told = [{row["reason"]: row["n_dropped"] for row in rows} for rows in whatif.run(context, edited)]
        assert told[0] == {"lm:no_score": 2, "lm:middle": 2, "lm:tail": 2}
        assert told[1] == {"lm:no_score": 2, "lm:middle": 3, "lm:tail": 3}

    def test_calibrate_finds_what_keep_finds(self, scene):
        found = calibrate.run(scene(), calibrate.Ask("scores.lm", keep=3 / 9, is_lowest=True))
        assert found.threshold == scores(scene())[BEST_FIRST[2]]["score"]
        assert found.n_kept == 3

    @pytest.mark.matrix
    def test_curate_decides_by_buckets(self, scene):
        context = scene('buckets = ["head", "middle"]')
        classify.run(context, context.recipe.classify_steps()[0])
        name = curate.run(context)
        rows = context.warehouse.read(DECISIONS).where(F.col("snapshot_id") == name).collect()
        told = {row["doc_id"]: list(row["reasons"]) for row in rows}
        assert {doc_id for doc_id, why in told.items() if not why} == set(BEST_FIRST[:5])
        assert [told[name] for name in BEST_FIRST[5:]] == [["lm:tail"]] * 2
        assert [told[name] for name in WORDLESS] == [["lm:no_score"]] * 2


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("small.arpa", "none.arpa", "no such file 'none.arpa'"),
        (sha(arpa()), "0" * 64, f"sha256 {sha(arpa())}; allowed: {'0' * 64}"),
        (f'small.arpa"\nsha256 = "{sha(arpa())}', f'other.arpa"\nsha256 = "{sha(NO_MODEL)}', "not a KenLM model"),
        ('sha256 = "', '# "', "a model of kind 'kenlm' needs sha256"),
    ],
)
def test_a_model_that_cannot_be_meant_is_one_line_before_anything_starts(scene, old, new, line):
    with pytest.raises(RecipeError) as told:
        scene("", (old, new))
    assert line in str(told.value)
    assert "\n" not in str(told.value)


def test_without_the_package_one_line_says_what_to_install(scene, monkeypatch):
    from jobs.common.language_models import load_language_model

    load_language_model.cache_clear()
    monkeypatch.setitem(sys.modules, "kenlm", None)
    with pytest.raises(RecipeError, match=r"^steps\.scored\.lm\.kind: .*; pip install 'crawlsluice\[kenlm\]', also"):
        scene()
