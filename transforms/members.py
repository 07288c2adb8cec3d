"""Gzip members as segments: inflated as they are consumed, and salvaged up to their damage."""

from collections import deque
from contextlib import suppress
from typing import Any

from zlib_ng import zlib_ng as zlib

from transforms import frames
from transforms.frames import Damage, Input, Segment

GZIP_MAGIC = b"\x1f\x8b\x08"
BAD_GZIP: Any = zlib.error  # its stub calls it a plain value


class Member(Segment):
    """One gzip member, inflated as it is consumed; its checksum is verified at its end."""

    def __init__(self, source: Input) -> None:
        """Begin where ``source`` stands, at a gzip magic."""
        super().__init__(source)
        self._inflater: Any = zlib.decompressobj(wbits=31)
        # Of each pull that is still held: where it ends in the segment, where it began in the file.
        self._pulls = deque[tuple[int, int]]()

    @property
    def is_ended(self) -> bool:
        """Whether the member was inflated to its end, checksum included, and all was consumed."""
        return self._inflater.eof and not self._buffer

    @property
    def held_from(self) -> int:
        """Where in the file the bytes begin that were read for what is not consumed yet."""
        return self._pulls[0][1] if self._pulls else self._next_offset()

    def _next_offset(self) -> int:
        return self.source.offset - len(self._inflater.unconsumed_tail)

    def _pull(self) -> bytes:
        while not self._inflater.eof and not self.damage:
            begins = self._next_offset()
            out = self._inflate(self._inflater.unconsumed_tail or self.source.read())
            if out:
                self._pulls.append((self.position + len(self._buffer) + len(out), begins))
                return out
        return b""

    def _inflate(self, data: bytes) -> bytes:
        if not data:
            self.damage = Damage("truncated")
            return b""
        spare = self._inflater.copy()
        try:
            out = bytes(self._inflater.decompress(data, 4 * frames.CHUNK))
        except BAD_GZIP:
            self.damage = Damage("bad_gzip")
            return _up_to_the_error(spare, data)
        if self._inflater.eof:
            self.source.unread(self._inflater.unused_data)
        return out

    def _restart(self, position: int) -> None:
        self.source.seek(self.offset)
        self._inflater = zlib.decompressobj(wbits=31)
        self._buffer.clear()
        self._pulls.clear()
        self.position = 0
        self.skip(position)

    def _consume(self, size: int) -> None:
        super()._consume(size)
        while self._pulls and self._pulls[0][0] <= self.position:
            self._pulls.popleft()


def _up_to_the_error(inflater: Any, data: bytes) -> bytes:
    """Inflate byte by byte: in one call, zlib keeps what it had before the error to itself."""
    out = bytearray()
    with suppress(BAD_GZIP):
        for i in range(len(data)):
            out += inflater.decompress(data[i : i + 1])
    return bytes(out)
