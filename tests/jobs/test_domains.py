"""Documents parted by the scores that a snapshot's recipe asked for."""

import json

import pytest

from jobs import classify, curate, measure
from jobs.common.context import open_context
from jobs.common.domains import divided
from jobs.common.snapshots import rows
from schemas.domains import Domains
from schemas.errors import RecipeError
from schemas.scores import SCORES
from tests.jobs.texts import write

pytestmark = pytest.mark.spark

RECIPE = """
name = "r"
crawl = "c"
[[steps]]
name = "size"
kind = "measure"
families = []
[[steps]]
name = "topics"
kind = "classify"
[steps.models.length]
kind = "function"
function = "tests.jobs.test_classify:lengths"
[steps.models.shortness]
kind = "function"
function = "tests.jobs.test_classify:shortness"
"""
LENGTHS = {"a": 3, "b": 40, "c": 41, "d": 100, "e": 0}


@pytest.fixture(scope="module")
def warehouse(spark, tmp_path_factory):
    """A snapshot of texts of different lengths in two units; the scores of another attempt lie beside theirs."""
    folder = tmp_path_factory.mktemp("domains")
    (folder / "r.toml").write_text(RECIPE)
    context = open_context(str(folder / "r.toml"), str(folder / "wh"))
    texts = [(name, "http://h.example/", "x" * length) for name, length in LENGTHS.items()]
    write(context, texts[:2])
    write(context, texts[2:], unit=1)
    measure.run(context)
    classify.run(context, context.recipe.classify_steps()[0])
    curate.run(context)
    other = (
        context.warehouse.read(SCORES)
        .where("doc_id = 'b'")
        .selectExpr(
            *(
                name if name not in ("attempt", "score") else {"attempt": "9 AS attempt", "score": "1e9 AS score"}[name]
                for name in SCORES.schema.names
            )
        )
    )
    context.warehouse.append(spark.createDataFrame(other.collect(), SCORES.schema), SCORES)
    return context.warehouse


def by(*labels, **more):
    names = ("domain", "model", "min_score")
    return Domains.model_validate(
        {"by": "scores", "scores": [dict(zip(names, one, strict=True)) for one in labels]} | more
    )


def domains_of(warehouse, rule):
    division = divided(warehouse, rows(warehouse)[0], rule)
    found = {row["doc_id"]: row["domain"] for row in division.documents().collect()}
    texts = [row for place in division.units() for row in division.texts_of(division.documents(), place).collect()]
    assert {row["doc_id"]: row["domain"] for row in texts} == found
    assert {row["doc_id"]: len(row["text"]) for row in texts} == LENGTHS
    return found


def test_the_greatest_score_names_the_domain(warehouse):
    rule = by(("long", "topics.length", 41.0), ("short", "topics.shortness", -50.0), default="neither")
    # A text without a score, since it is empty, is of no domain by it.
    assert domains_of(warehouse, rule) == {"a": "short", "b": "short", "c": "long", "d": "long", "e": "neither"}


def test_one_model_may_part_documents_by_bands(warehouse):
    rule = by(("longest", "topics.length", 99.0), ("long", "topics.length", 40.0), default="rest")
    assert domains_of(warehouse, rule) == {"a": "rest", "b": "long", "c": "long", "d": "longest", "e": "rest"}


def test_other_models_make_another_rule_and_what_is_no_label_is_refused(warehouse):
    one, two = (by(("x", f"topics.{model}", 0.0), default="y") for model in ("length", "shortness"))
    row = rows(warehouse)[0]
    assert divided(warehouse, row, one).domains_id != divided(warehouse, row, two).domains_id
    with pytest.raises(RecipeError, match=r"given 'topics.gone'; allowed: topics.length, topics.shortness"):
        divided(warehouse, row, by(("x", "topics.gone", 0.0)))
    recipe = json.loads(row["recipe_checked"])
    recipe["steps"][1]["models"]["length"] = {"kind": "kenlm", "path": "m", "sha256": "0" * 64}
    with pytest.raises(RecipeError, match="whose scores are perplexities"):
        divided(warehouse, row | {"recipe_checked": json.dumps(recipe)}, one)
