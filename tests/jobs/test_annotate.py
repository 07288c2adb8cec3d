"""What is nearest to a threshold: people label it, training learns from it, and the report shows it."""

import contextlib
import csv
import io
import re
from pathlib import Path

import pytest

from jobs import annotate, classify, curate, measure, publish
from jobs.common.annotations import label_names, rows_of, with_majority
from jobs.common.context import open_context
from jobs.common.judged import scored_documents
from jobs.common.thresholds import settled_steps
from jobs.common.training_sources import read_documents
from schemas.annotations import ANNOTATIONS
from schemas.errors import QualityGateError, RecipeError
from schemas.toml_file import load_shape
from schemas.training import Labels, Training
from tests.jobs.accessible import faults
from tests.jobs.test_plans import shuffled_texts
from tests.jobs.texts import write
from transforms.annotation_cells import COLUMNS
from transforms.borderline import Limit, held_against, limits_of, nearest

RECIPE = """
name = "r"
crawl = "c"
[[steps]]
name = "clean"
kind = "clean"
redact = ["email"]
[[steps]]
name = "quality"
kind = "measure"
families = ["gopher"]
[steps.gopher]
min_words = 2
stop_word_languages = []
min_mean_word_chars = 0
max_mean_word_chars = 1000
max_symbol_word_ratio = 10
max_non_alpha_word_ratio = 1
[[steps]]
name = "model"
kind = "classify"
[steps.models.length]
kind = "function"
function = "tests.jobs.scorers:lengths"
min_score = 20
[steps.models.hashed]
kind = "function"
function = "tests.jobs.scorers:hashed"
[steps.models.again]
kind = "function"
function = "tests.jobs.scorers:lengths"
min_score = 30
[gates]
min_kept_documents = 1
"""
HOSTILE = "=<script>alert(1)</script>\n\"'&<img src=x onerror=alert(1)>"  # 58 characters
TEXTS = [
    ("a20", "mail@a.example a b c"),  # of 13 characters when it comes to the models
    ("b19", "b" * 9 + " " + "b" * 9),
    ("c19", "c" * 9 + " " + "c" * 9),
    ("d20", "d" * 10 + " " + "d" * 9),
    ("e22", "e" * 11 + " " + "e" * 10),
    ("h58", HOSTILE),
    ("short", "one"),
]


@pytest.fixture(scope="module")
def scene(spark, tmp_path_factory):
    """Open contexts, each with its own edits of the recipe, on one warehouse whose texts are scored."""
    folder = tmp_path_factory.mktemp("annotate")

    def make(*edits):
        text = RECIPE
        for old, new in edits:
            assert old in text
            text = text.replace(old, new, 1)
        (folder / "r.toml").write_text(text)
        return open_context(str(folder / "r.toml"), str(folder / "warehouse"))

    context = make()
    write(context, [(doc_id, f"http://a.example/{doc_id}?<b>", text) for doc_id, text in TEXTS])
    measure.run(context)
    classify.run(context, *context.recipe.classify_steps())
    return make


@pytest.fixture(scope="module")
def report(scene):
    """The page of a snapshot of these texts."""
    context = scene()
    name = curate.run(context)
    with contextlib.suppress(QualityGateError):
        publish.run(context)
    return Path(f"{context.warehouse.snapshot_path(name)}/report.html").read_text(encoding="utf-8")


def section_of(html, name):
    return " ".join(re.search(rf'<section id="{name}"[^>]*>(.*?)</section>', html, re.DOTALL).group(1).split())


