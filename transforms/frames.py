"""Bytes of a crawl file → segments whose every byte is accounted for.

A segment is a run of record bytes: a whole plain file, or one compressed member (``members``). Nothing is held but a
chunk, so a segment of any size streams. Damage is an exception with a reason, never silence, but
what lies before it is given first: the reader above answers with a gap and looks for the next
place that can be trusted.
"""

import re

from transforms import chunks
from transforms.chunks import Input
from transforms.heads import NEXT_START

_MAX_LINE_BYTES = 8192  # of an ARC line
_BLANK = re.compile(rb"[\r\n]*")


class Damage(Exception):
    """Bytes that cannot be trusted; ``args[0]`` is the reason that ``rejects`` will show."""

    @property
    def reason(self) -> str:
        """The reason, as a stable label."""
        return str(self.args[0])


class Segment:
    """A plain file's bytes from ``offset`` on; the base of a compressed member.

    Attributes:
        offset: Where it begins in the file.
        position: Bytes consumed, counted after inflation.
        damage: What its bytes end in, once they were seen to; None: nothing, or not known yet.
    """

    def __init__(self, source: Input) -> None:
        """Begin where ``source`` stands."""
        self.source = source
        self.offset = source.offset
        self.damage: Damage | None = None
        self._size: int | None = None  # known once the end was seen
        self._clear(0)

    def _clear(self, position: int) -> None:
        self.position = self._seen = position  # _seen: up to where bytes were pulled
        self._buffer: bytes | bytearray = b""
        self._at = 0  # bytes before it are consumed

    def _pull(self) -> bytes:
        return self.source.read()

    @property
    def _n_held(self) -> int:
        return len(self._buffer) - self._at

    def fill(self, size: int) -> bool:
        """Hold at least ``size`` bytes ahead; False if the segment ends, or is damaged, before."""
        held = self._n_held
        if held >= size:
            return True
        parts: list[bytes | bytearray] = [self._buffer[self._at :]] if held else []
        while held < size and (data := self._pull()):
            parts.append(data)
            held += len(data)
            self._seen += len(data)
        self._buffer, self._at = b"".join(parts), 0
        if held < size:
            self._size = self._seen
        return held >= size

    def ahead(self, size: int) -> bytes:
        """Look at up to ``size`` bytes without consuming them."""
        self.fill(size)
        return self._next(size)

    def _next(self, size: int) -> bytes:
        return bytes(memoryview(self._buffer)[self._at : self._at + size])

    def take(self, size: int) -> memoryview:
        """Consume ``size`` bytes, given as a view; Damage if the segment is shorter, and then none is consumed."""
        if self._is_short(size) or not self.fill(size):
            raise self.damage or Damage("truncated")
        data = memoryview(self._buffer)[self._at : self._at + size]
        self._consume(size)
        return data

    def skip(self, size: int) -> None:
        """Consume ``size`` bytes without ever holding them; Damage if the segment is shorter."""
        while size > 0:
            if self._is_short(size) or not self.fill(1):
                raise self.damage or Damage("truncated")
            step = min(size, self._n_held)
            self._consume(step)
            size -= step

    def _is_short(self, size: int) -> bool:
        """Say whether fewer bytes are left: known ends spare reading to them for each bad length."""
        return self._size is not None and self.position + size > self._size

    def more(self) -> bool:
        """Skip the empty lines between records; False at the segment's verified end, Damage at another."""
        while self.fill(1):
            blank = _BLANK.match(self._buffer, self._at)
            self._consume(len(blank.group()) if blank else 0)
            if self._n_held:
                return True
        if self.damage:
            raise self.damage
        return False

    def skip_to_start(self, *, is_line: bool = True) -> None:
        """Consume up to the next place where a record seems to start, or to the end; Damage if that is none.

        ``is_line``: the current place is the start of a line.
        """
        self._buffer, self._at = (b"\n" if is_line else b".") + self._buffer[self._at :], 0
        self.position -= 1
        while True:
            is_more = self.fill(chunks.CHUNK + _MAX_LINE_BYTES)
            found = NEXT_START.search(self._buffer, self._at)
            if found:
                return self._consume(found.start() - self._at)
            if not is_more:
                if self.damage:
                    raise self.damage
                return self._consume(self._n_held)
            # Keep a tail: a start may lie across two chunks.
            self._consume(self._n_held - _MAX_LINE_BYTES)

    def rewind(self, position: int) -> None:
        """Go back to ``position``; what was consumed is read again."""
        if position < self.position:
            self._restart(position)

    def _restart(self, position: int) -> None:
        back = self.position - position
        if back <= self._at:  # what was consumed is still there
            self._at, self.position = self._at - back, position
            return
        self.source.seek(self.offset + position)
        self._clear(position)

    def _consume(self, size: int) -> None:
        self._at += size
        self.position += size
