"""Samples of documents by hash: the same whatever partitions they are in."""

import pytest
from pyspark.sql import functions as F

from transforms.sampling import chance, drawn_of_each

pytestmark = pytest.mark.spark


@pytest.fixture(scope="module")
def documents(spark):
    """Two thousand documents: every fifth is of domain b, one of c."""
    number = F.col("id")
    domain = F.when(number == 7, "c").when(number % 5 == 0, "b").otherwise("a")
    return spark.range(2000).select(F.lpad("id", 32, "0").alias("doc_id"), domain.alias("domain"))


def sizes_of(documents):
    return documents.groupBy("domain").agg(F.count("*").alias("n_documents"))


def drawn(documents, n, seed=1):
    found = documents.transform(drawn_of_each(n, seed, sizes_of(documents))).collect()
    assert len({row["doc_id"] for row in found}) == len(found)
    return {(row["domain"], row["doc_id"]) for row in found}


def test_chances_are_even_and_a_smaller_sample_is_part_of_a_larger_one(documents):
    told = documents.select(chance(3).alias("c"), chance(4).alias("d")).collect()
    chances = [row["c"] for row in told]
    assert 0 <= min(chances) < 0.01
    assert 0.99 < max(chances) < 1
    assert abs(sum(one < 0.3 for one in chances) / 2000 - 0.3) < 0.03
    # The seeds are independent of each other.
    assert abs(sum(row["c"] < 0.5 and row["d"] < 0.5 for row in told) / 2000 - 0.25) < 0.04


def test_each_domain_gives_so_many_or_all_that_it_has(documents):
    told = drawn(documents, 50)
    assert {name: sum(domain == name for domain, _ in told) for name in "abc"} == {"a": 50, "b": 50, "c": 1}


def test_a_sample_is_of_the_smallest_chances_and_depends_on_ids_and_seed_alone(documents):
    told = drawn(documents, 50)
    ranked = documents.where("domain = 'b'").orderBy(chance(1)).limit(50).collect()
    assert {row["doc_id"] for row in ranked} == {name for domain, name in told if domain == "b"}
    assert drawn(documents.orderBy(F.desc("doc_id")).repartition(7), 50) == told
    assert told < drawn(documents, 51)
    assert len(told & drawn(documents, 50, seed=2)) < 30
