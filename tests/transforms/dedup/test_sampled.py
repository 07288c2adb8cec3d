"""Samples drawn by hash, and sampled texts held against all others."""

import itertools
import random

import pytest
from pyspark.sql import functions as F

from tests.transforms.text.shingled import hashes, shingles
from transforms.dedup.sampled import SampledSets, drawn, found_counts, pairs_around, true_pairs
from transforms.dedup.signing import Signing, shingles_of
from transforms.text.lsh_curve import Bands
from transforms.text.shingles import Shingling

pytestmark = pytest.mark.spark

SIGNING = Signing(Shingling("words", 2), Bands(1, 1), 1)
PAIRS = "a string, b string, similarity double"


def ids(frame, *names):
    return sorted(tuple(row[name] for name in names) for row in frame.collect())


class TestDraws:
    def test_they_depend_on_ids_and_seed_alone(self, spark):
        names = spark.range(1000).select(F.lpad("id", 4, "0").alias("doc_id"))
        sample = ids(names.transform(drawn(50, 3, "doc_id")), "doc_id")
        again = names.orderBy(F.desc("doc_id")).repartition(7).transform(drawn(50, 3, "doc_id"))
        assert len(sample) == 50
        assert ids(again, "doc_id") == sample
        # One more is the same ones and another; another seed draws others.
        assert set(sample) < set(ids(names.transform(drawn(51, 3, "doc_id")), "doc_id"))
        assert len(set(sample) & set(ids(names.transform(drawn(50, 4, "doc_id")), "doc_id"))) < 15

    def test_where_there_are_fewer_all_are_drawn_and_a_seed_may_be_large(self, spark):
        names = spark.createDataFrame([("a",), ("b",)], "doc_id string")
        assert ids(names.transform(drawn(9, 2**70, "doc_id")), "doc_id") == [("a",), ("b",)]
        assert ids(names.transform(drawn(0, 1, "doc_id")), "doc_id") == []

    def test_pairs_come_from_both_sides_of_a_threshold(self, spark):
        rows = [(f"{n:03}", f"{n + 1:03}", n / 100) for n in range(101)] + [("x", "y", None)]
        pairs = spark.createDataFrame(rows, PAIRS)
        told = pairs.transform(pairs_around(0.75, 0.1, 5, 1)).collect()
        assert sorted(row["is_near"] for row in told) == [False] * 5 + [True] * 5
        assert all(row["is_near"] == (row["similarity"] >= 0.75) for row in told)
        every = pairs.transform(pairs_around(0.75, 0.1, 50, 1))
        assert [round(100 * s) for (s,) in ids(every, "similarity")] == list(range(65, 86))
        assert {tuple(row) for row in told} <= {tuple(row) for row in every.collect()}


TEXTS = ["", "one", "a b c d", "A  b c D", "a b c d e", "b c d e", "x a b c d e f g", "q r s"]


@pytest.fixture
def documents(spark):
    """Texts that share much, from a few words."""
    rng = random.Random(5)
    texts = TEXTS + [" ".join(rng.choices("abcdef", k=rng.randrange(2, 9))) for _ in range(60)]
    return {f"d{n:02}": text for n, text in enumerate(texts)}


@pytest.mark.parametrize("least", [0.5, 1.0])
def test_true_pairs_are_those_of_comparing_all_with_all(spark, documents, least):
    frame = spark.createDataFrame(list(documents.items()), "doc_id string, text string").repartition(3)
    chosen = sorted(documents)[::2]
    sets = frame.where(F.col("doc_id").isin(chosen)).transform(shingles_of(SIGNING)).collect()
    found = ids(frame.transform(true_pairs(SIGNING, SampledSets.of(sets), least)), "a", "b")
    expected = []
    for a, b in itertools.product(chosen, documents):
        one, other = shingles(documents[a], 2), shingles(documents[b], 2)
        if a != b and one | other and len(one & other) / len(one | other) >= least:
            expected.append((a, b))
    assert found == sorted(expected)
    assert found


def test_sampled_sets_are_those_of_rows_and_no_rows_are_none():
    some = hashes("a b c", 2)
    signed = [h - 2**64 if h >= 2**63 else h for h in some]
    told = SampledSets.of([("x", signed), ("empty", []), ("y", signed[:1])])
    assert told.ids == ["x", "empty", "y"]
    assert told.hashes.tolist() == some + some[:1]
    assert told.offsets.tolist() == [0, 2, 2, 3]
    assert SampledSets.of([]).offsets.tolist() == [0]


def test_a_pair_is_found_where_one_cluster_holds_both(spark):
    pairs = spark.createDataFrame(
        [("a", "b"), ("a", "c"), ("a", "x"), ("c", "a"), ("x", "a"), ("x", "y")], "a string, b string"
    )
    clusters = spark.createDataFrame([("a", "a"), ("c", "a"), ("b", "b"), ("d", "b")], "id string, component string")
    told = pairs.transform(found_counts(clusters)).collect()
    # Who is in no cluster, as x and y are, was not found.
    assert {row["a"]: (row["n_true"], row["n_found"]) for row in told} == {"a": (3, 1), "c": (1, 1), "x": (2, 0)}
