"""Signatures of texts: what near copies are looked for by. They stay, so that a text is signed once."""

from pyspark.sql.types import ArrayType, LongType, StructType

from schemas.tables import UNIT_KEY, Table, columns

_LONGS = ArrayType(LongType(), containsNull=False)

SIGNATURE = StructType(columns("n_shingles long, set_hash long, bands longs", longs=_LONGS))
"""Of one text: how many shingles it has, a hash of their set, and its buckets; none where it has no shingles."""

SIGNATURES = Table(
    name="signatures",
    grain="one document's text as a dedup step signs it: its set of shingles counted and hashed, and its buckets",
    key=("doc_id", "step_id"),
    schema=StructType([*columns("doc_id string, crawl string, unit int, attempt int, step_id string"), *SIGNATURE]),
    partitions=(*UNIT_KEY, "step_id"),
    indexed=("doc_id", "n_shingles"),
)

COMPARED = StructType(columns("doc_id string, values longs", longs=_LONGS))
"""What pairs are verified by: a text's distinct hashed shingles, ascending, or the numbers of its signature."""

LINES = StructType(columns("doc_id string, host long, lines longs", longs=_LONGS))
"""What lines of a host are counted by: a document, a hash of its host, and its distinct hashed lines, ascending."""

REMOVED_LINES = StructType(columns("doc_id string, lines longs", longs=_LONGS))
"""Those of a document's lines that go, ascending."""
KEPT = Table(
    name="compared",
    grain="one signed document: what pairs with it are verified by, kept on request; the step_id says which kind",
    key=("doc_id", "step_id"),
    schema=StructType(
        columns("doc_id string, crawl string, unit int, attempt int, step_id string, values longs", longs=_LONGS)
    ),
    partitions=(*UNIT_KEY, "step_id"),
    indexed=("doc_id",),
)
