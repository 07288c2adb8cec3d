"""One pass over texts: a recipe's clean and measure steps as a chain, each on the text that the last one left.

Texts cross from the JVM to Python here, once. Rows of two tables come out: ``measures`` of every step,
and ``edits`` of the texts that a clean step changed.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql.pandas.types import to_arrow_schema
from pyspark.sql.types import StructField, StructType

from schemas.tables import EDITS, MEASURES, UNIT_KEY
from transforms.cleaning import Cleaned, Left, removed_spans
from transforms.columns import Measured, Texts
from transforms.workers import map_batches

Stage = Measured | Cleaned
PASS_TABLES = {"measure": MEASURES, "edit": EDITS}
"""Kind of a staged row → the table that it belongs to."""
STAGED = StructType([StructField(kind, table.schema, nullable=True) for kind, table in PASS_TABLES.items()])

_KEPT = ("doc_id", *UNIT_KEY, "url", "host", "domain", "fetched_at")


@dataclass(frozen=True)
class Pass:
    """The steps of one pass, in order.

    Attributes:
        stages: What they do.
        wanted: Ids of the steps whose rows are not written yet; of the others only the texts are needed.
    """

    stages: tuple[Stage, ...]
    wanted: frozenset[str]

    @property
    def edits(self) -> bool:
        """Whether rows of ``edits`` may come out."""
        return any(isinstance(stage, Cleaned) and stage.step_id in self.wanted for stage in self.stages)

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns of ``documents`` that the steps need: every other one would cost its way to Python."""
        asked = {name for stage in self.stages if isinstance(stage, Measured) for name in stage.reads}
        kept = _KEPT if self.edits else ("doc_id", *UNIT_KEY)
        return (*kept, *sorted(asked - {*kept}), "text")

    def measures(self, documents: DataFrame) -> DataFrame:
        """Give ``measures`` rows; only for a pass that writes no ``edits``."""
        return map_batches(documents.select(*self.reads), self._measures_only, MEASURES.schema)

    def staged(self, documents: DataFrame) -> DataFrame:
        """Give rows of both tables, one kind in each row."""
        return map_batches(documents.select(*self.reads), self._staged, STAGED)

    def _measures_only(self, stream: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        schema = to_arrow_schema(MEASURES.schema)
        for _, columns, n in self._rows(stream):
            yield _filled(columns, schema, n)

    def _staged(self, stream: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        schemas = {kind: to_arrow_schema(table.schema) for kind, table in PASS_TABLES.items()}
        whole = to_arrow_schema(STAGED)
        for kind, columns, n in self._rows(stream):
            yield _filled({kind: _filled(columns, schemas[kind], n).to_struct_array()}, whole, n)

    def _rows(self, stream: Iterable[pa.RecordBatch]) -> Iterator[tuple[str, dict[str, pa.Array], int]]:
        """Give the columns of the rows of each batch and step, and how many rows they are."""
        for batch in stream:
            texts = Texts.of(batch.column("text"))
            place = {name: batch.column(name) for name in ("doc_id", *UNIT_KEY)}
            for stage in self.stages:
                is_wanted = stage.step_id in self.wanted
                told = {**place, "step_id": _same(stage.step_id, batch.num_rows)}
                if isinstance(stage, Measured):
                    if is_wanted:
                        yield "measure", told | stage.columns(texts, batch), batch.num_rows
                    continue
                left = stage.left(texts)
                if is_wanted:
                    yield "measure", told | left.columns, batch.num_rows
                    found = _edits(batch, texts, left)
                    n = len(found["doc_id"])
                    yield "edit", found | {"step_id": _same(stage.step_id, n)}, n
                texts = left.texts


def _edits(batch: pa.RecordBatch, before: Texts, left: Left) -> dict[str, pa.Array]:
    """Give columns of the texts that were changed: what they became, and where the old ones were cut, in bytes."""
    changed = np.flatnonzero(left.is_changed)
    rows = pa.array(changed)
    columns = {name: batch.column(name).take(rows) for name in _KEPT} | {"text": left.texts.column.take(rows)}
    if left.cuts is not None:
        columns["removed"] = removed_spans(before, left.cuts, changed)
    return columns


def _same(value: str, n: int) -> pa.Array:
    return pa.array([value] * n, pa.string())


def _filled(columns: dict[str, pa.Array], schema: pa.Schema, n: int) -> pa.RecordBatch:
    """Cast columns to a schema; those that are not there become null."""
    arrays = [_cast(columns.get(field.name, pa.nulls(n)), field.type) for field in schema]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _cast(column: pa.Array, kind: pa.DataType) -> pa.Array:
    # Arrow refuses to cast a struct to its own type where nulls lie below a null.
    return column if column.type == kind else column.cast(kind)
