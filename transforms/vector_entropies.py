"""Texts → vectors, by any embedding → the von Neumann entropy of each domain."""

from collections.abc import Callable, Iterable, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame

from transforms.columns import Texts
from transforms.von_neumann import Floats, von_neumann
from transforms.workers import map_batches

Transform = Callable[[DataFrame], DataFrame]
Embed = Callable[[Texts], Floats]
"""Gives each text of a batch a vector, ``[n, d]``; one that is all 0 or holds NaN counts as none."""

VECTORS = "domain string, doc_id string, values array<float>"


def with_vectors(load: Callable[[], Embed]) -> Transform:
    """Embed documents.

    Args:
        load: Gives what embeds; called in the worker, and quick from the second call on.

    Returns:
        Rows of ``VECTORS``, of frames with domain, doc_id and text; documents without a vector are left out.
    """

    def embedded(stream: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        embed = load()
        for batch in stream:
            if not batch.num_rows:
                continue
            vectors = embed(Texts.of(batch.column("text"))).astype(np.float32)
            has_one = np.isfinite(vectors).all(axis=1) & vectors.any(axis=1)
            rows = pa.FixedSizeListArray.from_arrays(pa.array(vectors[has_one].ravel()), vectors.shape[1])
            told = batch.select(["domain", "doc_id"]).filter(pa.array(has_one))
            arrays = [*told.columns, rows.cast(pa.list_(pa.float32()))]
            yield pa.RecordBatch.from_arrays(arrays, names=["domain", "doc_id", "values"])

    return lambda texts: map_batches(texts.select("domain", "doc_id", "text"), embedded, VECTORS)


def with_von_neumann(vectors: DataFrame) -> DataFrame:
    """Give domain, n_vectors and vne (nats) of rows of ``VECTORS``: a row for each domain that has one.

    One task holds a domain's vectors: 6 MB for 5,000 of 300 numbers.
    """
    gathered = vectors.repartition("domain").sortWithinPartitions("domain", "doc_id")
    return map_batches(gathered, _entropies, "domain string, n_vectors long, vne double")


def _entropies(stream: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for domain, vectors in _of_domains(stream):
        yield pa.RecordBatch.from_pydict(
            {"domain": [domain], "n_vectors": [len(vectors)], "vne": [von_neumann(vectors)]}
        )


def _of_domains(stream: Iterable[pa.RecordBatch]) -> Iterator[tuple[str, Floats]]:
    """Put together the vectors of each domain, which come sorted."""
    last, parts = "", list[Floats]()
    for batch in stream:
        runs, start = pc.run_end_encode(batch.column("domain")), 0
        for domain, end in zip(runs.values.to_pylist(), runs.run_ends.to_pylist(), strict=True):
            if domain != last and parts:
                yield last, np.concatenate(parts)
                parts = []
            last, rows = domain, batch.column("values").slice(start, end - start)
            parts.append(rows.flatten().to_numpy().reshape(end - start, -1))
            start = end
    if parts:
        yield last, np.concatenate(parts)