@pytest.mark.spark
class TestReport:
    def test_it_tells_of_each_model_whom_it_keeps_and_what_is_nearest(self, report):
        told = section_of(report, "model-model.length")
        assert "6 documents came to it and 6 of them have a score; 3 stay (50.0 %): those that score ≥ 20." in told
        assert told.count('class="limit"') == 2  # a line and its name
        nearest = re.findall(r'<span class="mark( no)?">\w+</span> <b>(\d+)</b>.*?<code>(\w+)</code>', told, re.DOTALL)
        assert [(bool(no), int(score), doc_id) for no, score, doc_id in nearest] == [
            (False, 20, "d20"), (False, 22, "e22"), (False, 58, "h58"), (True, 19, "b19"), (True, 19, "c19"),
            (True, 13, "a20"),
        ]  # fmt: skip
        assert "&lt;EMAIL&gt; a b c" in told  # as the model has read it
        assert "no threshold is asked, so all stay" in section_of(report, "model-model.hashed")

    def test_it_can_be_read_by_everybody(self, report):
        assert faults(report) == []

    def test_all_that_pages_say_is_escaped(self, report):
        assert "<script" not in report
        assert "<img" not in report
        assert "=&lt;script&gt;alert(1)" in section_of(report, "model-model.length")
        assert "/h58?&lt;b&gt;" in report

    def test_it_tells_how_far_models_agree(self, report):
        """Length at 20 keeps three, at 30 one of them: they differ on two of six, and their scores are the same."""
        told = section_of(report, "agreement-model")
        assert told.count("66.7 % · 1.00") == 2
        assert told.count("– · ") == 4  # a model without a threshold decides nothing

    def test_a_model_with_two_names_is_asked_once(self, scene):
        population = "any"
        rows = scored_documents(scene(), scene().recipe.steps[:2], scene().recipe.classify_steps()[0], population)
        assert rows.count() == 6

    def test_a_recipe_without_models_has_no_such_section(self, scene):
        from jobs.common.model_report import scored_steps

        text = RECIPE[RECIPE.index('[[steps]]\nname = "model"') : RECIPE.index("[gates]")]
        assert scored_steps(scene((text, "")), {}) == []


