"""Scores of texts by models: one row for each document and model."""

from pyspark.sql.types import StructType

from schemas.tables import UNIT_KEY, Table, columns

SCORES = Table(
    name="scores",
    grain="one document scored by one model of a classify step; null with a reason where there is nothing to score",
    key=("doc_id", "step_id"),
    schema=StructType(
        columns(
            "doc_id string, crawl string, unit int, attempt int, step_id string, model string,"
            "score double?, reason string?"
        )
    ),
    partitions=(*UNIT_KEY, "step_id"),
    indexed=("doc_id",),
)
