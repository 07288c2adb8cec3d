"""One page, in three steps: its record is opened, its text is read, its row is made. Each step may refuse it."""

from typing import NamedTuple

from transforms.charsets import valid_text
from transforms.crawl_file import CrawlFile
from transforms.extract import Page, PageReader, PageRefused, is_html
from transforms.fields import Row, id_of, target_uri, time_of
from transforms.records import Record
from transforms.responses import HEAD_END, MAX_HEAD_BYTES, Response, parse_response, split_content_type
from transforms.taken_rows import REASON
from transforms.text.licences import licence_hints
from transforms.text.urls import domain_of, host_of

WET_FILE = "wet-file"
"""What ``documents.extractor`` says of a text that came as text: whoever made the file extracted it."""


class Opened(NamedTuple):
    """A page that may become a document: its record, who it is, and what the server sent."""

    record: Record
    url: str
    doc_id: str
    response: Response


class ReadPage(NamedTuple):
    """A page with its text, which is not blank."""

    opened: Opened
    page: Page


def doc_id_of(record: Record, content_id: str) -> str:
    """Give 128 bits as hex: of the WARC-Record-ID, or of (file content, offset) without one."""
    return id_of(record.headers.get("warc-record-id") or f"{content_id}\n{record.offset}")


def opened(record: Record, file: CrawlFile) -> Opened:
    """Find out who a page is, and decode what the server sent.

    Raises:
        PageRefused: it was taken down, has no URL, or is too large.
    """
    url = target_uri(record.headers)
    doc_id = doc_id_of(record, file.content_id)
    if file.taken_down and file.taken_down.has_page(url, doc_id):
        raise PageRefused(REASON)
    block = block_of(record)
    if not url:
        raise PageRefused("no_url")
    return Opened(record, url, doc_id, _response(record, block, file.max_record_bytes))


def read(one: Opened, file: CrawlFile) -> ReadPage:
    """Find a page's text.

    Raises:
        PageRefused: it has none, is not HTML, or the reader refuses it.
        ChildProcessError: the reader needs a process of its own and cannot have one.
    """
    page = _page(one.record, one.response, file.read_page)
    if not page.text.strip():
        raise PageRefused("no_text" if one.response.body else "empty_body")
    return ReadPage(one, page)


def document(found: ReadPage, file: CrawlFile) -> Row:
    """Give a page's row of ``documents``."""
    (record, url, doc_id, response), page = found
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


def block_of(record: Record) -> memoryview:
    """Give a record's block; raises PageRefused where it was too large to be read."""
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
