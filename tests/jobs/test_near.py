"""Near copies: signed once, compared, clustered; one of each cluster stays."""

import itertools
import random
import shutil

import pytest

from jobs import curate, dedup, measure, whatif
from jobs.common.context import open_context
from schemas.errors import RecipeError
from schemas.settings import with_settings
from schemas.signatures import SIGNATURES
from schemas.tables import DECISIONS, DUPLICATES
from tests.jobs.texts import write

pytestmark = pytest.mark.spark

RECIPE = """
name = "r"
crawl = "c"
[[steps]]
name = "quality"
kind = "measure"
families = ["gopher"]
[steps.gopher]
min_words = 0
stop_word_languages = []
max_mean_word_chars = 1000
[[steps]]
name = "near"
kind = "dedup"
method = "near"
survivor = ["longest"]
[steps.near]
size = 3
bands = 60
rows = 2
min_similarity = 0.6
small_bucket = 100
{more}
"""
WORDS = [f"w{n}" for n in range(500)]


def planted():
    """Texts of ten subjects, each written again with more and more other words; and some that are nobody's copies."""
    rng, texts = random.Random(3), {}
    for subject in range(10):
        words = rng.sample(WORDS, 60)
        for copy in range(6):
            told = [rng.choice(WORDS) if rng.random() < 0.015 * copy else word for word in words]
            texts[f"s{subject}-{copy}"] = " ".join(told + ["more"] * copy)
    texts |= {f"same{n}": "  One text,\tword for word  " + " " * n for n in range(7)}
    return texts | {"empty": "", "blank": " \n", "one": "hello", "two": "hello", "three": "HELLO"}


def shingles(text):
    words = text.lower().split()
    return {tuple(words[i : i + 3]) for i in range(max(len(words) - 2, 1))} if words else set()


def jaccard(a, b):
    return len(shingles(a) & shingles(b)) / len(shingles(a) | shingles(b))


def expected(texts, least):
    """Compare all with all: removed document → (survivor, cluster, similarity)."""
    cluster = {name: name for name in texts}
    counted = [name for name, text in texts.items() if len(text.split()) > 1]
    for a, b in itertools.combinations(sorted(counted), 2):
        if jaccard(texts[a], texts[b]) >= least and cluster[a] != cluster[b]:
            low, high = sorted((cluster[a], cluster[b]))
            cluster = {name: low if of == high else of for name, of in cluster.items()}
    told = {}
    for name in counted:
        members = [other for other in counted if cluster[other] == cluster[name]]
        survivor = min(members, key=lambda other: (-len(texts[other]), other))
        if survivor != name:
            told[name] = (survivor, cluster[name], pytest.approx(jaccard(texts[name], texts[survivor])))
    return told


@pytest.fixture
def opened(open_at, tmp_path):
    def opened(more="", warehouse="warehouse", edit=lambda text: text):
        recipe = tmp_path / "near.toml"
        recipe.write_text(edit(RECIPE.format(more=more)))
        return open_at(recipe=recipe, warehouse=tmp_path / warehouse)

    return opened


@pytest.fixture(scope="module")
def measured(spark, tmp_path_factory):
    """A crawl of two units with all texts, measured."""
    folder = tmp_path_factory.mktemp("measured")
    (folder / "near.toml").write_text(RECIPE.format(more=""))
    context = open_context(str(folder / "near.toml"), str(folder / "warehouse"))
    texts = [(name, f"http://{name}.example/", text) for name, text in planted().items()]
    random.Random(1).shuffle(texts)
    write(context, texts[:30])
    write(context, texts[30:], unit=1)
    measure.run(context)
    return folder / "warehouse"


@pytest.fixture
def crawl(opened, measured, tmp_path):
    def crawl(more="", warehouse="warehouse", edit=lambda text: text):
        shutil.copytree(measured, tmp_path / warehouse)
        return opened(more, warehouse, edit)

    return crawl


def removed(context):
    dedup.run(context, context.recipe.dedup_steps()[-1])
    rows = context.warehouse.read(DUPLICATES).collect()
    assert len({row["doc_id"] for row in rows}) == len(rows)
    return {row["doc_id"]: (row["survivor_id"], row["cluster_id"], row["similarity"]) for row in rows}


