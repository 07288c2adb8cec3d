"""Small crawl files for the tests, made by warcio's writer or by hand."""

import gzip
from io import BytesIO

from hypothesis import strategies as st
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from transforms.records import Gap, Record, read_records

LIMIT = 1 << 20
DATE = "2024-05-06T07:08:09Z"


def page(number: int, filler: str = "word ", times: int = 20) -> bytes:
    """An HTML page that differs from all others by its number."""
    return f"<html><body><p>Page {number}: {filler * times}</p></body></html>".encode()


def warc(*payloads: bytes, is_gzip: bool, kinds: tuple[str, ...] = ()) -> bytes:
    """A WARC of one record per payload: ``response`` records, or as ``kinds`` says."""
    out = BytesIO()
    writer = WARCWriter(out, gzip=is_gzip)
    for number, payload in enumerate(payloads):
        kind = kinds[number] if kinds else "response"
        http = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], "HTTP/1.1") if kind == "response" else None
        headers = {"WARC-Date": DATE, "WARC-Record-ID": f"<urn:uuid:00000000-0000-0000-0000-{number:012d}>"}
        url = f"http://site.example/{number}"
        record = writer.create_warc_record(
            url, kind, payload=BytesIO(payload), http_headers=http, warc_headers_dict=headers
        )
        writer.write_record(record)
    return out.getvalue()


def plain_record(number: int, body: bytes, length: str | None = None, kind: str = "response") -> bytes:
    """One plain WARC record by hand, so that ``length`` may lie."""
    head = f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: http://site.example/{number}\r\n"
    head += f"Content-Length: {len(body) if length is None else length}\r\n\r\n"
    return head.encode() + body + b"\r\n\r\n"


def arc(*blocks: bytes) -> bytes:
    """An ARC 1 file with its version block."""
    about = b"1 0 Crawler\nURL IP-address Archive-date Content-type Archive-length\n\n"
    out = b"filedesc://old.arc 0.0.0.0 20080101000000 text/plain %d\n%s\n" % (len(about), about)
    for number, block in enumerate(blocks):
        out += b"http://old.example/%d 192.0.2.1 20080203040506 text/html %d\n%s\n" % (number, len(block), block)
    return out


def layouts(*payloads: bytes) -> dict[str, bytes]:
    """The same records in each layout that crawls use."""
    plain = warc(*payloads, is_gzip=False)
    whole = gzip.compress(plain, mtime=0)
    return {"member_per_record": warc(*payloads, is_gzip=True), "plain": plain, "whole_gzip": whole}


def members(*parts: bytes) -> list[bytes]:
    """One gzip member for each part."""
    return [gzip.compress(part, mtime=0) for part in parts]


def read(data: bytes, limit: int = LIMIT) -> list[Record | Gap]:
    """Everything that a file gives."""
    return list(read_records(BytesIO(data), limit))


def records(data: bytes, limit: int = LIMIT) -> list[Record]:
    """The records that a file gives."""
    return [found for found in read(data, limit) if isinstance(found, Record)]


def gaps(data: bytes, limit: int = LIMIT) -> list[Gap]:
    """The gaps that a file gives."""
    return [found for found in read(data, limit) if isinstance(found, Gap)]


def bodies(data: bytes) -> list[bytes | None]:
    """The blocks of the records that a file gives."""
    return [record.body for record in records(data)]


def urls(data: bytes) -> list[str]:
    """The addresses of the records that a file gives."""
    return [record.headers["warc-target-uri"] for record in records(data)]


def accounted_bytes(found: list[Record | Gap]) -> int:
    """Bytes of the file that the ledger would hold."""
    skipped = sum(one.length for one in found if isinstance(one, Gap) and one.in_file)
    return skipped + sum(one.read_bytes for one in found)


class Counted(BytesIO):
    """A stream that counts the bytes that were read from it."""

    n_bytes = 0

    def read(self, size=-1, /):
        data = super().read(size)
        self.n_bytes += len(data)
        return data


@st.composite
def damaged(draw: st.DrawFn, data: bytes) -> bytes:
    """A file with one to three wounds: bytes flipped, zeroed, deleted or inserted, or the end cut off."""
    out = bytearray(data)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(out)))
        size = draw(st.integers(1, 40))
        wound = draw(st.sampled_from(["flip", "zero", "delete", "insert", "cut"]))
        if wound == "flip":
            out[at : at + 1] = bytes(b ^ draw(st.integers(1, 255)) for b in out[at : at + 1])
        elif wound == "zero":
            out[at : at + size] = bytes(len(out[at : at + size]))
        elif wound == "delete":
            del out[at : at + size]
        elif wound == "insert":
            out[at:at] = draw(st.binary(min_size=1, max_size=40))
        else:
            del out[at:]
    return bytes(out)
