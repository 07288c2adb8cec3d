"""One record → one document or one reject, with its reason. Total: no record raises, none is lost."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from transforms.charsets import valid_text
from transforms.extract import Page, PageReader, PageRefused, is_html
from transforms.records import Gap, Record
from transforms.responses import Response, parse_response, split_content_type
from transforms.text.urls import domain_of, host_of

Row = dict[str, Any]
FIRST_BYTES = 64


@dataclass(frozen=True)
class CrawlFile:
    """Where records come from, copied into each row, and how pages are read.

    Attributes:
        place: crawl, unit and attempt of the rows.
        uri: The file's address, as given.
        content_id: Identity of the file's bytes (sha256, or etag and size when remote).
        read_page: Turns a page's bytes into text.
        max_record_bytes: Longest record block and longest decoded body.
    """

    place: Row
    uri: str
    content_id: str
    read_page: PageReader
    max_record_bytes: int


def document(record: Record, file: CrawlFile) -> tuple[Row | None, Row | None]:
    """Turn a page record into (document, None), or into (None, reject)."""
    try:
        return _document(record, file), None
    except PageRefused as why:
        return None, _reject(record, file, why.reason, why.detail)
    except Exception as error:  # a parser's surprise must cost one record, not the file
        return None, _reject(record, file, "extraction_failed", f"{type(error).__name__}: {error}"[:200])


def gap(found: Gap, file: CrawlFile) -> Row:
    """Turn a gap into a reject; inside an intact, shared gzip member it counts as a record."""
    return _reject_row(
        file,
        kind="gap" if found.in_file else "record",
        reason=found.reason,
        span=(found.offset, found.length),
        first_bytes=found.first_bytes,
    )


def doc_id_of(record: Record, content_id: str) -> str:
    """Give 128 bits as hex: of the WARC-Record-ID, or of (file content, offset) without one."""
    name = record.headers.get("warc-record-id") or f"{content_id}\n{record.offset}"
    return hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:32]


def _document(record: Record, file: CrawlFile) -> Row:
    if record.is_too_large or record.body is None:
        raise PageRefused("record_too_large", f"{record.headers.get('content-length')} bytes")
    url = _url(record)
    if not url:
        raise PageRefused("no_url")
    response = _response(record, file.max_record_bytes)
    page = _page(record, response, file.read_page)
    if not page.text.strip():
        raise PageRefused("no_text" if response.body else "empty_body")
    host = host_of(url)
    return {
        "doc_id": doc_id_of(record, file.content_id),
        "url": url,
        "host": host,
        "domain": domain_of(host),
        **file.place,
        "source_file": file.uri,
        "content_id": file.content_id,
        "record_offset": record.offset,
        "record_length": record.length,
        "fetched_at": _time(record.headers.get("warc-date", "")),
        "http_status": response.status,
        "content_type": response.content_type,
        "charset": page.charset,
        "digest": record.headers.get("warc-payload-digest"),
        "html_bytes": len(response.body),
        "text": page.text,
    }


def _response(record: Record, limit: int) -> Response:
    body = record.body or b""
    media, charset = split_content_type(record.headers.get("content-type"))
    if record.kind == "response" and media in (None, "application/http"):
        response = parse_response(body, limit)
        if response.is_too_large:
            raise PageRefused("body_too_large", f"over {limit} bytes when decoded")
        return response
    return Response(None, media, charset, body)


def _page(record: Record, response: Response, read_page: PageReader) -> Page:
    if record.kind == "conversion":
        return _plain_text(response.body)
    if response.body and not is_html(response.content_type, response.body):
        raise PageRefused("not_html", response.content_type)
    return read_page(response.body, response.charset)


def _plain_text(body: bytes) -> Page:
    """Take the text of a WET record as it is: UTF-8 by Common Crawl's word, like an HTTP header's."""
    text = body.decode("utf-8", "replace")
    return Page(valid_text(text), "utf-8", "http", text.count("\ufffd") - body.count("\ufffd".encode()))


def _url(record: Record) -> str:
    """Give the target URI; some writers put it between angle brackets (wget, WARC 1.0's grammar)."""
    url = valid_text(record.headers.get("warc-target-uri", ""))
    return url[1:-1] if url.startswith("<") and url.endswith(">") else url


def _time(value: str) -> datetime | None:
    """Read a WARC-Date (ISO 8601) or an ARC date (12 digits, or 14 and more); None if it is neither.

    A date that is in no year from 1 to 9999 in UTC is none either: no Python could read it back.
    """
    try:
        if value.isascii() and value.isdigit():
            seconds = len(value) >= 14
            at = datetime.strptime(value[:14] if seconds else value, f"%Y%m%d%H%M{'%S' * seconds}")  # noqa: DTZ007
        else:
            at = datetime.fromisoformat(value)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _reject(record: Record, file: CrawlFile, reason: str, detail: str | None) -> Row:
    return _reject_row(
        file,
        kind="record",
        reason=reason,
        span=(record.offset, record.length),
        detail=detail,
        url=_url(record),
        first_bytes=(record.body or b"")[:FIRST_BYTES],
    )


def _reject_row(file: CrawlFile, *, span: tuple[int, int], first_bytes: bytes, **told: str | None) -> Row:
    return {
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