def filled_in(rows, labels, tmp_path, name="todo.csv"):
    """Write rows of a file, with labels by doc_id."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    writer.writerows([row | {"label": labels.get(row["doc_id"], "")} for row in rows])
    (tmp_path / name).write_text(out.getvalue(), encoding="utf-8-sig", newline="")
    return str(tmp_path / name)


def exported(context, n=4, model="length"):
    from transforms.annotation_cells import to_csv

    text = to_csv(annotate.run(context, annotate.Ask(model, n)))
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.fixture
def clean(scene):
    """A context without annotations."""
    from jobs.common import files

    context = scene()
    files.remove(context.warehouse.path(ANNOTATIONS))
    return context


def said(context):
    rows = context.warehouse.read(ANNOTATIONS).collect()
    return {(row["doc_id"], row["annotator"]): row["label"] for row in rows}


@pytest.mark.spark
class TestExport:
    def test_half_of_the_file_is_from_each_side_nearest_first(self, scene):
        rows = exported(scene())
        assert [(row["doc_id"], row["score"], row["is_kept"]) for row in rows] == [
            ("d20", "20.0", "true"), ("b19", "19.0", "false"), ("c19", "19.0", "false"), ("e22", "22.0", "true"),
        ]  # fmt: skip
        assert rows == exported(scene(), model="model.length")
        assert {row["model"] for row in rows} == {"model.length"}
        assert [row["doc_id"] for row in exported(scene(), 3)] == ["d20", "b19", "e22"]

    def test_texts_are_what_the_model_has_read_and_no_formula(self, scene):
        rows = {row["doc_id"]: row for row in exported(scene(), 12)}
        assert rows["a20"]["text"] == "<EMAIL> a b c"
        assert rows["h58"]["text"] == "'" + HOSTILE
        assert len(rows) == 6

    def test_a_share_has_a_nearest_too(self, scene):
        context = scene(("min_score = 20", "keep = 0.5"))
        with pytest.raises(RecipeError, match=r"steps\.model: not scored yet; run `sluice classify` first"):
            exported(context)
        classify.run(context, *context.recipe.classify_steps())
        assert [row["doc_id"] for row in exported(context, 2)] == ["d20", "b19"]

    @pytest.mark.parametrize(
        ("model", "line"),
        [
            ("other", "--model: given 'other'; allowed: 'model.length', 'model.hashed', 'model.again'"),
            ("hashed", "--model: model.hashed has no threshold to be near to; give it min_score or keep"),
        ],
    )
    def test_a_model_without_a_threshold_is_one_line(self, scene, model, line):
        with pytest.raises(RecipeError) as told:
            annotate.run(scene(), annotate.Ask(model))
        assert str(told.value) == line

    def test_no_text_is_shuffled(self, scene, capsys):
        from jobs.common.final_texts import chosen_texts

        context = scene()
        ids = context.warehouse.spark.createDataFrame(
            [("a20", "c", 0, 0)], "doc_id string, crawl string, unit int, attempt int"
        )
        texts = chosen_texts(context, ids, context.recipe.steps)
        assert [row["text"] for row in texts.collect()] == ["<EMAIL> a b c"]
        nodes = shuffled_texts(capsys, texts)
        assert nodes == []

    def test_a_limit_of_a_language_is_its_own(self, scene):
        [step] = settled_steps(scene(), scene().recipe.classify_steps(), "any")
        model = step.models["length"].model_copy(update={"min_scores": {"de": 30.0}})
        step = step.model_copy(update={"models": {"length": model}})
        assert limits_of(model) == (Limit(20.0, "least"), Limit(30.0, "least", "de"))
        rows = [("1", "de", 29.0), ("2", "en", 29.0), ("3", "de", None), ("4", None, 19.5)]
        frame = (
            scene()
            .warehouse.spark.createDataFrame(
                [(i, "c", 0, 0, "u", "h", (lang,), [], score) for i, lang, score in rows],
                "doc_id string, crawl string, unit int, attempt int, url string, host string,"
                "language struct<language: string>, reasons array<string>, `score length` double",
            )
            .transform(held_against(step, "length"))
        )
        told = {row["doc_id"]: (row["is_kept"], row["distance"]) for row in frame.collect()}
        assert told == {"1": (False, 1.0), "2": (True, 9.0), "3": (False, None), "4": (False, 0.5)}
        assert [row["doc_id"] for row in frame.transform(nearest(2, 1)).collect()] == ["2", "4"]


@pytest.mark.spark
class TestImport:
    def test_labels_go_in_once_and_the_last_word_counts(self, clean, tmp_path):
        file = filled_in(exported(clean), {"d20": "Positive", "b19": "cc"}, tmp_path)
        assert annotate.take(clean.warehouse, file, "anna", Labels()) == (2, 2)
        [row] = clean.warehouse.read(ANNOTATIONS).where("doc_id = 'd20'").collect()
        assert (row["crawl"], row["model"], row["score"], row["note"]) == ("c", "model.length", 20.0, None)
        version = clean.warehouse.version(ANNOTATIONS)
        assert annotate.take(clean.warehouse, file, "anna", Labels()) == (2, 0)
        assert clean.warehouse.version(ANNOTATIONS) == version
        other = filled_in(exported(clean), {"d20": "negative", "c19": "hq"}, tmp_path, "other.csv")
        assert annotate.take(clean.warehouse, other, "anna", Labels()) == (2, 2)
        assert annotate.take(clean.warehouse, file, "ben", Labels()) == (2, 2)
        assert said(clean) == {
            ("d20", "anna"): "negative", ("b19", "anna"): "negative", ("c19", "anna"): "positive",
            ("d20", "ben"): "positive", ("b19", "ben"): "negative",
        }  # fmt: skip

    def test_a_wrong_file_is_one_line_and_nothing_is_written(self, clean, tmp_path):
        rows = exported(clean)
        wrong = filled_in([*rows, rows[0] | {"doc_id": "none"}], {"d20": "hq", "none": "hq"}, tmp_path)
        with pytest.raises(RecipeError, match=r"todo.csv: line 6: doc_id: .* has no document 'none'$"):
            annotate.take(clean.warehouse, wrong, "anna", Labels())
        (tmp_path / "bytes.csv").write_bytes(b"doc_id,label\nd20,\xff\n")
        with pytest.raises(RecipeError, match=r"bytes.csv: line 2: not UTF-8"):
            annotate.take(clean.warehouse, str(tmp_path / "bytes.csv"), "anna", Labels())
        assert not clean.warehouse.has(ANNOTATIONS)

    def test_training_reads_what_most_annotators_say(self, clean, tmp_path):
        rows = exported(clean, 6)
        for name, labels in {
            "anna": {"d20": "hq", "e22": "hq", "b19": "cc", "c19": "cc"},
            "ben": {"d20": "hq", "e22": "cc", "c19": "cc"},
            "carl": {"d20": "cc"},
        }.items():
            annotate.take(clean.warehouse, filled_in(rows, labels, tmp_path), name, Labels())
        found = clean.warehouse.read(ANNOTATIONS)
        majority = {label: with_majority(found, label).collect() for label in ("positive", "negative")}
        assert {row["doc_id"] for row in majority["positive"]} == {"d20"}
        assert {row["doc_id"] for row in majority["negative"]} == {"b19", "c19"}
        told = read_documents(clean.warehouse, self.settings(tmp_path), "q.toml").to_pylist()
        texts = dict(TEXTS)
        assert {(row["text"], row["is_positive"]) for row in told} == {
            (texts["d20"], True), (texts["b19"], False), (texts["c19"], False)
        }  # fmt: skip
        assert not any(row["is_crawl"] for row in told)  # they are no sample of the crawl

    def test_training_without_annotations_is_one_line(self, clean, tmp_path):
        with pytest.raises(RecipeError) as told:
            read_documents(clean.warehouse, self.settings(tmp_path), "q.toml")
        assert str(told.value).startswith("q.toml: positives[0]: annotations: ")
        assert str(told.value).endswith(
            " has no documents of 'c' that most annotators call 'positive'; give labels with `sluice annotate`"
        )

    def settings(self, folder):
        (folder / "q.toml").write_text(
            'name = "q"\n[[positives]]\nannotations = "positive"\ncrawl = "c"\n'
            '[[negatives]]\nannotations = "negative"\n'
        )
        return load_shape(folder / "q.toml", Training)


NAMES = label_names("hq", "cc")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("1,good,", "line 3: label: given 'good'; allowed: 'positive', 'negative', 'hq', 'cc', or nothing"),
        ('1,hq,"0,5"', "line 3: score: given '0,5'; allowed: a number, or nothing"),
        ("1,hq,nan", "line 3: score: given 'nan'; allowed: a number, or nothing"),
        ("0,cc,1", "line 3: doc_id '0' is also on line 2; allowed: once"),
    ],
)
def test_a_wrong_cell_is_told_with_its_line(row, said):
    with pytest.raises(RecipeError) as told:
        rows_of(f"doc_id,label,score\n0,hq,1\n{row}\n", "f.csv", NAMES, "anna")
    assert str(told.value) == f"f.csv: {said}"


def test_names_that_mean_both_classes_are_refused():
    with pytest.raises(RecipeError, match="cannot be told from 'positive' and 'negative'"):
        label_names("Negative", "cc")
    assert label_names("Positive", "spam") == {"positive": "positive", "negative": "negative", "spam": "negative"}


@pytest.mark.parametrize(("n", "chars", "said"), [(0, 9, "--n: given 0"), (9, 10**6, "--chars: given 1000000")])
def test_numbers_that_cannot_be_meant_are_refused(n, chars, said):
    with pytest.raises(RecipeError) as told:
        annotate.Ask("m", n, chars).check()
    assert str(told.value).startswith(said)
