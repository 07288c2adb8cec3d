"""Every Delta table: its name, grain, key and columns. The one place that says what a row is."""

from dataclasses import dataclass
from typing import get_args, get_type_hints

from pyspark.sql.types import (
    ArrayType,
    BooleanType,
    DataType,
    DoubleType,
    IntegerType,
    LongType,
    MapType,
    StringType,
    StructField,
    StructType,
    TimestampType,
)

from schemas.measures import FAMILIES

_BY_HINT: dict[object, DataType] = {int: LongType(), float: DoubleType(), str: StringType(), bool: BooleanType()}
_BY_WORD: dict[str, DataType] = {
    "string": StringType(),
    "long": LongType(),
    "int": IntegerType(),
    "double": DoubleType(),
    "bool": BooleanType(),
    "time": TimestampType(),
    "strings": ArrayType(StringType(), containsNull=False),
    "counts": MapType(StringType(), LongType(), valueContainsNull=False),
    "texts": MapType(StringType(), StringType(), valueContainsNull=False),
}


@dataclass(frozen=True)
class Table:
    """A table's contract, checked on every read and write.

    Attributes:
        name: Folder name under the warehouse's ``tables/``.
        grain: What one row is, in words.
        key: Columns that identify a row among the live rows.
        schema: Columns, in order.
        partitions: Partition columns; a unit of work replaces whole partitions.
        indexed: Columns whose min/max Delta may keep in its log. Ids and numbers only, never a
            text or URL: Delta's log keeps them after the row is deleted.
    """

    name: str
    grain: str
    key: tuple[str, ...]
    schema: StructType
    partitions: tuple[str, ...] = ()
    indexed: tuple[str, ...] = ()


def struct_of(measures: type) -> StructType:
    """Give the Spark struct of a measures NamedTuple; ``X | None`` is a nullable field."""
    fields = []
    for name, hint in get_type_hints(measures).items():
        kinds = [kind for kind in get_args(hint) or (hint,) if kind is not type(None)]
        fields.append(StructField(name, _BY_HINT[kinds[0]], nullable=bool(get_args(hint))))
    return StructType(fields)


def columns(text: str, **structs: DataType) -> list[StructField]:
    """Read ``"name kind, name kind?"`` (``?``: may be null); other kinds come by name in ``structs``."""
    fields = []
    for part in text.split(","):
        name, kind = part.split()
        word = kind.rstrip("?")
        fields.append(StructField(name, structs.get(word) or _BY_WORD[word], nullable=kind != word))
    return fields


# Where a row belongs: readers see only the (crawl, unit, attempt) that `crawl_files` holds.
UNIT_KEY = ("crawl", "unit", "attempt")
_UNIT = "crawl string, unit int, attempt int"

CRAWL_FILES = Table(
    name="crawl_files",
    grain="one input file in the live attempt of its unit, with its byte and record ledger",
    key=("crawl", "uri"),
    schema=StructType(
        columns(
            f"{_UNIT}, step_id string, uri string, tag string, content_id string, status string,"
            "error string?, size_bytes long, read_bytes long, skipped_bytes long, n_records long,"
            "n_documents long, n_rejected_records long, n_skipped_records long, n_gaps long, n_images long,"
            "n_taken_down long, records_by_type counts, seconds double, read_at time"
        )
    ),
    partitions=("crawl", "unit"),
    indexed=("attempt", "content_id", "size_bytes"),
)

DOCUMENTS = Table(
    name="documents",
    grain="one page with its text",
    key=("doc_id",),
    schema=StructType(
        columns(
            f"doc_id string, url string, host string, domain string, {_UNIT}, source_file string,"
            "content_id string, record_offset long, record_length long, fetched_at time?,"
            "http_status int?, content_type string?, charset string, charset_source string,"
            "charset_declared string?, n_replaced long, digest string?,"
            "html_bytes long, licences strings, extractor string, text string"
        )
    ),
    partitions=UNIT_KEY,
    indexed=("doc_id", "content_id", "record_offset"),
)

REJECTS = Table(
    name="rejects",
    grain="one record, gap or file that gave no document, with its reason",
    key=("content_id", "record_offset", "kind"),
    schema=StructType(
        columns(
            f"{_UNIT}, source_file string, content_id string, kind string, reason string,"
            "detail string?, url string?, record_offset long, record_length long, first_bytes string"
        )
    ),
    partitions=UNIT_KEY,
    indexed=("content_id", "record_offset"),
)

MEASURES = Table(
    name="measures",
    grain="one document at one step that reads texts: the measures that the step takes, others null",
    key=("doc_id", "step_id"),
    schema=StructType(
        columns(f"doc_id string, {_UNIT}, step_id string")
        + [StructField(name, struct_of(family), nullable=True) for name, family in FAMILIES.items()]
    ),
    partitions=(*UNIT_KEY, "step_id"),
    indexed=("doc_id",),
)

EDITS = Table(
    name="edits",
    grain="one document whose text a clean step changed: its new text; where it was cut, null where written anew",
    key=("doc_id", "step_id"),
    schema=StructType(
        [
            *columns(f"doc_id string, {_UNIT}, step_id string, url string, host string, domain string"),
            *columns("fetched_at time?"),
            StructField("removed", ArrayType(StructType(columns("start long, end long")), containsNull=False), True),
            *columns("text string"),
        ]
    ),
    partitions=(*UNIT_KEY, "step_id"),
    indexed=("doc_id",),
)

DUPLICATES = Table(
    name="duplicates",
    grain="one document removed by one dedup step, with the survivor it repeats",
    key=("doc_id", "step_id"),
    schema=StructType(
        columns(
            "doc_id string, crawl string, step_id string, method string, survivor_id string,"
            "cluster_id string, similarity double?"
        )
    ),
    partitions=("crawl", "step_id"),
    indexed=("doc_id", "survivor_id"),
)

DECISIONS = Table(
    name="decisions",
    grain="one document in one snapshot: kept, or every reason against it in the recipe's order",
    key=("snapshot_id", "doc_id"),
    schema=StructType(
        columns(
            f"snapshot_id string, doc_id string, {_UNIT}, url string, host string,"
            "language string?, n_words long, n_bytes long, text_sha256 string, is_kept bool,"
            "reasons strings"
        )
    ),
    partitions=("snapshot_id", *UNIT_KEY),
    indexed=("doc_id", "n_words", "n_bytes"),
)

CURATED = Table(
    name="curated",
    grain="one kept document of one snapshot; each snapshot has its own folder",
    key=("doc_id",),
    schema=StructType(
        columns(
            "doc_id string, url string, host string, domain string, crawl string, unit int,"
            "fetched_at time?, language string?, n_words long, text string"
        )
    ),
    partitions=("crawl", "unit"),
    indexed=("doc_id", "n_words"),
)
