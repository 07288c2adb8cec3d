"""Gzip members: one for each record, or one around the whole file."""

from contextlib import suppress
from typing import Any

from zlib_ng import zlib_ng as zlib

from transforms import frames
from transforms.compression import BadData, Codec, first_bytes
from transforms.frames import Input
from transforms.heads import starts_record

_BAD_GZIP: Any = zlib.error  # its stub calls it a plain value


class Gzip(Codec):
    """RFC 1952."""

    name = "gzip"
    magic = b"\x1f\x8b\x08"
    probe = 4096

    def inflater(self) -> "GzipInflater":
        """Begin a member."""
        return GzipInflater()

    def holds_record(self, data: bytes) -> bool:
        """Inflate a little: three magic bytes occur by chance about once in 16 MB of compressed data."""
        return starts_record(first_bytes(self.inflater(), data))

    def salvage(self, source: Input, given: int) -> bytes:
        """Inflate again what was given, then byte by byte: in one call, zlib keeps what it had before an error."""
        inflater = zlib.decompressobj(wbits=31)
        data, out = source.read(), bytearray()
        with suppress(_BAD_GZIP):
            while given and data:
                given -= len(inflater.decompress(data, min(given, 4 * frames.CHUNK)))
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
            out: bytes = inflater.decompress(data, 4 * frames.CHUNK)
        except _BAD_GZIP as error:
            raise BadData(str(error)) from None
        self.is_ended = inflater.eof
        self.rest = inflater.unused_data if self.is_ended else inflater.unconsumed_tail
        self.wants = not self.rest
        return out
