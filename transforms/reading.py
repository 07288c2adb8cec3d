"""One opened crawl file → staged rows: what its records gave, its gaps, and its own ledger row.

A staged row holds exactly one kind of row. All of a file's rows leave in Arrow batches bounded by
rows and by bytes, so a file of any size streams through a worker.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
from pyspark.sql.pandas.types import to_arrow_schema
from pyspark.sql.types import StructField, StructType

from schemas.asides import IMAGES, REVISITS
from schemas.tables import CRAWL_FILES, DOCUMENTS, REJECTS, columns
from transforms.chunks import ByteStream
from transforms.crawl_file import CrawlFile
from transforms.fields import Row
from transforms.parts import read_part
from transforms.pieces import Piece
from transforms.ranges import Span, asked_bytes, read_ranges
from transforms.record_rows import Rows, rows_of
from transforms.records import Gap, Record, read_records
from transforms.taken_rows import REASON

MAX_ROWS = 256
MAX_BYTES = 16 << 20

UNIT_TABLES = {"document": DOCUMENTS, "reject": REJECTS, "revisit": REVISITS, "image": IMAGES}
"""Kind of a staged row → the table that it belongs to."""

# A file's row is that of a piece first: which one, where it began (of cut plain files), what an index asked of it.
_PIECE = StructType([*CRAWL_FILES.schema, *columns("piece int, began long?, asked_bytes long?")])
STAGED = StructType(
    [StructField(kind, table.schema, nullable=True) for kind, table in UNIT_TABLES.items()]
    + [StructField("file", _PIECE, nullable=True)]
)


class Batches:
    """Staged rows gathered into Arrow batches."""

    def __init__(self) -> None:
        """Start empty."""
        self._schema = to_arrow_schema(STAGED)
        self._rows: list[Row] = []
        self._bytes = 0

    def add(self, kind: str, row: Row) -> Iterator[pa.RecordBatch]:
        """Add a row; yields a batch when one is full."""
        self._rows.append({kind: row})
        self._bytes += len(row.get("text", "")) * 2 + 512
        if len(self._rows) >= MAX_ROWS or self._bytes >= MAX_BYTES:
            yield from self.flush()

    def flush(self) -> Iterator[pa.RecordBatch]:
        """Yield what is left."""
        if self._rows:
            yield pa.RecordBatch.from_pylist(self._rows, schema=self._schema)
            self._rows, self._bytes = [], 0


@dataclass
class Ledger:
    """What became of a file's bytes and records."""

    read_bytes: int = 0
    skipped_bytes: int = 0
    n_documents: int = 0
    n_rejected: int = 0
    n_skipped: int = 0
    n_images: int = 0
    n_taken_down: int = 0
    n_gaps: int = 0
    n_inner_gaps: int = 0
    by_type: Counter[str] = field(default_factory=Counter)
    first_fault: str | None = None
    began: int | None = None  # where the first record or gap is, in bytes

    def count(self, found: Record | Gap, rows: Rows) -> None:
        """Count what was found in the file, and what became of it."""
        self.began = found.offset if self.began is None else min(self.began, found.offset)
        self.read_bytes += found.read_bytes
        if isinstance(found, Gap):
            self._count_gap(found)
        else:
            self._count_record(found.kind or "unknown", rows)

    def _count_gap(self, found: Gap) -> None:
        """Count a gap; inside a shared gzip member it is a rejected record, its bytes were read."""
        self.first_fault = self.first_fault or f"{found.reason} at {found.offset}"
        self.n_gaps += found.in_file
        self.n_inner_gaps += not found.in_file
        self.skipped_bytes += found.length if found.in_file else 0

    def _count_record(self, kind: str, rows: Rows) -> None:
        became = [name for name, _ in rows]
        self.by_type[kind] += 1
        self.n_documents += became.count("document")
        self.n_rejected += became.count("reject")
        self.n_images += became.count("image")
        self.n_taken_down += sum(row["reason"] == REASON for name, row in rows if name == "reject")
        self.n_skipped += not ("document" in became or "reject" in became)

    def row(self, piece: Piece, spans: Sequence[Span] | None, place: Row, error: str | None) -> Row:
        """Give the piece's row; ``error`` marks a file that went out of reach, ``spans`` are what was asked of it.

        ``read_bytes`` is counted from the records, so that it can be checked against the size.
        """
        file = piece.file
        n_records = self.by_type.total() + self.n_inner_gaps
        status = "unreachable" if error else file.skip or ("damaged" if self.first_fault else "ok")
        began = 0 if piece.number == 0 else self.began
        return {
            **place,
            "uri": file.uri,
            "tag": file.tag,
            "content_id": file.content_id,
            "status": status,
            "error": error or self.first_fault,
            "size_bytes": file.size,
            "read_bytes": self.read_bytes,
            "skipped_bytes": file.size if file.skip else self.skipped_bytes,
            "n_records": n_records,
            "n_documents": self.n_documents,
            "n_rejected_records": self.n_rejected + self.n_inner_gaps,
            "n_skipped_records": self.n_skipped,
            "n_gaps": self.n_gaps,
            "n_images": self.n_images,
            "n_taken_down": self.n_taken_down,
            "records_by_type": list(self.by_type.items()),
            "piece": piece.number,
            "began": began if piece.n_pieces > 1 and spans is None else None,
            "asked_bytes": None if spans is None or file.skip else asked_bytes(spans, file.size),
        }


def records_of(
    stream: ByteStream, piece: Piece, spans: Sequence[Span] | None, max_record_bytes: int
) -> Iterator[Record | Gap]:
    """Give what a piece holds: of the ranges that an index asks for, where it does, else of the file's bytes."""
    if spans is not None:
        return read_ranges(stream, spans, max_record_bytes)
    if piece.n_pieces > 1:
        return read_part(stream, piece.begin, piece.end, max_record_bytes)
    return read_records(stream, max_record_bytes)


def read_rows(
    records: Iterable[Record | Gap], file: CrawlFile, ledger: Ledger, batches: Batches
) -> Iterator[pa.RecordBatch]:
    """Turn records into rows in ``batches``, and count all of them in ``ledger``."""
    for found, rows in rows_of(records, file):
        ledger.count(found, rows)
        for kind, row in rows:
            yield from batches.add(kind, row)
