"""Classify: what comes so far is scored once by every model, and scores decide."""

import hashlib

import pytest
from pyspark.sql import functions as F

from jobs import calibrate, classify, curate, dedup, measure, whatif
from jobs.common.judged import judged
from jobs.common.thresholds import settled_steps
from schemas.errors import RecipeError
from schemas.scores import SCORES
from schemas.settings import with_settings
from schemas.tables import DECISIONS
from tests.jobs.texts import write
from tests.transforms.text.fasttext_files import dense_model
from transforms.lineage import population_id, score_id

MODEL = dense_model(["good", "bad"], ["__label__cc", "__label__hq"], [[0, 2], [2, 0]], [[1, 0], [0, 1]])
RECIPE = """
name = "r"
crawl = "c"
[[steps]]
name = "quality"
kind = "measure"
families = ["gopher"]
[steps.gopher]
min_words = 2
stop_word_languages = []
max_mean_word_chars = 1000
[[steps]]
name = "scored"
kind = "classify"
[steps.models.hq]
path = "hq.bin"
sha256 = "{sha}"
label = "hq"
{rule}
[steps.models.length]
kind = "function"
function = "tests.jobs.test_classify:lengths"
{more}
"""
TEXTS = [
    ("best", "http://a.example/", "good good good"),
    ("lines", "http://a.example/", " good\ngood bad\n"),
    ("worst", "http://a.example/", "bad bad good bad bad"),
    ("unknown", "http://a.example/", "neither nor"),
    ("short", "http://a.example/", "good"),
]


def lengths(texts):
    """Score texts by their length."""
    return [float(len(text)) for text in texts]


def shortness(texts):
    return [-float(len(text)) for text in texts]


def some_nan(texts):
    return [float("nan")] * len(texts)


def too_few(texts):
    return []


def text_scores(texts):
    return ["high" for _ in texts]


@pytest.fixture(scope="module")
def scene(spark, tmp_path_factory):
    """Open contexts, each with its own edits of the recipe, on one warehouse whose texts are measured and scored."""
    from jobs.common.context import open_context

    folder = tmp_path_factory.mktemp("classify")
    (folder / "hq.bin").write_bytes(MODEL)

    def make(*edits, rule="min_score = 0.5", more="", warehouse="warehouse"):
        text = RECIPE.format(sha=hashlib.sha256(MODEL).hexdigest(), rule=rule, more=more)
        for old, new in edits:
            assert old in text
            text = text.replace(old, new, 1)
        recipe = folder / "r.toml"
        recipe.write_text(text)
        return open_context(str(recipe), str(folder / warehouse))

    write(make(), TEXTS)
    measure.run(make())
    scored(make())
    return make


def scored(context):
    """Run the step; give its scores by document and model."""
    [step] = context.recipe.classify_steps()
    classify.run(context, step)
    ids = [score_id(context.recipe, step, name, None) for name in step.models]
    rows = context.live(SCORES).where(F.col("step_id").isin(ids)).collect()
    return {(row["doc_id"], row["model"]): row for row in rows}


def reasons(context):
    steps = settled_steps(context, context.recipe.steps, "any")
    rows = judged(context, steps, "any").select("doc_id", "reasons").collect()
    return {row["doc_id"]: row["reasons"] for row in rows}


@pytest.mark.spark
class TestScores:
    def test_what_comes_so_far_is_scored_once_and_a_text_of_which_nothing_is_known_says_so(self, scene):
        context = scene()
        version = context.warehouse.version(SCORES)
        told = scored(context)
        assert context.warehouse.version(SCORES) == version
        assert {doc_id for doc_id, _ in told} == {"best", "lines", "worst", "unknown"}
        assert told["best", "hq"]["score"] == pytest.approx(0.8808, abs=1e-3)
        assert told["best", "hq"]["score"] > told["lines", "hq"]["score"] > 0.5 > told["worst", "hq"]["score"]
        assert (told["unknown", "hq"]["score"], told["unknown", "hq"]["reason"]) == (None, "nothing_known")
        assert told["lines", "length"]["score"] == len("good good bad")
        assert reasons(context) == {
            "best": [],
            "lines": [],
            "worst": ["hq:low_score"],
            "unknown": ["hq:no_score"],
            "short": ["gopher:too_few_words"],
        }

    def test_a_looser_rule_has_only_what_is_new_scored(self, scene):
        before = scene().live(SCORES).count()
        told = scored(scene(("min_words = 2", "min_words = 1")))
        assert told["short", "hq"]["score"] > 0.5
        assert len(told) == 10
        assert scene().live(SCORES).count() == before + 2
        assert reasons(scene())["short"] == ["gopher:too_few_words"]  # its score of the other recipe adds no reason

    def test_a_model_of_another_version_is_asked_alone(self, scene):
        before = scene().live(SCORES).count()
        told = scored(scene(more='version = "2"'))
        assert told["best", "length"]["score"] == 14.0
        assert scene().live(SCORES).count() == before + sum(model == "length" for _, model in told)

    @pytest.mark.matrix
    def test_the_text_is_what_the_clean_step_before_left(self, scene):
        clean = '[[steps]]\nname = "clean"\nkind = "clean"\nredact = ["email"]\n[[steps]]\nname = "quality"'
        context = scene(('[[steps]]\nname = "quality"', clean), warehouse="cleaned")
        write(context, [("mail", "http://a.example/", "good mail@a.example good")])
        measure.run(context)
        with pytest.raises(RecipeError, match=r"steps\.scored: not scored yet; run `sluice classify` first"):
            curate.run(context)
        assert scored(context)["mail", "length"]["score"] == len("good <EMAIL> good")


