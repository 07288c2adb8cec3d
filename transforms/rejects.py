"""What gave no document → a row of ``rejects``: where it is, why, and how it begins."""

from transforms.charsets import valid_text
from transforms.crawl_file import CrawlFile
from transforms.fields import Row, target_uri
from transforms.records import Gap, Record
from transforms.taken_rows import CLEARED_REJECT, FIRST_BYTES, REASON, clean_reject


def gap(found: Gap, file: CrawlFile) -> Row:
    """Turn a gap into a reject; inside an intact, shared gzip member it counts as a record."""
    return _row(
        file,
        kind="gap" if found.in_file else "record",
        reason=found.reason,
        span=(found.offset, found.length),
        first_bytes=found.first_bytes,
    )


def refused(record: Record, file: CrawlFile, reason: str, detail: str | None) -> Row:
    """Turn a record that gave nothing into a reject, with the reason."""
    return _row(
        file,
        kind="record",
        reason=reason,
        span=(record.offset, record.length),
        detail=detail,
        url=target_uri(record.headers),
        first_bytes=bytes((record.body or b"")[:FIRST_BYTES]),
    )


def _row(file: CrawlFile, *, span: tuple[int, int], first_bytes: bytes, **told: str | None) -> Row:
    row = {
        **file.place,
        "source_file": file.uri,
        "content_id": file.content_id,
        "kind": told["kind"],
        "reason": told["reason"],
        "detail": valid_text(told.get("detail") or "") or None,
        "url": valid_text(told.get("url") or "") or None,
        "record_offset": span[0],
        "record_length": span[1],
        "first_bytes": first_bytes[:FIRST_BYTES].hex(),
    }
    if told["reason"] == REASON:
        return row | CLEARED_REJECT
    return (file.taken_down and clean_reject(file.taken_down, row)) or row
