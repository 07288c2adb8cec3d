"""Embeddings → clusters by k-means → for each document the first one in its cluster that means the same.

As SemDeDup (Abbas and others 2023) does it: a document goes if one before it, in the order of survivors, is near to it.
A cluster of a million documents is no one task's work: it is cut into blocks, and each pair of blocks is held against
each other for itself.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType, FloatType, StructType

from schemas.tables import columns
from transforms.dedup.cosine import DECIMALS, Doubles, nearest_earlier, normalised
from transforms.workers import map_batches

Transform = Callable[[DataFrame], DataFrame]

BLOCK = 1024
"""Documents of a block."""
_PAIR = ("cluster", "earlier", "later")

VECTORS = StructType(columns("doc_id string, values floats", floats=ArrayType(FloatType(), containsNull=False)))
"""A document and its vector of length 1."""
NEAR_TO = StructType(columns("a string, b string, n_before long"))
"""A document ``b``, an earlier one ``a`` that it is near to, and how many are before that in the cluster."""


def unit_vectors(frame: DataFrame) -> DataFrame:
    """Make vectors as long as 1.

    Args:
        frame: doc_id, values (array of numbers, all of one length; may be null).

    Returns:
        Rows of ``VECTORS``: those without a null, NaN or infinity that are not all zeros.
    """
    whole = frame.where("values IS NOT NULL AND size(values) > 0 AND NOT exists(values, x -> x IS NULL)")
    return map_batches(whole.select("doc_id", F.col("values").cast("array<double>")), _unit, VECTORS)


def _unit(stream: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for batch in stream:
        if batch.num_rows:
            told = normalised(_matrix(batch.column("values")))
            has_one = ~np.isnan(told[:, 0])
            rows = pa.FixedSizeListArray.from_arrays(pa.array(told[has_one].ravel()), told.shape[1])
            ids = batch.column("doc_id").filter(pa.array(has_one))
            yield pa.RecordBatch.from_arrays([ids, rows.cast(pa.list_(pa.float32()))], names=VECTORS.names)


def placed(clustered: DataFrame, ranked: DataFrame) -> DataFrame:
    """Line the documents of each cluster up, those that stay before others first.

    Args:
        clustered: doc_id, cluster (int).
        ranked: doc_id, rank (``survivors.rank``).

    Returns:
        doc_id, cluster, n_before, n_members, n_old: how many are before it, in its cluster, and of earlier eras there.
    """
    of_cluster = Window.partitionBy("cluster")
    joined = clustered.join(ranked.select("doc_id", "rank"), on="doc_id", how="inner")
    told = {
        "n_before": F.row_number().over(of_cluster.orderBy("rank")).cast("long") - 1,
        "n_members": F.count("*").over(of_cluster),
        "n_old": F.count(F.when(F.col("rank.era") < 0, True)).over(of_cluster),
    }
    return joined.withColumns(told).drop("rank")


def near_earlier(vectors: DataFrame, least: float) -> Transform:
    """Find what documents are near to.

    Args:
        vectors: Rows of ``VECTORS``.
        least: Smallest cosine of two near ones.

    Returns:
        a, b: each document of era 0 that is near to one before it in its cluster, and the first such one; of a frame as
        ``placed`` gives it, each of whose documents has a vector.
    """

    def step(lined_up: DataFrame) -> DataFrame:
        pairs = lined_up.withColumn("pair", F.explode(_pairs_of_blocks())).where(f"(pair.later + 1) * {BLOCK} > n_old")
        named = pairs.select("doc_id", "cluster", "n_before", "n_old", "pair.*")
        held = named.join(vectors, on="doc_id", how="inner").repartition(*_PAIR)
        found = map_batches(held.sortWithinPartitions(*_PAIR, "n_before"), _found, NEAR_TO)
        first = found.groupBy("b").agg(F.min_by("a", "n_before").alias("a"))
        return first.select("a", "b")

    def _found(stream: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for group in _groups(stream):
            yield _near_of(group, least)

    return step


def cosine(a: Column, b: Column) -> Column:
    """Give the similarity of two vectors of length 1, as ``cosine.similarity`` does."""
    products = F.zip_with(a.cast("array<double>"), b.cast("array<double>"), lambda x, y: x * y)
    return F.round(F.aggregate(products, F.lit(0.0), lambda total, one: total + one), DECIMALS)


def _pairs_of_blocks() -> Column:
    """Give the pairs of blocks that a document takes part in: its own with each before it, with itself, each behind."""
    own = F.floor(F.col("n_before") / BLOCK).cast("int")
    last = F.floor((F.col("n_members") - 1) / BLOCK).cast("int")
    before = F.transform(F.sequence(F.lit(0), own), lambda i: F.struct(i.alias("earlier"), own.alias("later")))
    behind = F.transform(F.sequence(own, last), lambda i: F.struct(own.alias("earlier"), i.alias("later")))
    return F.concat(before, F.slice(behind, 2, F.size(behind)))


class _Group(NamedTuple):
    """The documents of a pair of blocks, in order."""

    pair: tuple[int, ...]
    rows: pa.Table


def _groups(stream: Iterable[pa.RecordBatch]) -> Iterator[_Group]:
    """Put together the rows of each pair of blocks, which come sorted."""
    pair: tuple[int, ...] = ()
    parts: list[pa.RecordBatch] = []
    for batch in stream:
        keys = np.stack([batch.column(name).to_numpy() for name in _PAIR])
        bounds = [0, *(np.flatnonzero(np.diff(keys).any(axis=0)) + 1).tolist(), batch.num_rows]
        for start, end in pairwise(bounds):
            if start == end:
                continue
            if parts and pair != tuple(keys[:, start]):
                yield _Group(pair, pa.Table.from_batches(parts))
                parts = []
            pair = tuple(keys[:, start])
            parts.append(batch.slice(start, end - start))
    if parts:
        yield _Group(pair, pa.Table.from_batches(parts))


def _near_of(group: _Group, least: float) -> pa.RecordBatch:
    """Hold one block against another, or itself; gives rows of ``NEAR_TO``."""
    rows = group.rows.combine_chunks().to_batches()[0]
    n_before, vectors = rows.column("n_before").to_numpy(), _matrix(rows.column("values")).astype(np.float32)
    block = n_before // BLOCK
    earlier, later = np.flatnonzero(block == group.pair[1]), np.flatnonzero(block == group.pair[2])
    asked = later[n_before[later] >= rows.column("n_old")[0].as_py()]  # the others stay
    begin = len(later) - len(asked) if group.pair[1] == group.pair[2] else None
    found = nearest_earlier(vectors[asked], vectors[earlier], least, begin)
    a, b = earlier[found.earlier], asked[found.later]
    ids = rows.column("doc_id")
    arrays = [ids.take(pa.array(a)), ids.take(pa.array(b)), pa.array(n_before[a])]
    return pa.RecordBatch.from_arrays(arrays, names=NEAR_TO.names)


def _matrix(lists: pa.ListArray) -> Doubles:
    """Give lists of one length as a matrix."""
    numbers: Doubles = lists.flatten().to_numpy().astype(np.float64)
    return numbers.reshape(len(lists), -1)
