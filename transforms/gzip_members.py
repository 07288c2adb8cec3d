"""Gzip members: one for each record, or one around the whole file."""

from contextlib import suppress
from typing import Any

import deflate
from zlib_ng import zlib_ng as zlib

from transforms import chunks
from transforms.chunks import Input
from transforms.compression import BadData, Codec, first_bytes
from transforms.heads import starts_record
from transforms.text.needles import find

_BAD_GZIP: Any = zlib.error  # its stub calls it a plain value
_USUAL_HEAD = 10  # of a member without name, comment and other extras
_TRAILER = 8  # checksum, and inflated size
_SIZE = 4  # of its end, the inflated size
_MAX_WHOLE_BYTES = 1 << 22


class Gzip(Codec):
    """RFC 1952."""

    name = "gzip"
    magic = b"\x1f\x8b\x08"
    probe = 4096

    def inflater(self) -> "GzipInflater":
        """Begin a member."""
        return GzipInflater()

    def whole(self, source: Input) -> bytearray | None:
        """Inflate a member in one call: libdeflate takes 0.6 of zlib-ng's time.

        The member ends where the next one seems to begin. libdeflate would not notice bytes between the two, but it
        did find checksum and size behind the data: that is at the end, if its size is there and nowhere else.
        """
        size = source.distance(self.magic, _USUAL_HEAD + _TRAILER, 8 * chunks.CHUNK)
        if size is None or size < _USUAL_HEAD + _TRAILER:
            return None
        member = source.peek(size)
        told = member[-_SIZE:]
        n_inflated = int.from_bytes(told, "little")
        is_usual = member[3] == 0 and 0 < n_inflated <= _MAX_WHOLE_BYTES
        if not is_usual or find(member, told) != size - _SIZE:
            return None
        try:
            out: bytearray = deflate.gzip_decompress(member, n_inflated)
        except deflate.DeflateError:
            return None
        if len(out) != n_inflated:
            return None
        source.go_on(size)
        return out

    def holds_record(self, data: bytes) -> bool:
        """Inflate a little: three magic bytes occur by chance about once in 16 MB of compressed data."""
        return starts_record(first_bytes(self.inflater(), data))

    def salvage(self, source: Input, given: int) -> bytes:
        """Inflate again what was given, then byte by byte: in one call, zlib keeps what it had before an error."""
        inflater = zlib.decompressobj(wbits=31)
        data, out = source.read(), bytearray()
        with suppress(_BAD_GZIP):
            while given and data:
                given -= len(inflater.decompress(data, min(given, 4 * chunks.CHUNK)))
                data = inflater.unconsumed_tail or source.read()
            while data and not inflater.eof:
                for i in range(len(data)):
                    out += inflater.decompress(data[i : i + 1])
                data = source.read()
        return bytes(out)


class GzipInflater:
    """One gzip member; a step gives at most four chunks, however small its input."""

    def __init__(self, wbits: int = 31) -> None:
        """Begin at the magic; other ``wbits`` are zlib's, for other wrappings of the same stream."""
        self._inflater: Any = zlib.decompressobj(wbits=wbits)
        self.is_ended = False
        self.wants = True
        self.rest = b""

    def inflate(self, data: bytes) -> bytes:
        """Inflate ``data`` up to the limit of a step."""
        inflater = self._inflater
        try:
            out: bytes = inflater.decompress(data, 4 * chunks.CHUNK)
        except _BAD_GZIP as error:
            raise BadData(str(error)) from None
        self.is_ended = inflater.eof
        self.rest = inflater.unused_data if self.is_ended else inflater.unconsumed_tail
        self.wants = not self.rest
        return out
