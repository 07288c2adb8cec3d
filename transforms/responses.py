"""A stored HTTP response → status, content type, charset and decoded body. Chunks by warcio."""

import re
from collections.abc import Mapping
from io import BytesIO
from typing import NamedTuple

from warcio.bufferedreaders import ChunkedDataReader

from transforms.payloads import decoded

_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9._:-]+)", re.IGNORECASE)
_FIELDS = re.compile(rb"(?::?[!-9;-~]+:[^\n]*\n(?:[ \t][^\n]*\n)*)+\r?\n")
_TELLING = re.compile(rb"^(?:content-type\s*:|:status:\s*(?P<status>\d{3})\s*$)", re.IGNORECASE | re.MULTILINE)
_STATUS_LINE = re.compile(rb"HTTP/\S* +(?P<status>\d{3})(?!\S)")
HEAD_END = re.compile(rb"\n[ \t\r]*\n")
"""The empty line behind a head, whatever blanks it holds."""

_TOLD = frozenset({"content-type", "content-encoding", "transfer-encoding"})
_FIELD = re.compile(r"^([^:\n]*):([^\n]*(?:\n[ \t][^\n]*)*)", re.MULTILINE)
# Servers refuse heads a tenth as long.
MAX_HEAD_BYTES = 1 << 16


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


def parse_response(block: bytes | memoryview, max_body_bytes: int) -> Response:
    """Parse the block of a ``response`` record.

    A head may lack its status line, or give the status as HTTP/2 does (``:status: 200``); a block
    without a head is a bare body. Chunked, gzip, deflate, brotli and zstd bodies are decoded, also
    one in another; a body that is not what its headers say stays as it is (crawlers often store
    decoded payloads under the original headers). No Content-Length is believed: the body is what is there.

    Args:
        block: HTTP status line, headers and body.
        max_body_bytes: Longest decoded body to hold; more is a decompression bomb.
    """
    if block[:5] == b"HTTP/":
        told = _STATUS_LINE.match(block)
        status = told and told.group("status")
    else:
        status = _pseudo_status(block)
        if status is None:
            return Response(None, None, None, bytes(block))
    # An empty line ends a head; without one there is nothing else.
    end = HEAD_END.search(block)
    fields = _fields(bytes(block[: end.start()] if end else block))
    body = _decoded(bytes(block[end.end() :]) if end else b"", fields, max_body_bytes + 1)
    content_type, charset = split_content_type(next(iter(fields.get("content-type", ())), None))
    is_too_large = len(body) > max_body_bytes
    return Response(int(status) if status else None, content_type, charset, b"" if is_too_large else body, is_too_large)


def _fields(head: bytes) -> dict[str, list[str]]:
    """Read the fields that tell something: name in lower case → values, folded lines made one."""
    fields: dict[str, list[str]] = {}
    for name, value in _FIELD.findall(head.decode("utf-8", "replace")):
        if (key := name.strip().lower()) in _TOLD:
            fields.setdefault(key, []).append(" ".join(value.split()))
    return fields


def _pseudo_status(block: bytes | memoryview) -> bytes | None:
    """Give the status of a head that begins with a field; empty without one, None if this is no head.

    Lines of a text may look like fields: a head has a content type, or HTTP/2's own status.
    """
    head = _FIELDS.match(bytes(block[:MAX_HEAD_BYTES]))
    told = head and _TELLING.search(head.group())
    return (told.group("status") or b"") if told else None


def _decoded(stored: bytes, fields: Mapping[str, list[str]], limit: int) -> bytes:
    transfer, content = _listed(fields, "transfer-encoding"), _listed(fields, "content-encoding")
    body = stored
    try:
        if "chunked" in transfer:
            body = _read(ChunkedDataReader(BytesIO(stored)), len(stored))
        return decoded(body, content + transfer, limit)
    except Exception:  # whatever a decoder chokes on: the body is then not what its headers say
        return stored[:limit]


def _listed(fields: Mapping[str, list[str]], name: str) -> list[str]:
    """Give the values of a field that is a list, and that may be there more than once."""
    return [part.strip().lower() for value in fields.get(name, ()) for part in value.split(",")]


def _read(reader: ChunkedDataReader, limit: int) -> bytes:
    parts, size = [], 0
    # The reader gives what it has so far, not all that was asked for.
    while size < limit and (part := reader.read(limit - size)):
        parts.append(part)
        size += len(part)
    return b"".join(parts)
