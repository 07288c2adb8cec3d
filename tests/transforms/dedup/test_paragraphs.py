"""Paragraph dedup on frames: as DCLM's binary, as plain Python, whatever the partitions."""

import json
import random

import pytest
from pyspark.sql import functions as F

from tests.conftest import SHARED
from tests.transforms.text.bff import Reference
from transforms.dedup.paragraphs import cut, shard_of
from transforms.dedup.shards import judged
from transforms.dedup.thinned import without
from transforms.text.paragraph_dedup import ParagraphDedup
from transforms.text.paragraph_rules import DedupRules
from transforms.text.seen import make_filter, make_set
from transforms.text.seen_file import read_dedup

pytestmark = pytest.mark.spark

GOLDEN = SHARED / "reference/dclm_golden/bff"
ENGINES = {"bloom": lambda: make_filter(100_000, 1e-9, 10**7), "exact": lambda: make_set(1_000_000)}


def documents(spark, texts, n_partitions):
    rows = [(f"{number:05}", "c", number % 3, 0, text) for number, text in enumerate(texts)]
    return spark.createDataFrame(rows, "doc_id string, crawl string, unit int, attempt int, text string").repartition(
        n_partitions
    )


def thinned(frame, rules, seen, n_shards=1):
    """What is left of each text and its counts, by id; and the shards' rows."""
    told = frame.transform(cut(rules)).transform(judged(lambda _: ParagraphDedup(rules, seen()), n_shards)).persist()
    found = told.where("document IS NOT NULL").select("document.*").drop("crawl", "unit", "attempt")
    left = frame.join(found, "doc_id").withColumn("left", without(F.col("text"), F.col("removed")))
    rows = {row["doc_id"]: (row["left"], tuple(row["parts"])) for row in left.collect()}
    shards = [row["shard"].asDict() for row in told.where("shard IS NOT NULL").collect()]
    told.unpersist()
    return [rows[name] for name in sorted(rows)], sorted(shards, key=lambda row: row["shard"])


@pytest.mark.skipif(not GOLDEN.exists(), reason="what DCLM's bff gave is not beside the project (shared/reference)")
@pytest.mark.parametrize(("min_ngram", "engine"), [(5, "exact"), (13, "bloom")])
@pytest.mark.parametrize("removes", ["old-both", "paragraph", "document"])
def test_one_shard_gives_what_dclms_binary_gives(spark, removes, min_ngram, engine):
    texts = [json.loads(line)["text"] for line in (GOLDEN / "in/a.jsonl").read_text().splitlines()]
    written = (GOLDEN / f"out_{removes}_{min_ngram}_13.jsonl").read_text().splitlines()
    found, _ = thinned(documents(spark, texts, 2), DedupRules(removes, 0.8, min_ngram, 13), ENGINES[engine])
    left = [text for text, (*_, is_emptied) in found if not is_emptied]
    assert len(left) > 100
    assert left == [json.loads(line)["text"] for line in written]


def written(n=120):
    """Texts of few paragraphs, some empty, some of several bytes a character."""
    drawn = random.Random(5)
    pool = [" ".join(drawn.choices(["a", "b", "é", "中", "w", ","], k=drawn.randrange(12))) for _ in range(40)]
    return ["\n".join(drawn.choices(pool, k=drawn.randrange(0, 7))) for _ in range(n)]


@pytest.mark.parametrize(("engine", "n_shards"), [("exact", 1), ("bloom", 3), ("exact", 3)])
def test_each_shard_is_gone_through_in_the_order_of_ids(spark, engine, n_shards):
    rules, texts = DedupRules("old-both", 0.5, 2, 3), written()
    frame = documents(spark, texts, 4)
    found, shards = thinned(frame, rules, ENGINES[engine], n_shards)
    of = dict(frame.select("doc_id", shard_of(n_shards)).collect())
    assert set(of.values()) == set(range(n_shards))
    references = {shard: Reference(rules) for shard in range(n_shards)}
    expected = [references[of[f"{number:05}"]].text(text) for number, text in enumerate(texts)]
    assert found == [(left, (*counts[:4], counts[5] or counts[4] == 0)) for left, counts in expected]
    for row in shards:
        mine = [told for number, told in enumerate(found) if of[f"{number:05}"] == row["shard"]]
        told = [len(mine), sum(parts[4] for _, parts in mine), *(sum(parts[k] for _, parts in mine) for k in range(3))]
        assert [row[name] for name in ("n_documents", "n_emptied", "n_paragraphs", "n_removed", "n_grams")] == told
        assert row["n_new_grams"] == len(references[row["shard"]].known)
        assert (row["false_positive_ratio"] > 0) == (engine == "bloom")


@pytest.mark.parametrize("engine", ["bloom", "exact"])
def test_shards_go_on_from_what_was_kept_of_them(spark, engine):
    """Texts in two goes are as in one, also where a shard has none in one of them; what is kept is the whole of it."""
    rules, texts, n_shards = DedupRules("old-both", 0.5, 2, 3), written(), 3
    frame = documents(spark, texts, 4).withColumn("shard", shard_of(n_shards))

    def begin(kept):
        return read_dedup(kept) if kept else ParagraphDedup(rules, ENGINES[engine]())

    def told(come, known=None):
        judge = judged(begin, n_shards, known, keeps_seen=True)
        rows = come.drop("shard").transform(cut(rules)).transform(judge).persist()
        return [rows.where(f"{name} IS NOT NULL").select(f"{name}.*") for name in ("document", "piece", "shard")]

    parts = (frame.where("doc_id < '00050' AND shard <> 2"), frame.where("doc_id >= '00050' AND shard <> 1"))
    whole, _, shards = told(parts[0].unionByName(parts[1]))
    first, pieces, _ = told(parts[0])
    second, _, last = told(parts[1], pieces.repartition(5))
    names = ("doc_id", "parts", "removed")
    both = sorted(map(str, first.unionByName(second).select(*names).collect()))
    assert both == sorted(map(str, whole.select(*names).collect()))
    n_new = [dict(one.select("shard", "n_new_grams").collect()) for one in (shards, last)]
    assert n_new[0] == n_new[1]
    assert set(n_new[1]) == {0, 1, 2}
    if engine == "bloom":
        assert pieces.count() > 2 * 5


def test_partitions_of_the_input_change_nothing(spark):
    rules = DedupRules("paragraph", 0.5, 1, 2)
    one, other = (thinned(documents(spark, written(), n), rules, ENGINES["exact"], 2) for n in (1, 5))
    for row in (*one[1], *other[1]):
        row.pop("memory_bytes")  # a set is as large as batches make it grow
    assert one == other


def test_what_is_left_is_cut_by_bytes(spark):
    rows = [("aé中b", [(1, 3)]), ("aé中b", [(0, 1), (3, 6)]), ("aé中b", [(0, 7)]), ("", []), ("x", [])]
    frame = spark.createDataFrame(rows, "text string, removed array<struct<start: long, end: long>>")
    told = frame.select(without(F.col("text"), F.col("removed")).alias("left")).collect()
    assert [row["left"] for row in told] == ["a中b", "éb", "", "", "x"]
