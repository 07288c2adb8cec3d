"""The table of what people say of documents: a file's rows go in, each annotator's last word counts."""

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.common.tables import Warehouse
from schemas.annotations import ANNOTATIONS, LABELS
from schemas.errors import RecipeError
from schemas.tables import DOCUMENTS
from transforms.annotation_cells import Line, from_csv
from transforms.local_rows import local_rows

Row = dict[str, Any]
_SAID = ("doc_id", "crawl", "label", "note", "annotator", "model", "score")


def rows_of(text: str, origin: str, names: Mapping[str, str], annotator: str) -> list[tuple[int, Row]]:
    """Give line number and row (all but crawl and time) of each labelled line of a filled-in file.

    Args:
        text: The file.
        origin: Its name, which errors mention.
        names: What may stand for a label, in small letters → ``positive`` or ``negative``.
        annotator: Goes into the rows.

    Raises:
        RecipeError: a line is not what was exported and filled in.
    """
    told: dict[str, tuple[int, Row]] = {}
    try:
        for line in from_csv(text):
            row = _row(line, names)
            if row is None:
                continue
            if row["doc_id"] in told:
                first = told[row["doc_id"]][0]
                raise ValueError(f"line {line.number}: doc_id {row['doc_id']!r} is also on line {first}; allowed: once")
            told[row["doc_id"]] = (line.number, row | {"annotator": annotator})
    except ValueError as error:
        raise RecipeError(f"{origin}: {error}") from None
    return list(told.values())


def _row(line: Line, names: Mapping[str, str]) -> Row | None:
    cells = line.cells
    said = cells["label"].strip()
    if not said:
        return None
    if said.lower() not in names:
        allowed = ", ".join(f"'{name}'" for name in names)
        raise ValueError(f"line {line.number}: label: given {said!r:.80}; allowed: {allowed}, or nothing")
    return {
        "doc_id": cells["doc_id"].strip(),
        "label": names[said.lower()],
        "note": cells.get("note") or None,
        "model": cells.get("model") or None,
        "score": _score(line),
    }


def _score(line: Line) -> float | None:
    said = line.cells.get("score", "").strip()
    if not said:
        return None
    try:
        score = float(said)
    except ValueError:
        score = math.nan
    if not math.isfinite(score):
        raise ValueError(f"line {line.number}: score: given {said!r:.80}; allowed: a number, or nothing")
    return score


def put_rows(warehouse: Warehouse, rows: Sequence[tuple[int, Row]], origin: str) -> int:
    """Write what is new or differs, in one atomic commit; gives how many rows that are.

    Raises:
        RecipeError: a document is not in the warehouse; nothing was written.
    """
    if not rows:
        return 0
    crawls = _crawls(warehouse, [row["doc_id"] for _, row in rows])
    for number, row in rows:
        if row["doc_id"] not in crawls:
            raise RecipeError(
                f"{origin}: line {number}: doc_id: {warehouse.root} has no document {row['doc_id']!r:.80}"
            )
    now = datetime.now(UTC)
    told = [row | {"crawl": crawls[row["doc_id"]], "imported_at": now} for _, row in rows]
    given = local_rows(warehouse.spark, told, ANNOTATIONS.schema)
    there = warehouse.read(ANNOTATIONS)
    said = [F.col(f"given.{name}").eqNullSafe(F.col(f"there.{name}")) for name in _SAID]
    fresh = given.alias("given").join(there.alias("there"), said, "left_anti")
    n = fresh.count()
    if n:
        others = there.join(F.broadcast(given), on=list(ANNOTATIONS.key), how="left_anti")
        same = there.alias("there").join(F.broadcast(given.alias("given")), said, "left_semi")
        warehouse.overwrite(others.unionByName(same).unionByName(fresh).coalesce(1), ANNOTATIONS)
    return n


def _crawls(warehouse: Warehouse, ids: Sequence[str]) -> dict[str, str]:
    """Give doc_id → crawl of those that are there; the first by name where several crawls have it."""
    asked = local_rows(warehouse.spark, [(one,) for one in ids], "doc_id string")
    found = warehouse.live(DOCUMENTS).select("doc_id", "crawl").join(F.broadcast(asked), "doc_id", "left_semi")
    return {row["doc_id"]: row["crawl"] for row in found.groupBy("doc_id").agg(F.min("crawl").alias("crawl")).collect()}


def label_names(positive: str, negative: str) -> dict[str, str]:
    """Give what may stand for a label: the two words, and a classifier's own names, unless these are ambiguous.

    Raises:
        RecipeError: a classifier calls its positives ``negative``, or the other way round.
    """
    own = {positive.lower(): LABELS[0], negative.lower(): LABELS[1]}
    names = dict(zip(LABELS, LABELS, strict=True))
    if len(own) < 2 or any(names.get(name, label) != label for name, label in own.items()):
        raise RecipeError(f"labels: {positive!r} and {negative!r} cannot be told from 'positive' and 'negative'")
    return names | own


def with_majority(annotations: DataFrame, label: str) -> DataFrame:
    """Give doc_id and crawl of the documents that most annotators call ``label``; those with a tie are left out."""
    vote = F.when(F.col("label") == label, F.lit(1)).otherwise(F.lit(-1))
    votes = annotations.groupBy("doc_id", "crawl").agg(F.sum(vote).alias("votes"))
    return votes.where("votes > 0").select("doc_id", "crawl")
