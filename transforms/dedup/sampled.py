"""Samples of a search for near copies, and what is true of them: drawn by hash, whatever partitions rows are in."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from schemas.searches import TRUE_PAIRS
from transforms.columns import Texts
from transforms.dedup.signing import Signing
from transforms.text.overlaps import overlaps, sets_of
from transforms.text.shingles import Hashes
from transforms.text.unicode import Longs
from transforms.workers import map_batches

Transform = Callable[[DataFrame], DataFrame]


class SampledSets(NamedTuple):
    """Documents and their sets of hashed shingles."""

    ids: list[str]
    hashes: Hashes
    offsets: Longs
    """The set of ``ids[i]`` is ``hashes[offsets[i]:offsets[i + 1]]``."""

    @classmethod
    def of(cls, sets: Iterable[tuple[str, list[int]]]) -> "SampledSets":
        """Take rows of ``COMPARED``."""
        told = dict(sets)
        offsets = np.cumsum([0, *map(len, told.values())], dtype=np.int64)
        values = np.concatenate([np.empty(0, np.int64), *(np.array(one, np.int64) for one in told.values())])
        return cls(list(told), values.view(np.uint64), offsets)


def drawn(n: int, seed: int, *names: str) -> Transform:
    """Draw rows at random, each set of so many with the same chance: those of the smallest hash of seed and columns.

    Args:
        n: How many; all where there are fewer.
        seed: Of the hash.
        names: Columns of strings that no two rows have alike.
    """

    def step(rows: DataFrame) -> DataFrame:
        hashed = F.xxhash64(F.lit(str(seed)), *names)
        return rows.orderBy(hashed, *names).limit(n)

    return step


def pairs_around(least: float, width: float, n: int, seed: int) -> Transform:
    """Draw pairs from both sides of a threshold.

    Args:
        least: Least similarity of near copies.
        width: How far from it a pair may lie.
        n: At most so many from each side.
        seed: Of ``drawn``.

    Returns:
        a, b, similarity, is_near; of a frame with the first three, each pair once.
    """

    def step(pairs: DataFrame) -> DataFrame:
        is_near = F.col("similarity") >= least
        close = pairs.where(F.abs(F.col("similarity") - least) <= width).withColumn("is_near", is_near)
        draw = drawn(n, seed, "a", "b")
        rows = close.where("is_near").transform(draw).unionByName(close.where("NOT is_near").transform(draw))
        return rows.select("a", "b", "similarity", "is_near")

    return step


def true_pairs(signing: Signing, sample: SampledSets, least: float) -> Transform:
    """Hold every text against every sampled set: no bands, no buckets, nothing is shuffled.

    Args:
        signing: What a shingle is.
        sample: It goes to the workers with their tasks: 8 bytes a shingle, half a megabyte for 200 pages of 300 words.
        least: Least Jaccard similarity of a near pair.

    Returns:
        ``TRUE_PAIRS``, of frames with doc_id and text: every other document that is near to a sampled one. A pair of
        two sampled ones is told from both ends.
    """

    def step(documents: DataFrame) -> DataFrame:
        return map_batches(documents.select("doc_id", "text"), _each, TRUE_PAIRS)

    def _each(stream: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        sets, ids = sets_of(sample.hashes, sample.offsets), pa.array(sample.ids, pa.string())
        for batch in stream:
            texts = Texts.of(batch.column("text"))
            found = overlaps(texts.data, texts.offsets, signing.shingling, sets, least)
            a, b = ids.take(pa.array(found.sets)), batch.column("doc_id").take(pa.array(found.texts))
            yield pa.RecordBatch.from_arrays([a, b], ["a", "b"]).filter(pc.not_equal(a, b))

    return step


def found_counts(clusters: DataFrame) -> Transform:
    """Count, for each sampled document, its true pairs and those of them that one cluster holds.

    Args:
        clusters: ``id`` and ``component``, as ``components`` gives them.

    Returns:
        a, n_true, n_found; of ``true_pairs``, no row where there is none.
    """

    def step(pairs: DataFrame) -> DataFrame:
        of_a, of_b = clusters.toDF("a", "of_a"), clusters.toDF("b", "of_b")
        joined = pairs.join(of_a, on="a", how="left").join(of_b, on="b", how="left")
        n_found = F.count(F.when(F.col("of_a") == F.col("of_b"), True))
        return joined.groupBy("a").agg(F.count("*").alias("n_true"), n_found.alias("n_found"))

    return step
