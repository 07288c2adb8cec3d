"""Members as segments: gzip members, zstd and lz4 frames, inflated as they are consumed; small gzip members at once."""

from collections import deque

from transforms.chunks import Input
from transforms.compression import BadData, Codec, Inflater
from transforms.frames import Damage, Segment


class _Ended:
    """The inflater of a member that was inflated at once."""

    is_ended = True
    wants = False
    rest = b""

    def inflate(self, data: bytes) -> bytes:
        """Give nothing: all was given."""
        return data[:0]


class Member(Segment):
    """One compressed member, inflated as it is consumed; its checksum is verified at its end.

    Attributes:
        whole: All that it holds, checksum verified, where it was inflated at once; None: it was not.
    """

    def __init__(self, source: Input, codec: Codec) -> None:
        """Begin where ``source`` stands, at the codec's magic."""
        super().__init__(source)
        self.codec = codec
        self.whole = codec.whole(source)
        self._inflater: Inflater = codec.inflater() if self.whole is None else _Ended()
        if self.whole is not None:
            self._buffer, self._seen = self.whole, len(self.whole)
        # Of each pull that is still held: where it ends in the segment, where it began in the file.
        self._pulls = deque[tuple[int, int]]()

    @property
    def is_ended(self) -> bool:
        """Whether the member was inflated to its end, checksum included, and all was consumed."""
        return self._inflater.is_ended and not self._n_held

    @property
    def held_from(self) -> int:
        """Where in the file the bytes begin that were read for what is not consumed yet."""
        return self._pulls[0][1] if self._pulls else self._next_offset()

    def _next_offset(self) -> int:
        return self.source.offset - len(self._inflater.rest)

    def _pull(self) -> bytes:
        while not self._inflater.is_ended and not self.damage:
            begins = self._next_offset()
            out = self._inflate(begins)
            if out:
                self._pulls.append((self._seen + len(out), begins))
                return out
        return b""

    def _inflate(self, begins: int) -> bytes:
        inflater = self._inflater
        new = self.source.read() if inflater.wants else b""
        if inflater.wants and not new:
            self.damage = Damage("truncated")
            return b""
        try:
            out = inflater.inflate(inflater.rest + new)
        except BadData:
            self.damage = Damage(f"bad_{self.codec.name}")
            return self._salvaged(begins)
        if inflater.is_ended:
            self.source.unread(inflater.rest)
            inflater.rest = b""
        return out

    def _salvaged(self, begins: int) -> bytes:
        """Give what lies between the last good pull and the damage."""
        self.source.seek(self.offset)
        out = self.codec.salvage(self.source, self._seen)
        self.source.seek(begins)
        self._inflater.rest = b""
        return out

    def _restart(self, position: int) -> None:
        self.source.seek(self.offset)
        self._inflater = self.codec.inflater()
        self._clear(0)
        self._pulls.clear()
        self.skip(position)

    def _consume(self, size: int) -> None:
        super()._consume(size)
        while self._pulls and self._pulls[0][0] <= self.position:
            self._pulls.popleft()
