"""A stored HTTP response → status, content type, charset and decoded body. Heads and chunks by warcio."""

import re
from io import BytesIO
from typing import NamedTuple

from warcio.bufferedreaders import ChunkedDataReader
from warcio.statusandheaders import StatusAndHeaders, StatusAndHeadersParser, StatusAndHeadersParserException

from transforms.payloads import decoded

_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9._:-]+)", re.IGNORECASE)
_FIELDS = re.compile(rb"(?::?[!-9;-~]+:[^\n]*\n(?:[ \t][^\n]*\n)*)+\r?\n")
_TELLING = re.compile(rb"^(?:content-type\s*:|:status:\s*(?P<status>\d{3})\s*$)", re.IGNORECASE | re.MULTILINE)
# Servers refuse heads a tenth as long, and the parser of heads is quadratic in folded lines: 150 s for 10 MB.
MAX_HEAD_BYTES = 1 << 16
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

    A head may lack its status line, or give the status as HTTP/2 does (``:status: 200``); a block
    without a head is a bare body. Chunked, gzip, deflate, brotli and zstd bodies are decoded, also
    one in another; a body that is not what its headers say stays as it is (crawlers often store
    decoded payloads under the original headers). No Content-Length is believed: the body is what is there.

    Args:
        block: HTTP status line, headers and body.
        max_body_bytes: Longest decoded body to hold; more is a decompression bomb.
    """
    status_line = None
    if not block.startswith(b"HTTP/"):
        pseudo = _pseudo_status(block)
        if pseudo is None:
            return Response(None, None, None, block)
        status_line = b"HTTP/2 " + pseudo
    stream = BytesIO(block)
    try:
        headers = _PARSER.parse(stream, status_line)
    except (StatusAndHeadersParserException, EOFError):
        return Response(None, None, None, b"")
    body = _decoded(stream, headers, max_body_bytes + 1)
    content_type, charset = split_content_type(headers.get_header("content-type"))
    code = headers.get_statuscode()
    status = int(code) if len(code) == 3 and code.isascii() and code.isdigit() else None
    if len(body) > max_body_bytes:
        return Response(status, content_type, charset, b"", is_too_large=True)
    return Response(status, content_type, charset, body)


def _pseudo_status(block: bytes) -> bytes | None:
    """Give the status of a head that begins with a field; empty without one, None if this is no head.

    Lines of a text may look like fields: a head has a content type, or HTTP/2's own status.
    """
    head = _FIELDS.match(block[:MAX_HEAD_BYTES])
    told = head and _TELLING.search(head.group())
    return (told.group("status") or b"") if told else None


def _decoded(stream: BytesIO, headers: StatusAndHeaders, limit: int) -> bytes:
    stored = stream.getbuffer()[stream.tell() :].tobytes()
    transfer, content = _listed(headers, "transfer-encoding"), _listed(headers, "content-encoding")
    body = stored
    try:
        if "chunked" in transfer:
            body = _read(ChunkedDataReader(stream), len(stored))
        return decoded(body, content + transfer, limit)
    except Exception:  # whatever a decoder chokes on: the body is then not what its headers say
        return stored[:limit]


def _listed(headers: StatusAndHeaders, name: str) -> list[str]:
    """Give the values of a header that is a list, and that may be there more than once."""
    values = [value for key, value in headers.headers if key.lower() == name]
    return [part.strip().lower() for part in ",".join(values).split(",")]


def _read(reader: ChunkedDataReader, limit: int) -> bytes:
    parts, size = [], 0
    # The reader gives what it has so far, not all that was asked for.
    while size < limit and (part := reader.read(limit - size)):
        parts.append(part)
        size += len(part)
    return b"".join(parts)
