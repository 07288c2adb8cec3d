"""Near copies: signed once, compared, clustered; one of each cluster stays."""

import random
import shutil
from collections import Counter

import pytest

from jobs import curate, dedup, measure, whatif
from jobs.common.context import open_context
from schemas.errors import RecipeError
from schemas.registry import RUNS
from schemas.searches import NEAR_PAIRS, NEAR_SEARCHES
from schemas.settings import with_settings
from schemas.signatures import SIGNATURES
from schemas.tables import DECISIONS, DUPLICATES
from tests.jobs.planted import RECIPE, clusters_of, compared, expected, planted, search_row, truth
from tests.jobs.texts import write

pytestmark = pytest.mark.spark


@pytest.fixture
def opened(open_at, tmp_path):
    def opened(more="", warehouse="warehouse", edit=lambda text: text, sample=0):
        recipe = tmp_path / "near.toml"
        recipe.write_text(edit(RECIPE.format(more=more, sample=sample)))
        return open_at(recipe=recipe, warehouse=tmp_path / warehouse)

    return opened


@pytest.fixture(scope="module")
def measured(spark, tmp_path_factory):
    """A crawl of two units with all texts, measured."""
    folder = tmp_path_factory.mktemp("measured")
    (folder / "near.toml").write_text(RECIPE.format(more="", sample=0))
    context = open_context(str(folder / "near.toml"), str(folder / "warehouse"))
    texts = [(name, f"http://{name}.example/", text) for name, text in planted().items()]
    random.Random(1).shuffle(texts)
    write(context, texts[:30])
    write(context, texts[30:], unit=1)
    measure.run(context)
    return folder / "warehouse"


@pytest.fixture
def crawl(opened, measured, tmp_path):
    def crawl(more="", warehouse="warehouse", **asked):
        shutil.copytree(measured, tmp_path / warehouse)
        return opened(more, warehouse, **asked)

    return crawl


def removed(context):
    dedup.run(context, context.recipe.dedup_steps()[-1])
    rows = context.warehouse.read(DUPLICATES).collect()
    assert len({row["doc_id"] for row in rows}) == len(rows)
    return {row["doc_id"]: (row["survivor_id"], row["cluster_id"], row["similarity"]) for row in rows}


def searched(context):
    """What the only search says of itself, and the pairs that it shows."""
    [row] = context.warehouse.read(NEAR_SEARCHES).drop("crawl", "step_id").collect()
    pairs = context.warehouse.read(NEAR_PAIRS).collect()
    return row.asDict(), {(pair["a"], pair["b"]): (pair["similarity"], pair["is_near"]) for pair in pairs}


@pytest.mark.matrix
def test_what_is_removed_is_what_comparing_all_with_all_removes(crawl):
    texts = planted()
    context = crawl(sample=1000)
    found, wanted = removed(context), expected(texts, 0.6)
    assert found == wanted
    assert 40 < len(wanted) < 60
    assert any(found[name][2] < 0.6 for name in found), "joined by way of others"
    assert not {"empty", "blank", "one", "two", "three"} & set(found)

    told, shown = searched(context)
    assert told == search_row(texts, found, 60, 2, 0.6)
    assert told["recall"] == 1
    around = {pair: s for pair, s in compared(texts, 60, 2).items() if abs(s - 0.6) <= 0.1}
    assert shown == {pair: (pytest.approx(s), s >= 0.6) for pair, s in around.items()}
    assert {is_near for _, is_near in shown.values()} == {True, False}

    again = {table.name: context.warehouse.version(table) for table in (DUPLICATES, SIGNATURES)}
    dedup.run(context, context.recipe.dedup_steps()[0])
    assert {table.name: context.warehouse.version(table) for table in (DUPLICATES, SIGNATURES)} == again
    curate.run(context)
    reasons = {row["doc_id"]: row["reasons"] for row in context.warehouse.read(DECISIONS).collect()}
    assert {name for name, why in reasons.items() if why == ["dedup:near"]} == set(wanted)
    with pytest.raises(RecipeError, match=r"steps\.near: method 'near' reads more than measures"):
        whatif.run(context, with_settings(context.recipe_text, "near.toml", ["gopher.min_words=3"]))


def few_bands(text):
    return text.replace("bands = 60", "bands = 2").replace("rows = 2", "rows = 5")


@pytest.mark.slow
def test_what_few_bands_miss_is_told(crawl):
    context = crawl(edit=few_bands, sample=1000)
    found = removed(context)
    told, _ = searched(context)
    assert told == search_row(planted(), found, 2, 5, 0.6)
    assert 0.1 < told["recall"] < 0.9

    # The search is done anew, as where a run was killed before it said that it had ended.
    context.warehouse.overwrite(context.warehouse.read(RUNS).where("job NOT LIKE 'dedup%'"), RUNS)
    assert removed(context) == found
    assert searched(context)[0] == told


def test_nothing_depends_on_partitions_and_a_sample_tells_how_much_is_missed(crawl, spark):
    context = crawl(edit=few_bands, sample=25)
    found, (told, shown) = removed(context), searched(context)
    before = spark.conf.get("spark.sql.shuffle.partitions")
    spark.conf.set("spark.sql.shuffle.partitions", "5")
    try:
        other = crawl(warehouse="other", edit=few_bands, sample=25)
        assert removed(other) == found
        assert searched(other) == (told, shown)
    finally:
        spark.conf.set("spark.sql.shuffle.partitions", before)
    n_true, n_found = truth(planted(), clusters_of(found), 0.6)
    assert told["n_sampled"] == 25
    assert 0 < told["n_true_pairs"] < n_true
    assert told["recall_low"] < n_found / n_true < told["recall_high"] < 1


def test_another_threshold_reads_signatures_that_are_there(crawl, opened):
    loose = removed(crawl())
    context = opened(edit=lambda text: text.replace("min_similarity = 0.6", "min_similarity = 0.9"))
    version = context.warehouse.version(SIGNATURES)
    dedup.run(context, context.recipe.dedup_steps()[0])
    rows = context.warehouse.read(DUPLICATES).groupBy("step_id").count().collect()
    assert context.warehouse.version(SIGNATURES) == version
    assert sorted(row["count"] for row in rows) == sorted((len(loose), len(expected(planted(), 0.9))))


def test_in_large_buckets_only_hubs_are_compared_and_nothing_else_is_removed(crawl):
    context = crawl(
        "giant_cluster = 5\nmax_hubs = 1", edit=lambda text: text.replace("small_bucket = 100", "small_bucket = 2")
    )
    found, (told, _) = removed(context), searched(context)
    sizes = Counter(cluster for cluster in clusters_of(found).values())
    assert told["n_giant_clusters"] == sum(size > 5 for size in sizes.values()) > 0
    assert told["n_large_buckets"] > 0
    assert told["n_unsettled"] > 0
    assert told["n_near"] <= told["n_compared"] < len(compared(planted(), 60, 2))
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
    context = crawl('verify = "none"', sample=20)
    found, (told, shown) = removed(context), searched(context)
    assert told["n_near"] == told["n_compared"]
    assert (told["min_similarity"], told["n_sampled"], told["recall"], shown) == (None, 0, None, {})
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
