"""Texts → how many tokens they are."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyspark.sql import DataFrame

from transforms.workers import map_batches

Count = Callable[[Sequence[str]], Sequence[int]]
"""Gives the number of tokens of each text, no special ones added."""


class Encoded(NamedTuple):
    """Texts as tokens, no special ones added."""

    ids: npt.NDArray[np.int32]
    """Of all texts, one text after another."""
    offsets: npt.NDArray[np.int64]
    """Text ``i`` is ``ids[offsets[i]:offsets[i + 1]]``."""


Encode = Callable[[Sequence[str]], Encoded]

_COUNTED = pa.schema([pa.field("doc_id", pa.string(), False), pa.field("n_tokens", pa.int64(), False)])


def token_counts(load: Callable[[], Count]) -> Callable[[DataFrame], DataFrame]:
    """Turn frames with doc_id and text into doc_id and n_tokens.

    Args:
        load: Gives what counts; called in the worker, and quick from the second call on.
    """

    def counted(stream: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        count = load()
        for batch in stream:
            n = count(batch.column("text").to_pylist())
            yield pa.RecordBatch.from_arrays([batch.column("doc_id"), pa.array(n, pa.int64())], schema=_COUNTED)

    return lambda texts: map_batches(texts.select("doc_id", "text"), counted, "doc_id string, n_tokens long")
