"""Documents that mean the same, by embeddings that the user has made: one of each stays."""

import random
import shutil

import numpy as np
import pytest

from jobs import curate, dedup, explain, measure, whatif
from jobs.common.context import open_context
from jobs.common.dedup_report import dedup_steps
from jobs.common.earlier import population_of
from jobs.common.snapshots import rows
from schemas.errors import RecipeError
from schemas.recipe import parse_recipe
from schemas.searches import SEMANTIC_SEARCHES
from schemas.settings import with_settings
from schemas.tables import DECISIONS, DUPLICATES
from tests.jobs.test_report import deduped_html
from tests.jobs.texts import write
from transforms.dedup.cosine import normalised, similarity
from transforms.lineage import dedup_id

pytestmark = pytest.mark.spark

RECIPE = """
name = "r"
crawl = "c"
[[steps]]
name = "first"
kind = "measure"
families = []
[[steps]]
name = "same"
kind = "dedup"
method = "semantic"
[steps.semantic]
embeddings = "vectors"
version = "made-up-1"
min_similarity = 0.98
clusters = 3
"""
N_DIMS = 8


def texts():
    """Eighty texts of different lengths; one word is nobody's copy, whatever its vector is."""
    told = [(f"{n:02}", f"http://h.example/{n}", " ".join(f"w{n}x{i}" for i in range(2 + n % 7))) for n in range(80)]
    return [*told, ("80", "http://h.example/80", "word")]


def vectors():
    """Five directions, with noise; the last ones have none, and 99 is of no document."""
    rng = np.random.default_rng(2)
    centres = rng.normal(size=(5, N_DIMS))
    told = centres[rng.integers(5, size=81)] + rng.normal(scale=0.12, size=(81, N_DIMS))
    rows_ = [(f"{n:02}", row) for n, row in enumerate(told.tolist())]
    rows_[3], rows_[4] = ("03", [0.0] * N_DIMS), ("04", None)
    del rows_[5]
    return [*rows_, ("99", [1.0] * N_DIMS)]


def put(spark, folder, rows_, schema="doc_id string, embedding array<float>", n_partitions=2):
    spark.createDataFrame(rows_, schema).repartition(n_partitions).write.mode("overwrite").parquet(str(folder))


def opened_in(folder, old="", new="", warehouse="wh"):
    assert old in RECIPE
    (folder / "r.toml").write_text(RECIPE.replace(old, new) if old else RECIPE)
    return open_context(str(folder / "r.toml"), str(folder / warehouse))


@pytest.fixture(scope="module")
def measured(spark, tmp_path_factory):
    folder = tmp_path_factory.mktemp("semantic")
    put(spark, folder / "vectors", vectors())
    context = opened_in(folder)
    shuffled = texts()
    random.Random(3).shuffle(shuffled)
    write(context, shuffled[:50])
    write(context, shuffled[50:], unit=1)
    measure.run(context)
    return folder


@pytest.fixture(scope="module")
def scene(measured, tmp_path_factory):
    """All jobs done."""
    folder = copy(measured, tmp_path_factory.mktemp("scene"))
    context = opened_in(folder)
    dedup.run(context, context.recipe.dedup_steps()[0])
    curate.run(context)
    return context


@pytest.fixture
def copied(measured, tmp_path):
    """A warehouse that is measured, and the folder that it is in."""
    return copy(measured, tmp_path)


def copy(measured, folder):
    for name in ("wh", "vectors"):
        shutil.copytree(measured / name, folder / name)
    return folder


def found(context):
    step_id = dedup_id(context.recipe, context.recipe.dedup_steps()[0], population_of(context))
    mine = context.warehouse.read(DUPLICATES).where(f"step_id = '{step_id}'")
    return {row["doc_id"]: (row["survivor_id"], row["similarity"]) for row in mine.collect()}


def expected(clusters):
    """As SemDeDup does it, one by one: who is near to one before it in its cluster goes; links lead to who stays."""
    lengths = {name: len(text) for name, _, text in texts()}
    given = {name: row for name, row in vectors() if row and any(row) and name not in ("80", "99")}
    units = {name: normalised(np.array([row], np.float32).astype(np.float64)) for name, row in given.items()}
    before, told = [], {}
    for name in sorted(units, key=lambda one: (-lengths[one], one)):
        near = [
            one for one in before if clusters[one] == clusters[name] and similarity(units[one], units[name])[0] >= 0.98
        ]
        told[name] = told[near[0]] if near else name
        before.append(name)
    return {name: (root, float(similarity(units[root], units[name])[0])) for name, root in told.items() if root != name}


