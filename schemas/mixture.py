"""What a model is trained on: copies of a snapshot's documents, phase by phase."""

from pyspark.sql.types import StructType

from schemas.tables import Table, columns

MIXTURE = Table(
    name="mixture",
    grain="one copy of one document in one phase of one mixture; a phase is read in the order of order_key",
    key=("mixture_id", "doc_id", "copy"),
    schema=StructType(
        columns(
            # `place` is that of the copy's first token on its source's cursor, which goes over all phases.
            "snapshot_id string, mixture_id string, phase_number int, phase string, source string, doc_id string,"
            "copy int, crawl string, unit int, n_tokens long, place long, order_key long"
        )
    ),
    partitions=("snapshot_id", "mixture_id", "phase_number"),
    indexed=("doc_id", "order_key"),
)
