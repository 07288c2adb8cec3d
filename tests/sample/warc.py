"""WARC/1.0 records, one gzip member each, the same bytes every time."""

import base64
import hashlib
import uuid
import zlib
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(2024, 11, 4, 6, 0, tzinfo=UTC)
_NAMES = uuid.UUID("6f9b3c52-0d2a-4a57-9a3e-5c1d7e4b8a10")

Fields = dict[str, str]


def record_id(name: str) -> str:
    """Give the record id that belongs to a name; the same one every time."""
    return f"<urn:uuid:{uuid.uuid5(_NAMES, name)}>"


def date(seconds: int) -> str:
    """Give a WARC-Date so many seconds after the crawl began."""
    return (_EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def digest(data: bytes) -> str:
    """Give the digest that WARC headers use."""
    return "sha1:" + base64.b32encode(hashlib.sha1(data).digest()).decode("ascii")


def member(kind: str, fields: Fields, block: bytes) -> bytes:
    """Give a whole record as one gzip member."""
    lines = ["WARC/1.0", f"WARC-Type: {kind}", *(f"{name}: {value}" for name, value in fields.items())]
    head = "\r\n".join([*lines, f"Content-Length: {len(block)}", "", ""]).encode()
    return squeeze(head + block + b"\r\n\r\n")


def squeeze(data: bytes) -> bytes:
    """Compress with gzip; zlib writes no time and no name into the header."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return packer.compress(data) + packer.flush()


def warcinfo(filename: str) -> bytes:
    """Give the record that begins a file."""
    fields = {
        "WARC-Record-ID": record_id(f"warcinfo/{filename}"),
        "WARC-Date": date(0),
        "WARC-Filename": filename,
        "Content-Type": "application/warc-fields",
    }
    block = (
        b"software: sample crawl\r\nisPartOf: sample\r\ndescription: made-up pages\r\nformat: WARC File Format 1.0\r\n"
    )
    return member("warcinfo", fields, block)


def request(url: str, host: str, path: str, answer_id: str, at: str) -> bytes:
    """Give the request that belongs to a response."""
    fields = {
        "WARC-Record-ID": record_id(f"request/{answer_id}"),
        "WARC-Date": at,
        "WARC-Target-URI": url,
        "WARC-Concurrent-To": answer_id,
        "Content-Type": "application/http; msgtype=request",
    }
    block = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: sample-crawler/1.0\r\nAccept: text/html\r\n\r\n"
    return member("request", fields, block.encode())


def metadata(url: str, answer_id: str, at: str) -> bytes:
    """Give the crawler's notes on a response."""
    fields = {
        "WARC-Record-ID": record_id(f"metadata/{answer_id}"),
        "WARC-Date": at,
        "WARC-Target-URI": url,
        "WARC-Concurrent-To": answer_id,
        "Content-Type": "application/warc-fields",
    }
    return member("metadata", fields, b"fetchTimeMs: 120\r\n")