@pytest.mark.matrix
def test_what_goes_is_what_plain_python_takes_out(scene):
    removed = found(scene)
    # Directions are far apart, so that clusters do not cut them: one cluster finds the same.
    assert removed == expected(dict.fromkeys([name for name, _ in vectors()], 0))
    assert 40 < len(removed) < 76
    decided = {row["doc_id"]: row["reasons"] for row in scene.live(DECISIONS).collect()}
    assert {name for name, reasons in decided.items() if "dedup:semantic" in reasons} == set(removed)
    [row] = scene.warehouse.read(SEMANTIC_SEARCHES).drop("crawl", "step_id", "largest_cluster").collect()
    assert row.asDict() == {
        "n_documents": 80, "n_without": 1, "n_unusable": 2, "n_clusters": 3, "n_removed": len(removed),
    }  # fmt: skip


def test_nothing_depends_on_partitions(scene, copied, spark):
    put(spark, copied / "vectors", sorted(vectors(), reverse=True), n_partitions=5)
    before = spark.conf.get("spark.sql.shuffle.partitions")
    spark.conf.set("spark.sql.shuffle.partitions", "5")
    try:
        context = opened_in(copied)
        dedup.run(context, context.recipe.dedup_steps()[0])
    finally:
        spark.conf.set("spark.sql.shuffle.partitions", before)
    assert found(context) == found(scene)


def test_done_once_and_anew_for_another_version(scene, copied):
    first = opened_in(copied)
    dedup.run(first, first.recipe.dedup_steps()[0])
    n = first.warehouse.version(DUPLICATES)
    (copied / "vectors").rename(copied / "moved")  # where they lie is no part of what they are
    moved = opened_in(copied, '"vectors"', '"moved"')
    dedup.run(moved, moved.recipe.dedup_steps()[0])
    assert moved.warehouse.version(DUPLICATES) == n
    other = opened_in(copied, '"vectors"\nversion = "made-up-1"', '"moved"\nversion = "made-up-2"')
    assert not found(other)
    dedup.run(other, other.recipe.dedup_steps()[0])
    assert found(other) == found(scene)


def test_explain_and_the_report_tell_of_it(scene, capsys):
    gone = min(found(scene))
    survivor, likeness = found(scene)[gone]
    told = explain.run(scene, gone)
    [document] = told["documents"]
    assert (document["copy_of"]["survivor"]["doc_id"], document["copy_of"]["similarity"]) == (survivor, likeness)
    explain.show(told)
    assert f"(the same meaning): a copy of http://h.example/{int(survivor)} ({survivor})" in capsys.readouterr().out
    html = deduped_html(dedup_steps(scene, rows(scene.warehouse)[-1]))
    assert "Embeddings (made-up-1) of cosine 0.98 or more mean the same; 80 documents came, in 3 clusters" in html
    assert "1 have no embedding and 2 one without a direction" in html
    with pytest.raises(RecipeError, match=r"steps\.same: method 'semantic' reads more than measures"):
        whatif.run(scene, with_settings(scene.recipe_text, "r.toml", ["same.semantic.min_similarity=0.9"]))


@pytest.mark.parametrize(
    ("given", "schema", "told"),
    [
        ([("01", [1.0])], "doc_id string, vector array<float>", "has no column 'embedding'; it has: doc_id, vector"),
        ([(1, [1.0])], "doc_id int, embedding array<float>", "column 'doc_id' is int; allowed: a string"),
        (
            [("01", "x")],
            "doc_id string, embedding string",
            "column 'embedding' is string; allowed: an array of numbers",
        ),
        ([("x", [1.0])], None, r"has none of the 80 documents that come to the step; are its doc_ids those of this"),
        ([("01", [1.0]), ("01", [2.0])], None, "doc_id '01' stands there 2 times; allowed: once"),
        ([("01", [1.0]), ("02", [2.0, 3.0])], None, "its vectors have 1 to 2 numbers; allowed: all have as many"),
    ],
)
def test_embeddings_that_cannot_be_used_are_one_line(copied, spark, given, schema, told):
    put(spark, copied / "vectors", given, schema or "doc_id string, embedding array<float>")
    context = opened_in(copied)
    with pytest.raises(RecipeError, match=told) as raised:
        dedup.run(context, context.recipe.dedup_steps()[0])
    assert str(raised.value).startswith("steps.same.semantic.embeddings: ")
    assert not context.warehouse.has(DUPLICATES) or not found(context)


def test_a_table_that_is_not_there_is_told_before_spark_starts(copied):
    with pytest.raises(RecipeError, match=r"r.toml: no such table 'elsewhere'; looked for .*elsewhere"):
        opened_in(copied, '"vectors"', '"elsewhere"')


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('method = "semantic"', 'method = "near"', "semantic: given with method 'near'; allowed: 'semantic'"),
        (RECIPE[RECIPE.index("[steps.semantic]") :], "", r"needs a section \[steps.semantic\] that says where"),
        ('version = "made-up-1"\n', "", "version"),
    ],
)
def test_recipes_that_make_no_sense_say_why(old, new, told):
    assert old in RECIPE
    with pytest.raises(RecipeError, match=told):
        parse_recipe(RECIPE.replace(old, new), "r.toml")
