"""Texts → scores, by any number of models in one pass."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql.pandas.types import to_arrow_schema

from schemas.scores import SCORES
from schemas.tables import UNIT_KEY
from transforms.columns import Texts
from transforms.text.one_line import one_line
from transforms.workers import map_batches

EMPTY, UNKNOWN = "empty_text", "nothing_known"
"""Why there is no score: the text is empty, or the model knows nothing of it."""

Score = Callable[[Texts], Sequence[float | None]]
"""Gives a finite number, or None, for each text of a batch."""


@dataclass(frozen=True)
class Scored:
    """One model, as workers see it.

    Attributes:
        step_id: Goes into its rows.
        name: The model's name in the recipe.
        is_one_line: Show it texts in one line, without white space around.
        load: Gives what scores a batch; called in the worker, and quick from the second call on.
    """

    step_id: str
    name: str
    is_one_line: bool
    load: Callable[[], Score]


def scores_of(models: Sequence[Scored]) -> Callable[[DataFrame], DataFrame]:
    """Score documents.

    Args:
        models: Of each document, those whose ``step_id`` is in its ``wanted``.

    Returns:
        Rows of ``scores``, of frames with doc_id, crawl, unit, attempt, wanted (array of strings) and text.
    """

    def step(documents: DataFrame) -> DataFrame:
        return map_batches(documents.select("doc_id", *UNIT_KEY, "wanted", "text"), _scored, SCORES.schema)

    def _scored(stream: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in stream:
            wanted = batch.column("wanted").to_pylist()
            for model in models:
                rows = [i for i, ids in enumerate(wanted) if model.step_id in ids]
                if rows:
                    yield _rows(model, batch.take(pa.array(rows)))

    return step


def _rows(model: Scored, batch: pa.RecordBatch) -> pa.RecordBatch:
    texts = Texts.of(batch.column("text"))
    if model.is_one_line:
        texts = Texts(*one_line(texts.data, texts.offsets))
    is_empty = np.diff(texts.offsets) == 0
    scores = [None if empty else score for empty, score in zip(is_empty, model.load()(texts), strict=True)]
    columns = {name: batch.column(name) for name in ("doc_id", *UNIT_KEY)}
    told = {
        "step_id": [model.step_id] * len(scores),
        "model": [model.name] * len(scores),
        "score": scores,
        "reason": [
            EMPTY if empty else UNKNOWN if score is None else None
            for empty, score in zip(is_empty, scores, strict=True)
        ],
    }
    schema = to_arrow_schema(SCORES.schema)
    arrays = [columns[f.name] if f.name in columns else pa.array(told[f.name], f.type) for f in schema]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)
