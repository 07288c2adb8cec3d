"""Documents of clusters lined up, and held against those before them, block by block."""

import math
import random

import numpy as np
import pytest
from pyspark.sql import functions as F

from tests.transforms.dedup.test_cosine import drawn
from transforms.dedup.centres import clustered
from transforms.dedup.cosine import normalised, similarity
from transforms.dedup.semantic import BLOCK, VECTORS, cosine, near_earlier, placed, unit_vectors

pytestmark = pytest.mark.spark

RANKED = "doc_id string, rank struct<era: int, doc_id: string>, cluster int"


def rows_of(vectors):
    return [(f"d{n:05}", row) for n, row in enumerate(vectors.tolist())]


def test_vectors_without_a_direction_are_left_out(spark):
    rows = [("a", [3.0, 4.0]), ("b", None), ("c", [0.0, 0.0]), ("d", [math.nan, 1.0]), ("e", [None, 1.0]), ("f", [])]
    told = spark.createDataFrame(rows, "doc_id string, values array<double>").transform(unit_vectors).collect()
    assert [(row["doc_id"], row["values"]) for row in told] == [("a", pytest.approx([0.6, 0.8]))]


def test_the_column_and_the_arrays_say_the_same(spark):
    vectors = normalised(drawn(60, 33))
    frame = spark.createDataFrame(rows_of(vectors), VECTORS)
    pairs = frame.crossJoin(frame.toDF("b", "other"))
    told = pairs.select("doc_id", "b", cosine(F.col("values"), F.col("other")).alias("s")).orderBy("doc_id", "b")
    a, b = (np.repeat(np.arange(60), 60), np.tile(np.arange(60), 60))
    assert [row["s"] for row in told.collect()] == similarity(vectors[a], vectors[b]).tolist()


def test_each_finds_the_first_before_it_in_its_cluster_whatever_the_blocks(spark):
    """Three blocks and a single document; of the large cluster a part is of earlier crawls, and looks for nobody."""
    n = 2 * BLOCK + 300
    vectors = normalised(drawn(n, 5))
    eras = [-1] * (BLOCK + 10) + [0] * (n - BLOCK - 10)
    told = [(name, (era, name), 7) for (name, _), era in zip(rows_of(vectors), eras, strict=True)]
    told[-1] = (*told[-1][:2], 8)
    random.Random(1).shuffle(told)
    ranked = spark.createDataFrame(told, RANKED)
    lined_up = placed(ranked.select("doc_id", "cluster"), ranked)
    counts = lined_up.select("n_before", "n_members", "n_old").orderBy("doc_id").collect()
    assert [tuple(row) for row in counts] == [(i, n - 1, BLOCK + 10) for i in range(n - 1)] + [(0, 1, 0)]
    frame = spark.createDataFrame(rows_of(vectors), VECTORS).repartition(3)
    found = {int(row["b"][1:]): int(row["a"][1:]) for row in lined_up.transform(near_earlier(frame, 0.99)).collect()}
    doubles = vectors.astype(np.float64)
    is_near = np.tril(np.round(doubles @ doubles.T, 6) >= 0.99, -1)
    is_near[: BLOCK + 10] = is_near[-1] = False
    assert found == {j: int(is_near[j].argmax()) for j in np.flatnonzero(is_near.any(axis=1)).tolist()}
    assert 100 < len(found) < n - BLOCK - 10


def test_clusters_do_not_depend_on_partitions(spark):
    """The centres are learned from one ordered partition; those of a direction are together."""
    rng = np.random.default_rng(3)
    vectors = normalised(np.repeat(np.eye(4), 25, axis=0) + rng.normal(scale=0.05, size=(100, 4)))
    frame = spark.createDataFrame(rows_of(vectors), VECTORS)

    def told(n_partitions):
        shuffled = frame.orderBy(F.rand(n_partitions)).repartition(n_partitions)
        clusters = shuffled.transform(clustered(shuffled, 4, seed=5)).orderBy("doc_id").collect()
        return [row["cluster"] for row in clusters]

    assert told(1) == told(4)
    assert [len(set(told(1)[at : at + 25])) for at in range(0, 100, 25)] == [1] * 4
    assert len(set(told(1))) == 4
