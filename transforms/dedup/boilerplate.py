"""Lines that stand in many documents of one host: menus, notices, footers. They go from every one of these documents.

CCNet's deduplication by lines (Wenzek and others 2020) and Llama 3's (Dubey and others 2024, section 3.1.1: lines in
more than 6 of 30 million documents) know no hosts, so that what goes depends on what else is in a bucket; what a host
repeats it repeats whatever else was crawled. Lines are hashed where the texts are, and only hashes are counted.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.pandas.types import to_arrow_schema
from pyspark.sql.types import LongType, StructField, StructType

from schemas.signatures import LINES
from schemas.tables import EDITS
from transforms.cleaning import removed_spans
from transforms.columns import Texts
from transforms.text.cuts import Cuts, apply
from transforms.text.line_hashes import Comparing, LineHashes, line_hashes, line_sets, without_lines
from transforms.text.unicode import Longs
from transforms.workers import map_batches

Transform = Callable[[DataFrame], DataFrame]


class LinesRemoved(NamedTuple):
    """What goes from a batch of texts; numbers are ``[n_texts]``."""

    cuts: Cuts
    n_lines: Longs
    """Lines that count (``line_hashes``)."""
    n_removed: Longs
    """Those that go, each as often as it stands there."""


def lines_of(comparing: Comparing) -> Transform:
    """Give each document's lines: rows of ``LINES``, of frames with doc_id (none twice), host and text.

    Documents without a host have no rows.
    """

    def step(documents: DataFrame) -> DataFrame:
        hosted = documents.where("host <> ''").select("doc_id", F.xxhash64("host").alias("host"), "text")
        return map_batches(hosted, _each, LINES)

    def _each(stream: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in stream:
            texts = Texts.of(batch.column("text"))
            hashes, offsets = line_sets(line_hashes(texts.data, texts.offsets, comparing))
            lines = pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), pa.array(hashes))
            columns = [batch.column("doc_id"), batch.column("host"), lines]
            yield pa.RecordBatch.from_arrays(columns, schema=to_arrow_schema(LINES))

    return step


def boilerplate(max_documents: int) -> Transform:
    """Find the lines that stand in more than so many documents of a host.

    Args:
        max_documents: 1 or more.

    Returns:
        host, line, n_documents, of rows of ``LINES``: one aggregation over hashes, which sums up before it shuffles,
        so that a line of a million documents is no more work than others.

    Raises:
        ValueError: ``max_documents`` is less than 1.
    """
    if max_documents < 1:
        raise ValueError(f"max_documents: given {max_documents}; allowed: 1 or more")

    def step(lines: DataFrame) -> DataFrame:
        counted = lines.select("host", F.explode("lines").alias("line")).groupBy("host", "line")
        return counted.agg(F.count("*").alias("n_documents")).where(F.col("n_documents") > max_documents)

    return step


def lines_to_remove(found: DataFrame) -> Transform:
    """Say of each document which of its lines go.

    Args:
        found: As ``boilerplate`` gives it.

    Returns:
        Rows of ``REMOVED_LINES``, of rows of ``LINES``: documents that lose a line or more.
    """

    def step(lines: DataFrame) -> DataFrame:
        rows = lines.select("doc_id", "host", F.explode("lines").alias("line"))
        gone = rows.join(found.select("host", "line"), on=["host", "line"], how="left_semi")
        return gone.groupBy("doc_id").agg(F.sort_array(F.collect_list("line")).alias("lines"))

    return step


def without_boilerplate(comparing: Comparing, removed: DataFrame) -> Transform:
    """Cut lines from documents.

    Args:
        comparing: As it was given to ``lines_of``.
        removed: Rows of ``REMOVED_LINES``. They are broadcast: those of one unit of work, not of a whole crawl.

    Returns:
        Of frames with doc_id and text, the documents in ``removed``: all columns, ``text`` being what is left, and
        ``removed`` (as in ``edits``), ``n_lines``, ``n_removed``.
    """
    told = [EDITS.schema["removed"], *(StructField(name, LongType()) for name in ("n_lines", "n_removed"))]

    def step(documents: DataFrame) -> DataFrame:
        schema = StructType([*documents.schema, *told])
        gone = F.broadcast(removed.select("doc_id", F.col("lines").alias("_lines")))
        joined = documents.join(gone, on="doc_id", how="inner").select(*documents.columns, "_lines")
        return map_batches(joined, partial(_cut, comparing, to_arrow_schema(schema)), schema)

    return step


def lines_removed(texts: Texts, removed: pa.ListArray, comparing: Comparing) -> LinesRemoved:
    """Cut lines from a batch of texts.

    Args:
        texts: The batch.
        removed: Of each text, hashes of the lines that go, ascending; none is null.
        comparing: As it was given to ``lines_of``.
    """
    lines = line_hashes(texts.data, texts.offsets, comparing)
    gone = LineHashes(removed.values.to_numpy(), removed.offsets.to_numpy().astype(np.int64))
    cuts, n_removed = without_lines(texts.data, texts.offsets, lines, gone)
    counts = np.concatenate(([0], np.cumsum(lines.hashes != 0)))
    return LinesRemoved(cuts, np.diff(counts[lines.offsets]), n_removed)


def _cut(comparing: Comparing, schema: pa.Schema, stream: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for batch in stream:
        texts = Texts.of(batch.column("text"))
        found = lines_removed(texts, batch.column("_lines"), comparing)
        left = Texts(*apply(texts.data, texts.offsets, found.cuts))
        spans = removed_spans(texts, found.cuts, np.arange(batch.num_rows))
        told = {"text": left.column, "removed": spans, "n_lines": found.n_lines, "n_removed": found.n_removed}
        columns = {**{name: batch.column(name) for name in batch.schema.names}, **told}
        arrays = [pa.array(columns[field.name]).cast(field.type) for field in schema]
        yield pa.RecordBatch.from_arrays(arrays, schema=schema)
