"""Texts → measures, as Arrow batches: the one place where texts cross from the JVM to Python."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql.pandas.types import to_arrow_schema

from schemas.measures import FingerprintMeasures, GopherMeasures, LanguageMeasures, WordMeasures
from schemas.tables import MEASURES, UNIT_KEY
from transforms.text import gopher
from transforms.text.fingerprints import exact_hash, text_sha256
from transforms.text.language import Predictor, identify
from transforms.workers import map_batches

ModelLoader = Callable[[], Predictor]
"""Gives the language model; called in the worker, and quick from the second call on."""


def measured(step_id: str, normaliser: str, load_model: ModelLoader) -> Callable[[DataFrame], DataFrame]:
    """Measure every text once: ``documents`` rows in, ``measures`` rows out."""
    schema = to_arrow_schema(MEASURES.schema)

    def batches(stream: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        model = load_model()
        for batch in stream:
            yield _measure(batch, model, normaliser, step_id).cast(schema)

    def step(df: DataFrame) -> DataFrame:
        return map_batches(df.select("doc_id", *UNIT_KEY, "text"), batches, MEASURES.schema)

    return step


def _measure(batch: pa.RecordBatch, model: Predictor, normaliser: str, step_id: str) -> pa.RecordBatch:
    text = batch.column("text")
    texts = text.to_pylist()
    numbers = gopher.measure(*buffers(text))._asdict()
    columns: dict[str, Any] = {name: batch.column(name) for name in ("doc_id", *UNIT_KEY)}
    columns["step_id"] = pa.array([step_id] * len(texts))
    columns["language"] = _struct(LanguageMeasures, identify(texts, model)._asdict())
    columns["words"] = _struct(WordMeasures, numbers)
    columns["gopher"] = _struct(GopherMeasures, numbers)
    prints = {
        "text_sha256": [text_sha256(t) for t in texts],
        "exact_hash": [exact_hash(t, normaliser) for t in texts],
    }
    columns["fingerprint"] = _struct(FingerprintMeasures, prints)
    return pa.RecordBatch.from_pydict(columns)


def buffers(text: pa.Array) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Give a string array's UTF-8 bytes and 64-bit offsets, without copying the bytes.

    Raises:
        ValueError: a text is null; ``documents.text`` never is.
    """
    if text.null_count:
        raise ValueError("a text is null")
    large = text.cast(pa.large_string())
    _, offsets, data = large.buffers()
    starts = np.frombuffer(offsets, np.int64)[large.offset : large.offset + len(large) + 1]
    return np.frombuffer(data or b"", np.uint8), starts


def _struct(family: Any, values: dict[str, Any]) -> pa.Array:
    names = list(family._fields)
    return pa.StructArray.from_arrays([pa.array(values[name]) for name in names], names=names)
