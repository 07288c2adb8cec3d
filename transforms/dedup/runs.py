"""Long runs of words that stand more than once among the texts of one partition, by a suffix array."""

from collections.abc import Callable, Iterable, Iterator

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql.pandas.types import to_arrow_schema

from schemas.errors import RecipeError
from schemas.tables import UNIT_KEY
from transforms.cleaning import removed_spans
from transforms.columns import Texts
from transforms.dedup.thinned import FOUND
from transforms.text.substrings import SubstringRules, bytes_needed, repeated_substrings
from transforms.text.token_runs import WithoutRuns, count_tokens
from transforms.workers import map_batches

_ROWS = 1_000  # a batch


def without_runs_of(rules: SubstringRules, max_bytes: int) -> Callable[[DataFrame], DataFrame]:
    """Find what goes of each document.

    Args:
        rules: Which runs go.
        max_bytes: Most memory for one partition, beside its texts; a RecipeError says when it takes more.

    Returns:
        Rows of ``FOUND``, of frames with doc_id, crawl, unit, attempt and text. They are brought into one partition and
        sorted there, which shuffles nothing.
    """

    def step(documents: DataFrame) -> DataFrame:
        one = documents.select("doc_id", *UNIT_KEY, "text").coalesce(1).sortWithinPartitions("doc_id")
        return map_batches(one, found, FOUND)

    def found(stream: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        batches = list(stream)
        if not batches:
            return
        table = pa.Table.from_batches(batches)
        # Offsets of 64 bits: a unit's texts may be more than 2 GB.
        texts = Texts.of(table.column("text").cast(pa.large_string()).combine_chunks())
        _ask_for_memory(texts, max_bytes)
        told = repeated_substrings(texts.data, texts.offsets, rules)
        whole = pa.Table.from_arrays(
            [*(table.column(name) for name in ("doc_id", *UNIT_KEY)), *_told(texts, told)],
            schema=to_arrow_schema(FOUND),
        )
        yield from whole.to_batches(max_chunksize=_ROWS)

    return step


def _ask_for_memory(texts: Texts, max_bytes: int) -> None:
    n_tokens = int(count_tokens(texts.data, texts.offsets).sum())
    n_bytes = bytes_needed(n_tokens, len(texts.offsets) - 1)
    if n_bytes > max_bytes:
        raise RecipeError(
            f"substrings: a unit of {len(texts.offsets) - 1:,} documents with {n_tokens:,} words takes"
            f" {n_bytes:,} bytes; max_unit_bytes is {max_bytes:,}; allowed: smaller units, or more bytes"
        )


def _told(texts: Texts, found: WithoutRuns) -> list[pa.Array]:
    kind = to_arrow_schema(FOUND).field("parts").type
    nothing = pa.nulls(len(found.n_tokens), pa.int64())
    is_emptied = pa.array(found.n_tokens == found.n_removed)
    columns = [pa.array(found.n_tokens), pa.array(found.n_removed), nothing, nothing, is_emptied]
    spans = removed_spans(texts, found.cuts, np.arange(len(found.n_tokens)))
    return [pa.StructArray.from_arrays(columns, fields=[*kind]), spans]
