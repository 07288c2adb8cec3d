"""Bytes of a crawl file → segments whose every byte is accounted for.

A segment is a run of record bytes: a whole plain file, or one gzip member (``members``). Nothing is held but a
chunk, so a segment of any size streams. Damage is an exception with a reason, never silence, but
what lies before it is given first: the reader above answers with a gap and looks for the next
place that can be trusted.
"""

from typing import Protocol

from transforms.heads import NEXT_START

CHUNK = 1 << 16


class ByteStream(Protocol):
    """What a crawl file must offer: reading and seeking, as any opened binary file does."""

    def read(self, size: int, /) -> bytes:
        """Give up to ``size`` bytes; empty at the end."""

    def seek(self, offset: int, /) -> int:
        """Move to ``offset`` from the start."""


class Damage(Exception):
    """Bytes that cannot be trusted; ``args[0]`` is the reason that ``rejects`` will show."""

    @property
    def reason(self) -> str:
        """The reason, as a stable label."""
        return str(self.args[0])


class Input:
    """A file read chunk by chunk, with bytes that can be handed back."""

    def __init__(self, stream: ByteStream) -> None:
        """Start at the stream's first byte."""
        self._stream = stream
        self._held = b""
        self.offset = 0

    def read(self) -> bytes:
        """Give the next bytes, at most a chunk of new ones; empty at the end of the file."""
        data = self._held or self._chunk()
        self._held = b""
        self.offset += len(data)
        return data

    def _chunk(self) -> bytes:
        """Read a whole chunk: a stream may give less than it is asked for, and that must not show."""
        data = self._stream.read(CHUNK)
        while 0 < len(data) < CHUNK and (more := self._stream.read(CHUNK - len(data))):
            data += more
        return data

    def unread(self, data: bytes) -> None:
        """Hand back the tail of what ``read`` gave."""
        self._held = data + self._held
        self.offset -= len(data)

    def seek(self, offset: int) -> None:
        """Go on from ``offset``."""
        self._stream.seek(offset)
        self._held = b""
        self.offset = offset


class Segment:
    """A plain file's bytes from ``offset`` on; the base of a gzip member.

    Attributes:
        offset: Where it begins in the file.
        position: Bytes consumed, counted after inflation.
        damage: What its bytes end in, once they were seen to; None: nothing, or not known yet.
    """

    def __init__(self, source: Input) -> None:
        """Begin where ``source`` stands."""
        self.source = source
        self.offset = source.offset
        self.position = 0
        self.damage: Damage | None = None
        self._buffer = bytearray()
        self._size: int | None = None  # known once the end was seen

    def _pull(self) -> bytes:
        return self.source.read()

    def fill(self, size: int) -> bool:
        """Hold at least ``size`` bytes ahead; False if the segment ends, or is damaged, before."""
        while len(self._buffer) < size:
            data = self._pull()
            if not data:
                self._size = self.position + len(self._buffer)
                return False
            self._buffer += data
        return True

    def ahead(self, size: int) -> bytes:
        """Look at up to ``size`` bytes without consuming them."""
        self.fill(size)
        return bytes(self._buffer[:size])

    def take(self, size: int) -> bytes:
        """Consume ``size`` bytes; Damage if the segment is shorter, and then none is consumed."""
        if self._is_short(size) or not self.fill(size):
            raise self.damage or Damage("truncated")
        data = bytes(self._buffer[:size])
        self._consume(size)
        return data

    def skip(self, size: int) -> None:
        """Consume ``size`` bytes without ever holding them; Damage if the segment is shorter."""
        while size > 0:
            if self._is_short(size) or not self.fill(1):
                raise self.damage or Damage("truncated")
            step = min(size, len(self._buffer))
            self._consume(step)
            size -= step

    def _is_short(self, size: int) -> bool:
        """Say whether fewer bytes are left: known ends spare reading to them for each bad length."""
        return self._size is not None and self.position + size > self._size

    def more(self) -> bool:
        """Skip the empty lines between records; False at the segment's verified end, Damage at another."""
        while self.fill(1):
            blank = len(self._buffer) - len(self._buffer.lstrip(b"\r\n"))
            self._consume(blank)
            if self._buffer:
                return True
        if self.damage:
            raise self.damage
        return False

    def skip_to_start(self) -> None:
        """Consume up to the next place where a record seems to start, or to the end; Damage if that is none."""
        self._buffer[:0] = b"\n"  # the current place counts as a line start
        self.position -= 1
        while True:
            found = NEXT_START.search(self._buffer)
            if found:
                return self._consume(found.start())
            # Keep a tail: a start may lie across two chunks. ARC lines are at most a few KB.
            self._consume(max(0, len(self._buffer) - 8192))
            if not self.fill(len(self._buffer) + 1):
                if self.damage:
                    raise self.damage
                return self._consume(len(self._buffer))

    def rewind(self, position: int) -> None:
        """Go back to ``position``; what was consumed is read again."""
        if position < self.position:
            self._restart(position)

    def _restart(self, position: int) -> None:
        self.source.seek(self.offset + position)
        self._buffer.clear()
        self.position = position

    def _consume(self, size: int) -> None:
        del self._buffer[:size]
        self.position += size
