"""How alike two sets or two signatures are."""

import pytest

from transforms.dedup.verified import agreement, at_least, jaccard, with_similarity

pytestmark = pytest.mark.spark

VALUES = {"a": [1, 2, 3, 4], "b": [2, 3, 4, 5], "c": [9], "d": [4, 3, 2, 1], "e": [], "f": []}
PAIRS = [("a", "b"), ("a", "c"), ("a", "d"), ("e", "f"), ("a", "e"), ("b", "a")]


@pytest.fixture(scope="module")
def values(spark):
    return spark.createDataFrame(list(VALUES.items()), "doc_id string, values array<long>")


@pytest.fixture(scope="module")
def pairs(spark):
    return spark.createDataFrame(PAIRS, "a string, b string")


def told(frame):
    return {(row["a"], row["b"]): row["similarity"] for row in frame.collect()}


def test_sets_are_compared_by_jaccard_and_two_empty_ones_not_at_all(values, pairs):
    assert told(pairs.transform(with_similarity(values, jaccard))) == {
        ("a", "b"): 0.6,
        ("a", "c"): 0.0,
        ("a", "d"): 1.0,
        ("e", "f"): None,
        ("a", "e"): 0.0,
        ("b", "a"): 0.6,
    }


def test_signatures_are_compared_place_by_place(values, pairs):
    found = told(pairs.where("b <> 'e' AND b <> 'c'").transform(with_similarity(values, agreement)))
    assert found == {("a", "b"): 0.0, ("a", "d"): 0.0, ("e", "f"): None, ("b", "a"): 0.0}
    same = told(pairs.selectExpr("a", "a AS b").where("a = 'a'").transform(with_similarity(values, agreement)))
    assert same == {("a", "a"): 1.0}


def test_a_pair_at_the_threshold_is_in(values, pairs):
    compared = pairs.transform(with_similarity(values))
    assert set(told(compared.transform(at_least(0.6)))) == {("a", "b"), ("b", "a"), ("a", "d")}
    assert len(told(compared.transform(at_least(None)))) == len(PAIRS)
