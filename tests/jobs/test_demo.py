"""The demo: a classifier learns from the sample crawl, and the recipe calls it by its name."""

import shutil
from collections import Counter

import pytest
from pyspark.sql import functions as F

from jobs import calibrate, compare, ingest, mix, nightly, train, whatif
from jobs.calibrate import Ask
from jobs.common.context import Inputs, open_context
from jobs.common.snapshots import decided
from jobs.common.trained import require_trained, with_trained
from jobs.compare import Limits
from schemas.errors import RecipeError
from schemas.models import MODELS
from schemas.schedule import Schedule
from schemas.scores import SCORES
from schemas.settings import with_settings
from schemas.toml_file import load_shape
from schemas.training import Training
from tests.conftest import ROOT
from tests.sample.truth import load_truth

pytestmark = pytest.mark.spark

RECIPE = ROOT / "conf" / "recipes" / "demo.toml"
SETTINGS = ROOT / "conf" / "models" / "demo.toml"


@pytest.fixture(scope="module")
def settings(sample, tmp_path_factory):
    """The demo's settings, beside a sample of this run's own."""
    path = tmp_path_factory.mktemp("settings") / "demo.toml"
    text = SETTINGS.read_text()
    assert '"../../build/sample/good.jsonl"' in text
    path.write_text(text.replace("../../build/sample/good.jsonl", str(sample / "good.jsonl")))
    return path


@pytest.fixture(scope="module")
def demo(published, sample, settings, tmp_path_factory):
    """A copy of the published sample (ingested and measured alike), the model, and the demo's snapshot on top."""
    root = tmp_path_factory.mktemp("demo") / "warehouse"
    shutil.copytree(published.warehouse.root, root)
    inputs = Inputs([str(sample / "warc.paths.gz")])
    untrained = open_context(str(RECIPE), str(root), None, inputs)
    with pytest.raises(
        RecipeError, match=r"steps\.classifier\.good\.trained: no model 'demo'.*run `sluice train` first"
    ):
        nightly.run(untrained)
    ingest.run(untrained)  # needs no model: it comes before the training
    _, card = train.run(untrained.warehouse, load_shape(str(settings), Training), str(settings))
    context = open_context(str(RECIPE), str(root), None, inputs)
    return context, nightly.run(context), card


def test_the_recipe_has_the_model_that_was_trained(demo):
    context, _, card = demo
    model = context.recipe.classify_steps()[0].models["good"]
    assert (model.sha256, model.label, model.version) == (card["sha256"], "hq", card["version"])
    assert model.path == f"{context.warehouse.root}/models/demo/{card['version']}/{card['file']}"


def test_it_tells_what_the_other_rules_keep(demo, sample):
    context, snapshot, _ = demo
    category = {row.url: row.category for row in load_truth(sample)}
    rows = decided(context.warehouse, snapshot).select("url", "is_kept", "reasons").collect()
    kept = Counter(category[row["url"]] for row in rows if row["is_kept"])
    dropped = Counter(category[row["url"]] for row in rows if row["reasons"] == ["good:low_score"])
    assert (dropped["spam"], kept["spam"]) == (14, 0)
    assert kept["article"] > 200
    assert set(dropped) == {"spam"}


def test_run_again_nothing_is_trained_or_scored_again(demo, sample, settings):
    context, snapshot, card = demo
    warehouse = context.warehouse
    scores = warehouse.version(SCORES)
    _, again = train.run(warehouse, load_shape(str(settings), Training), str(settings))
    reopened = open_context(str(RECIPE), warehouse.root, None, Inputs([str(sample / "warc.paths.gz")]))
    assert nightly.run(reopened) == snapshot
    assert (again, warehouse.version(SCORES), warehouse.read(MODELS).count()) == (card, scores, 1)


def test_what_if_and_calibrate_know_it(demo):
    context, _, _ = demo
    found = calibrate.run(context, Ask("scores.good", keep=0.5))
    mine = context.live(SCORES).where(F.col("score") >= found.threshold)
    assert mine.count() == found.n_kept
    edited = with_settings(context.recipe_text, "demo.toml", ["classifier.models.good.min_score=0.9"])
    before, after = whatif.run(context, edited)
    dropped = [{row["reason"]: row["n_dropped"] for row in rows}["good:low_score"] for rows in (before, after)]
    assert (dropped[0], dropped[1] > 100) == (14, True)


def test_it_is_compared_with_itself_by_its_scores_too_and_with_a_recipe_without_a_model(demo):
    context, snapshot, _ = demo
    warehouse = context.warehouse
    kept = decided(context.warehouse, snapshot).where("is_kept").select("doc_id")
    told = compare.run(warehouse, "demo", snapshot, Limits(shift=0.0))
    [score] = [one for one in told["shifts"] if one["name"] == "score classifier.good"]
    n_scored = context.live(SCORES).join(kept, "doc_id", "left_semi").where("score IS NOT NULL").count()
    assert score["n_a"] == score["n_b"] == n_scored == sum(score["bars"]["a"])
    assert (score["ks_distance"], score["cliffs_delta"], told["notes"]) == (0, 0, [])
    assert [row["is_held"] for row in told["limits"]] == [True]
    other = compare.run(warehouse, "tiny", "demo", Limits())
    assert sorted(other["notes"]) == [
        "score classifier.good: not compared: only B asks it",
        f"tokens: not compared: A was counted by none, B by {context.recipe.tokens.label}",
    ]
    assert [(row["fate"], row["reason"]) for row in other["changes"]["doc_id"]["reasons"]] == [
        ("removed", "good:low_score")
    ]


def test_another_version_is_not_there(demo):
    context, _, _ = demo
    step = context.recipe.classify_steps()[0]
    asked = step.models["good"].model_copy(update={"version": "other", "path": None, "sha256": None, "label": None})
    other = step.model_copy(update={"models": {"good": asked}})
    steps = tuple(other if one is step else one for one in context.recipe.steps)
    placed = with_trained(context.recipe.model_copy(update={"steps": steps}), context.warehouse)
    with pytest.raises(RecipeError, match="no model 'demo' of version 'other' in this warehouse"):
        require_trained(placed.steps)


def test_two_phases_of_the_snapshot_are_mixed(demo):
    context, name, _ = demo
    path = str(ROOT / "conf" / "mixtures" / "demo.toml")
    told = mix.run(context.warehouse, name, load_shape(path, Schedule), path)
    base, end = ({part["source"]: part for part in phase["sources"]} for phase in told["phases"])
    assert [phase["n_tokens"] for phase in told["phases"]] == [240_000, 60_000]
    assert base["english"]["proportion_reached"] == pytest.approx(0.8, abs=0.02)
    assert end["german"]["proportion_reached"] == pytest.approx(0.3, abs=0.05)
    assert {row["source"]: row["epochs"] > 1 for row in told["sources"]} == {
        "english": True, "german": True, "other": False,
    }  # fmt: skip
