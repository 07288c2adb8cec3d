"""A stored HTTP response → status, content type, charset and decoded body. By warcio's parsers."""

import re
from io import BytesIO
from typing import NamedTuple

from warcio.bufferedreaders import BufferedReader, ChunkedDataReader
from warcio.statusandheaders import StatusAndHeaders, StatusAndHeadersParser, StatusAndHeadersParserException

_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9._:-]+)", re.IGNORECASE)
# No brotli: its package is optional, and where it is there or not must not change a text.
_PACKED = frozenset({"gzip", "deflate"})
_PARSER = StatusAndHeadersParser(["HTTP/"], verify=False)


class Response(NamedTuple):
    """What a server sent.

    Attributes:
        status: HTTP status code; None where the status line is missing or unreadable.
        content_type: Media type in lower case, without parameters; None where not declared.
        charset: The declared charset label, as written; None where not declared.
        body: The payload, transfer and content encodings undone.
        is_too_large: The decoded body was longer than the limit; ``body`` is empty then.
    """

    status: int | None
    content_type: str | None
    charset: str | None
    body: bytes
    is_too_large: bool = False


def split_content_type(value: str | None) -> tuple[str | None, str | None]:
    """Split a Content-Type value into media type and charset label; None where absent."""
    if not value:
        return None, None
    charset = _CHARSET.search(value)
    return value.partition(";")[0].strip().lower() or None, charset.group(1) if charset else None


def parse_response(block: bytes, max_body_bytes: int) -> Response:
    """Parse the block of a ``response`` record.

    A block without a status line is taken as a bare body. Chunked, gzip and deflate bodies are
    decoded; a body in another encoding, or that is not what its headers say, stays as it is
    (crawlers often store decoded payloads under the original headers).

    Args:
        block: HTTP status line, headers and body.
        max_body_bytes: Longest decoded body to hold; more is a decompression bomb.
    """
    if not block.startswith(b"HTTP/"):
        return Response(None, None, None, block)
    stream = BytesIO(block)
    try:
        headers = _PARSER.parse(stream)
    except (StatusAndHeadersParserException, EOFError):
        return Response(None, None, None, b"")
    body = _decoded(stream, headers, max_body_bytes + 1)
    content_type, charset = split_content_type(headers.get_header("content-type"))
    code = headers.get_statuscode()
    status = int(code) if len(code) == 3 and code.isascii() and code.isdigit() else None
    if len(body) > max_body_bytes:
        return Response(status, content_type, charset, b"", is_too_large=True)
    return Response(status, content_type, charset, body)


def _decoded(stream: BytesIO, headers: StatusAndHeaders, limit: int) -> bytes:
    start = stream.tell()
    try:
        return _read(_reader(stream, headers), limit)
    except Exception:  # whatever a decoder chokes on: the body is then not what its headers say
        stream.seek(start)
        return stream.read(limit)


def _reader(stream: BytesIO, headers: StatusAndHeaders) -> BytesIO | BufferedReader:
    encoding = headers.get_header("content-encoding", "").strip().lower()
    packed = encoding if encoding in _PACKED else None
    if headers.get_header("transfer-encoding", "").strip().lower() == "chunked":
        return ChunkedDataReader(stream, decomp_type=packed)
    return BufferedReader(stream, decomp_type=packed) if packed else stream


def _read(reader: BytesIO | BufferedReader, limit: int) -> bytes:
    parts, size = [], 0
    # The reader gives what it has decoded so far, not all that was asked for.
    while size < limit and (part := reader.read(limit - size)):
        parts.append(part)
        size += len(part)
    return b"".join(parts)