@pytest.mark.spark
class TestThresholds:
    def test_a_share_of_the_scored_documents_stays(self, scene):
        told = reasons(scene(rule="keep = 0.5"))  # of three that have a score, the best two
        assert (told["best"], told["lines"], told["worst"]) == ([], [], ["hq:low_score"])
        assert told["unknown"] == ["hq:no_score"]

    def test_a_budget_of_tokens_is_met_by_the_best_documents(self, scene):
        scores = {name: row["score"] for (name, model), row in scored(scene()).items() if model == "hq"}
        ranked = sorted(("worst", "lines", "best"), key=scores.get, reverse=True)  # of those that come to the step
        sizes = {name: len(text.encode()) for name, _, text in TEXTS}
        for n in range(1, len(ranked) + 1):
            wanted = sum(sizes[name] for name in ranked[:n])
            told = reasons(scene(rule=f"tokens = {wanted / 4}"))
            assert [name for name in ranked if not told[name]] == ranked[:n]
            assert told["unknown"] == ["hq:no_score"]

    def test_a_budget_beyond_all_there_is_says_how_much_there_is(self, scene):
        with pytest.raises(RecipeError, match=r"steps\.scored\.hq\.tokens: asks for 1,000,000 tokens of 4 bytes, but"):
            reasons(scene(rule="tokens = 1e6"))

    def test_without_a_threshold_all_stay(self, scene):
        told = reasons(scene(rule=""))
        assert [told[name] for name in ("best", "lines", "worst", "unknown")] == [[]] * 4

    def test_what_if_another_threshold_were_asked(self, scene):
        context = scene()
        edited = with_settings(context.recipe_text, "r.toml", ["scored.models.hq.min_score=0.7"])
        before, after = whatif.run(context, edited)
        low = [{row["reason"]: row["n_dropped"] for row in rows}["hq:low_score"] for rows in (before, after)]
        assert low == [1, 2]

    def test_calibrate_knows_scores(self, scene):
        found = calibrate.run(scene(), calibrate.Ask("scores.hq", keep=0.4))
        scores = [row["score"] for (_, model), row in scored(scene()).items() if model == "hq"]
        assert found.threshold in scores
        assert found.n_kept == sum(score is not None and score >= found.threshold for score in scores) >= 0.4 * found.n
        with pytest.raises(RecipeError, match="no classify step of the recipe has a model 'other'"):
            calibrate.run(scene(), calibrate.Ask("scores.other", keep=0.4))

    def test_duplicates_are_looked_for_among_those_that_stay(self, scene):
        behind = '\n[[steps]]\nname = "exact"\nkind = "dedup"\n'
        context = scene(more=behind, warehouse="duplicates")
        write(context, [*TEXTS, ("copy", "http://a.example/", "bad bad good bad bad")])
        measure.run(context)
        scored(context)
        dedup.run(context, context.recipe.dedup_steps()[0])
        name = curate.run(context)
        rows = context.warehouse.read(DECISIONS).where(F.col("snapshot_id") == name).collect()
        assert {row["doc_id"] for row in rows if row["is_kept"]} == {"best", "lines"}

    def test_of_equal_texts_the_one_with_the_best_score_stays(self, scene):
        behind = '[[steps]]\nname = "exact"\nkind = "dedup"\nsurvivor = ["score:length", "longest"]\n'
        context = scene((":lengths", ":shortness"), more=behind, warehouse="survivors")
        spaced = [("a", "http://a.example/", "good  good good"), ("z", "http://a.example/", "good   good good")]
        write(context, [*TEXTS, *spaced])
        measure.run(context)
        scored(context)
        dedup.run(context, context.recipe.dedup_steps()[0])
        for population in (population_id(context.crawl_files()), None):  # as written, and as `whatif` finds them
            rows = judged(context, context.recipe.steps, population)
            gone = rows.where("array_contains(reasons, 'dedup:exact')").collect()
            assert {row["doc_id"] for row in gone} == {"a", "z"}


@pytest.mark.spark
@pytest.mark.parametrize(
    ("function", "line"),
    [
        ("some_nan", "steps.scored.length.function: gave a score that is not a finite number"),
        ("too_few", "steps.scored.length.function: gave 0 scores for "),
        ("text_scores", "steps.scored.length.function: gave what is no number"),
    ],
)
def test_a_function_that_gives_no_scores_is_one_line_and_nothing_is_written(scene, function, line):
    context = scene((":lengths", f":{function}"))
    before = context.live(SCORES).count()
    with pytest.raises(RecipeError) as told:
        scored(context)
    assert str(told.value).startswith(line)
    assert context.live(SCORES).count() == before


@pytest.mark.spark
@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ('label = "hq"', 'label = "good"', "it has no label 'good'; allowed: 'cc', 'hq'"),
        (":lengths", ":nothing", "steps.scored.length.function: given 'tests.jobs.test_classify:nothing'"),
        ("tests.jobs.test_classify:", "no_such_module:", "No module named 'no_such_module'"),
        ('"hq.bin"', '"other.bin"', "no such file 'other.bin'"),
        ('label = "hq"', "", "a model of kind 'fasttext' needs label"),
        ("min_score = 0.5", "min_score = 0.5\nkeep = 0.1", "keep: given beside a least score"),
        ('sha256 = "', 'sha256 = "' + "0" * 64 + '" #', "sha256"),
    ],
)
def test_a_model_that_cannot_be_meant_is_refused_before_anything_starts(scene, old, new, line):
    with pytest.raises(RecipeError) as told:
        scene((old, new))
    assert line in str(told.value)
