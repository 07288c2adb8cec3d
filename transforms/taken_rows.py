"""What stays of rows when pages are taken down: those that a ledger counts lose what they say of a page, others go."""

from collections.abc import Callable, Iterable, Iterator

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql.pandas.types import to_arrow_schema
from pyspark.sql.types import StructType

from schemas.asides import IMAGES, REVISITS
from schemas.tables import REJECTS, UNIT_KEY, Table, columns
from transforms.fields import Row
from transforms.text.taken_down import TakenDown
from transforms.workers import map_batches

FIRST_BYTES = 64
"""So many bytes of a rejected record or gap are kept, to see what it is."""

REASON = "taken_down"
"""Of rejects: the record holds a page that was taken down; nothing else is told of it."""

CLEARED_REJECT: Row = {"reason": REASON, "detail": None, "url": None, "first_bytes": ""}
CLEARED_REVISIT: Row = {
    **dict.fromkeys(("digest", "profile", "refers_to_id", "refers_to_url", "refers_to_at", "original_id")),
    "url": "",
    "fetched_at": None,
}


def clean_reject(taken: TakenDown, row: Row) -> Row | None:
    """Give a reject without what was taken down; None: it tells nothing of that."""
    detail = row["detail"] or ""
    if (row["url"] and taken.has_page(row["url"])) or taken.has("doc_id", detail.removeprefix("doc_id ")):
        return {**row, **CLEARED_REJECT}
    data = bytes.fromhex(row["first_bytes"])
    if taken.is_told_in(data, is_cut=len(data) >= FIRST_BYTES) or taken.is_told_in(detail.encode("utf-8", "replace")):
        return {**row, "first_bytes": "", "detail": None}
    return None


def clean_revisit(taken: TakenDown, row: Row) -> Row | None:
    """Give a revisit without what was taken down; None: it tells nothing of that."""
    urls = (row["url"], row["refers_to_url"])
    is_named = row["refers_to_id"] is not None and taken.has("doc_id", row["refers_to_id"])
    return {**row, **CLEARED_REVISIT} if is_named or any(url and taken.has_page(url) for url in urls) else None


def is_image_of(taken: TakenDown, row: Row) -> bool:
    """Say whether an image is one that was taken down, or is on a page that was."""
    return any(taken.has_page(row[name]) for name in ("page_url", "image_url"))


def _image(taken: TakenDown, row: Row) -> Row | None:
    return row if is_image_of(taken, row) else None


IDS = StructType(columns("doc_id string"))

_CHANGES: dict[str, tuple[Callable[[TakenDown, Row], Row | None], tuple[str, ...]]] = {
    REJECTS.name: (clean_reject, tuple(CLEARED_REJECT)),
    REVISITS.name: (clean_revisit, tuple(CLEARED_REVISIT)),
    IMAGES.name: (_image, ()),
}


def keys_of(table: Table) -> list[str]:
    """Give the columns that name one row of a table, in whatever attempt."""
    return [*UNIT_KEY, *table.key]


def changed(rows: DataFrame, table: Table, taken: TakenDown) -> DataFrame:
    """Give what is to change of ``rejects``, ``revisits`` or ``images``: keys, and the columns to put in place.

    Of ``images`` only keys: these rows go.
    """
    change, written = _CHANGES[table.name]
    names = [*keys_of(table), *(name for name in written if name not in table.key)]
    schema = StructType([table.schema[name] for name in names])
    arrow = to_arrow_schema(schema)

    def work(stream: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in stream:
            found = [new for row in batch.to_pylist() if (new := change(taken, row)) is not None]
            yield pa.RecordBatch.from_pylist([{name: row[name] for name in names} for row in found], schema=arrow)

    return map_batches(rows, work, schema)


def ids_of(pages: DataFrame, taken: TakenDown) -> DataFrame:
    """Give the doc_ids of pages (doc_id, url) that are taken down; one that comes twice is given twice."""

    def work(stream: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in stream:
            pairs = zip(batch.column("doc_id").to_pylist(), batch.column("url").to_pylist(), strict=True)
            found = [doc_id for doc_id, url in pairs if taken.has_page(url, doc_id)]
            yield pa.RecordBatch.from_pydict({"doc_id": found}, schema=to_arrow_schema(IDS))

    return map_batches(pages.select("doc_id", "url"), work, IDS)
