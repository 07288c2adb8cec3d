"""What gates ask of a snapshot, held against brute force over planted texts."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pyspark.sql import functions as F

from jobs import curate, measure
from jobs.common import kept_metrics as kept
from jobs.common.metrics import gate_metrics
from jobs.common.snapshots import decided, row_of
from schemas.recipe import parse_recipe
from schemas.tables import CURATED, DECISIONS
from tests.jobs.planted import jaccard, planted, shingles
from tests.jobs.test_plans import shuffled_texts
from tests.jobs.texts import write
from transforms.dedup.sampled import SampledSets, drawn

pytestmark = pytest.mark.spark

RECIPE = """
name = "r"
crawl = "c"
[[steps]]
name = "quality"
kind = "measure"
families = ["gopher", "pii"]
[steps.gopher]
min_words = 0
stop_word_languages = []
max_mean_word_chars = 1000
"""
NEAR = """
[[steps]]
name = "near"
kind = "dedup"
method = "near"
[steps.near]
size = 3
min_similarity = 0.6
[gates]
max_pii_ratio = 0.5
max_near_duplicate_ratio = 0.5
max_null_ratios = { fetched_at = 0.9, "gopher.n_stop_words" = 0.0 }
[gates.ranges."words.n_words"]
min = 62
[gates.ranges."gopher.n_counted_words"]
min = 3
max = 63
"""
MAILS = {f"mail{n}": " ".join(f"m{n}x{i}" for i in range(40)) + f" write to anna{n}@mail.example.com" for n in range(9)}
LEAST = 0.6


@pytest.fixture(scope="module")
def curated(spark, tmp_path_factory):
    """Planted texts as two units, curated without dedup: near copies stay. Gives context and registry row."""
    from jobs.common.context import open_context

    folder = tmp_path_factory.mktemp("gates")
    (folder / "r.toml").write_text(RECIPE)
    context = open_context(str(folder / "r.toml"), str(folder / "warehouse"))
    texts = [(name, f"http://{name}.example/", text) for name, text in (planted() | MAILS).items()]
    write(context, texts[::2], 0)
    write(context, texts[1::2], 1, datetime(2024, 1, 1, tzinfo=UTC))
    measure.run(context)
    return context, row_of(context.warehouse, curate.run(context))


@pytest.fixture(scope="module")
def texts(curated):
    """The kept documents as the snapshot has them: id → row."""
    context, snapshot = asking(*curated)
    rows = context.warehouse.read(CURATED, context.warehouse.curated_path(snapshot["snapshot_id"])).collect()
    return {row["doc_id"]: row for row in rows}


def asking(context, snapshot):
    """Let the recipe ask for gates, and have a step that says what a near copy is."""
    return replace(context, recipe=parse_recipe(RECIPE + NEAR, "r.toml")), snapshot


def with_copy(texts):
    """Compare all with all: ids that have a near copy."""
    sets = {name: row["text"] for name, row in texts.items() if shingles(row["text"])}
    near = [pair for pair in itertools.combinations(sets, 2) if jaccard(*(sets[one] for one in pair)) >= LEAST]
    return {name for pair in near for name in pair}


def test_kept_documents_are_measured_as_brute_force_does(curated, texts):
    context, snapshot = asking(*curated)
    name = snapshot["snapshot_id"]
    told = kept.kept_metrics(context, decided(context.warehouse, name), name, snapshot["population_id"])
    words = [len(row["text"].split()) for row in texts.values()]
    n = len(texts)
    assert told == {
        "pii_ratio": sum("@" in row["text"] for row in texts.values()) / n,
        "null_ratio.fetched_at": sum(row["fetched_at"] is None for row in texts.values()) / n,
        "null_ratio.gopher.n_stop_words": 0.0,
        "outside_ratio.words.n_words": sum(n_words < 62 for n_words in words) / n,
        "outside_ratio.gopher.n_counted_words": sum(not 3 <= n_words <= 63 for n_words in words) / n,
        "near_duplicate_ratio": len(with_copy(texts)) / n,
    }
    assert all(0 < told[name] < 1 for name in told if name != "null_ratio.gopher.n_stop_words")


def test_a_sample_is_held_against_all_and_no_text_is_shuffled(curated, texts, capsys):
    context, snapshot = asking(*curated)
    rows = context.warehouse.read(CURATED, context.warehouse.curated_path(snapshot["snapshot_id"]))
    rules = context.recipe.dedup_steps()[0].near_rules
    chosen = {row["doc_id"] for row in rows.select("doc_id").transform(drawn(20, rules.seed, "doc_id")).collect()}
    assert kept.near_duplicate_ratio(rows, rules, 20) == len(chosen & with_copy(texts)) / 20
    assert shuffled_texts(capsys, kept.with_copies(rows, rules, SampledSets.of([("a", [1])]))) == []


def test_planted_repeats_of_an_id_are_counted(curated):
    context, snapshot = curated
    of_0 = decided(context.warehouse, snapshot["snapshot_id"]).where("unit = 0").orderBy("doc_id").limit(2)
    first, second = (one["doc_id"] for one in of_0.collect())
    twice = of_0.where(F.col("doc_id") == first)
    elsewhere = of_0.where(F.col("doc_id") == second).withColumn("unit", F.lit(1))
    context.warehouse.append(twice.unionByName(elsewhere), DECISIONS)
    told = gate_metrics(context, snapshot)
    assert (told["n_repeated_in_units"], told["n_repeated_across_units"]) == (1, 1)
    assert (told["n_unaccounted_documents"], told["n_decided"]) == (2, snapshot["n_documents"] + 2)
    assert (told["n_null_language"], told["null_language_ratio"]) == (told["n_decided"], 1)