@pytest.mark.matrix
def test_what_is_removed_is_what_comparing_all_with_all_removes(crawl):
    texts = planted()
    context = crawl()
    found, wanted = removed(context), expected(texts, 0.6)
    assert found == wanted
    assert 40 < len(wanted) < 60
    assert any(found[name][2] < 0.6 for name in found), "joined by way of others"
    assert not {"empty", "blank", "one", "two", "three"} & set(found)

    again = {table.name: context.warehouse.version(table) for table in (DUPLICATES, SIGNATURES)}
    dedup.run(context, context.recipe.dedup_steps()[0])
    assert {table.name: context.warehouse.version(table) for table in (DUPLICATES, SIGNATURES)} == again
    curate.run(context)
    reasons = {row["doc_id"]: row["reasons"] for row in context.warehouse.read(DECISIONS).collect()}
    assert {name for name, why in reasons.items() if why == ["dedup:near"]} == set(wanted)
    with pytest.raises(RecipeError, match=r"steps\.near: method 'near' reads texts"):
        whatif.run(context, with_settings(context.recipe_text, "near.toml", ["gopher.min_words=3"]))


def test_the_result_does_not_depend_on_partitions_or_bounds(crawl, spark):
    first = removed(crawl())
    before = spark.conf.get("spark.sql.shuffle.partitions")
    spark.conf.set("spark.sql.shuffle.partitions", "5")
    try:
        assert removed(crawl(warehouse="other")) == first
    finally:
        spark.conf.set("spark.sql.shuffle.partitions", before)


def test_another_threshold_reads_signatures_that_are_there(crawl, opened):
    loose = removed(crawl())
    context = opened(edit=lambda text: text.replace("min_similarity = 0.6", "min_similarity = 0.9"))
    version = context.warehouse.version(SIGNATURES)
    dedup.run(context, context.recipe.dedup_steps()[0])
    rows = context.warehouse.read(DUPLICATES).groupBy("step_id").count().collect()
    assert context.warehouse.version(SIGNATURES) == version
    assert sorted(row["count"] for row in rows) == sorted((len(loose), len(expected(planted(), 0.9))))


def test_in_large_buckets_only_hubs_are_compared_and_nothing_else_is_removed(crawl):
    found = removed(crawl(edit=lambda text: text.replace("small_bucket = 100", "small_bucket = 2")))
    wanted = expected(planted(), 0.6)
    assert set(found) <= set(wanted)
    assert len(found) > 0.6 * len(wanted)


@pytest.mark.parametrize(
    "more",
    [
        pytest.param('verify = "estimate"', marks=pytest.mark.slow),
        pytest.param('unit = "characters"', marks=pytest.mark.slow),
        'engine = "spark_ml"',
    ],
)
def test_other_ways_find_the_same_copies_nearly(crawl, more):
    edit = (lambda text: text.replace("size = 3", "size = 9")) if "characters" in more else (lambda text: text)
    found, wanted = set(removed(crawl(more, edit=edit))), set(expected(planted(), 0.6))
    assert len(found & wanted) >= 0.9 * len(found | wanted)
    assert not {"empty", "blank", "one", "two", "three"} & found


@pytest.mark.slow
def test_unverified_buckets_are_copies_and_have_no_similarity(crawl):
    found = removed(crawl('verify = "none"'))
    assert set(expected(planted(), 0.6)) <= set(found)
    assert {similarity for name, (_, _, similarity) in found.items() if not name.startswith("same")} == {None}


def test_by_address_the_newest_stays(opened, spark):
    def by_url(text):
        return text[: text.index("[steps.near]")].replace('"near"', '"url"').replace('["longest"]', '["newest"]')

    context = opened(edit=by_url)
    urls = ["https://a.example/x", "http://www.A.example/x/?utm_source=y#top", "http://a.example/x?page=2"]
    write(context, [(f"d{n}", url, f"some text about number {n}") for n, url in enumerate(urls)])
    measure.run(context)
    found = removed(context)
    assert {name: survivor for name, (survivor, _, _) in found.items()} == {"d1": "d0"}
    assert {similarity for _, _, similarity in found.values()} == {None}
