"""One record → its rows: a document, or a reject with its reason. Total: no record raises, none is lost."""

from dataclasses import dataclass

from transforms.asides import image_rows, revisit_row
from transforms.charsets import valid_text
from transforms.extract import Page, PageReader, PageRefused, is_html
from transforms.fields import Row, id_of, target_uri, time_of
from transforms.heads import is_wat
from transforms.records import PAGE_TYPES, Gap, Record
from transforms.responses import HEAD_END, MAX_HEAD_BYTES, Response, parse_response, split_content_type
from transforms.taken_rows import CLEARED_REJECT, FIRST_BYTES, REASON, clean_reject, clean_revisit, is_image_of
from transforms.text.licences import licence_hints
from transforms.text.taken_down import TakenDown
from transforms.text.urls import domain_of, host_of

WET_FILE = "wet-file"
"""What ``documents.extractor`` says of a text that came as text: whoever made the file extracted it."""


@dataclass(frozen=True)
class CrawlFile:
    """Where records come from, copied into each row, and how pages are read.

    Attributes:
        place: crawl, unit and attempt of the rows.
        uri: The file's address, as given.
        content_id: Identity of the file's bytes (sha256, or etag and size when remote).
        read_page: Turns a page's bytes into text.
        max_record_bytes: Longest record block and longest decoded body.
        taken_down: What must not come in again; None: nothing was taken down.
    """

    place: Row
    uri: str
    content_id: str
    read_page: PageReader
    max_record_bytes: int
    taken_down: TakenDown | None = None


def rows_of(record: Record, file: CrawlFile) -> list[tuple[str, Row]]:
    """Turn a record into rows, each with its kind; a record that is neither page nor aside gives none.

    A page gives a ``document``, a revisit a ``revisit``, a WAT record an ``image`` for each that it
    lists; what should have given one and cannot gives a ``reject``.

    Raises:
        ChildProcessError: the reader needs a process of its own and cannot have one.
    """
    try:
        if record.kind in PAGE_TYPES:
            return [("document", _document(record, file))]
        asides = _asides(record, file.taken_down)
        origin = {**file.place, "source_file": file.uri, "content_id": file.content_id}
        return [(kind, {**origin, **row}) for kind, row in asides]
    except PageRefused as why:
        reason, detail = why.reason, why.detail
    except ChildProcessError:  # this machine's fault, not the page's: the file can be read another time
        raise
    except Exception as error:  # a parser's surprise must cost one record, not the file
        reason, detail = "extraction_failed", f"{type(error).__name__}: {error}"[:200]
    return [("reject", _reject(record, file, reason, detail))]


def _asides(record: Record, taken: TakenDown | None) -> list[tuple[str, Row]]:
    if record.kind == "revisit":
        row = revisit_row(record)
        return [("revisit", (taken and clean_revisit(taken, row)) or row)]
    if is_wat(record.kind, record.headers):
        rows = image_rows(record, bytes(_block(record)))
        return [("image", row) for row in rows if not (taken and is_image_of(taken, row))]
    return []


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
    return id_of(record.headers.get("warc-record-id") or f"{content_id}\n{record.offset}")


def _document(record: Record, file: CrawlFile) -> Row:
    url = target_uri(record.headers)
    doc_id = doc_id_of(record, file.content_id)
    if file.taken_down and file.taken_down.has_page(url, doc_id):
        raise PageRefused(REASON)
    block = _block(record)
    if not url:
        raise PageRefused("no_url")
    response = _response(record, block, file.max_record_bytes)
    page = _page(record, response, file.read_page)
    if not page.text.strip():
        raise PageRefused("no_text" if response.body else "empty_body")
    host = host_of(url)
    return {
        "doc_id": doc_id,
        "url": url,
        "host": host,
        "domain": domain_of(host),
        **file.place,
        "source_file": file.uri,
        "content_id": file.content_id,
        "record_offset": record.offset,
        "record_length": record.length,
        "fetched_at": time_of(record.headers.get("warc-date", "")),
        "http_status": response.status,
        "content_type": response.content_type,
        "charset": page.charset,
        "charset_source": page.charset_source,
        "charset_declared": page.charset_declared,
        "n_replaced": page.n_replaced,
        "digest": record.headers.get("warc-payload-digest"),
        "html_bytes": len(response.body),
        "licences": [] if record.kind == "conversion" else list(licence_hints(response.body)),
        "extractor": page.extractor,
        "text": page.text,
    }


def _block(record: Record) -> memoryview:
    if record.is_too_large or record.body is None:
        raise PageRefused("record_too_large", f"{record.headers.get('content-length')} bytes")
    return record.body


def _response(record: Record, body: memoryview, limit: int) -> Response:
    media, charset = split_content_type(record.headers.get("content-type"))
    if record.kind == "response" and media in (None, "application/http"):
        if len(body) > MAX_HEAD_BYTES and bytes(body[:5]) == b"HTTP/":
            _check_head(body)
        response = parse_response(body, limit)
        if response.is_too_large:
            raise PageRefused("body_too_large", f"over {limit} bytes when decoded")
        return response
    return Response(None, media, charset, bytes(body))


def _check_head(block: memoryview) -> None:
    if not HEAD_END.search(block, 0, MAX_HEAD_BYTES):
        raise PageRefused("http_head_too_large", f"over {MAX_HEAD_BYTES} bytes")


def _page(record: Record, response: Response, read_page: PageReader) -> Page:
    if record.kind == "conversion":
        return _plain_text(response.body)
    if response.body and not is_html(response.content_type, response.body):
        raise PageRefused("not_html", response.content_type)
    return read_page(response.body, response.charset)


def _plain_text(body: bytes) -> Page:
    """Take the text of a WET record as it is: UTF-8, as the format says."""
    text = body.decode("utf-8", "replace")
    n_replaced = text.count("\ufffd") - body.count("\ufffd".encode())
    return Page(valid_text(text), "utf-8", "format", None, n_replaced, WET_FILE)


def _reject(record: Record, file: CrawlFile, reason: str, detail: str | None) -> Row:
    return _reject_row(
        file,
        kind="record",
        reason=reason,
        span=(record.offset, record.length),
        detail=detail,
        url=target_uri(record.headers),
        first_bytes=bytes((record.body or b"")[:FIRST_BYTES]),
    )


def _reject_row(file: CrawlFile, *, span: tuple[int, int], first_bytes: bytes, **told: str | None) -> Row:
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
