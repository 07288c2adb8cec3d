"""What people say of documents: one row for each document and annotator."""

from typing import Literal, get_args

from pyspark.sql.types import StructType

from schemas.tables import Table, columns

Label = Literal["positive", "negative"]
LABELS: tuple[str, ...] = get_args(Label)
"""The two classes of ``sluice train``."""

ANNOTATIONS = Table(
    name="annotations",
    grain="what one annotator last said of one document: its label, and the score by which it was chosen",
    key=("doc_id", "annotator"),
    schema=StructType(
        columns(
            "doc_id string, crawl string, label string, note string?, annotator string, model string?, score double?,"
            "imported_at time"
        )
    ),
    indexed=("doc_id",),
)
