"""A crawl file, read chunk by chunk: what may be looked at before it is taken, and handed back."""

from typing import Protocol

from transforms.text.needles import find

CHUNK = 1 << 16


class ByteStream(Protocol):
    """What a crawl file must offer: reading and seeking, as any opened binary file does."""

    def read(self, size: int, /) -> bytes:
        """Give up to ``size`` bytes; empty at the end."""

    def seek(self, offset: int, /) -> int:
        """Move to ``offset`` from the start."""


class Input:
    """A file read chunk by chunk, with bytes that can be handed back."""

    def __init__(self, stream: ByteStream) -> None:
        """Start at the stream's first byte."""
        self._stream = stream
        self._buffer, self._at = b"", 0  # bytes before _at were given
        self.offset = 0

    @property
    def _n_held(self) -> int:
        return len(self._buffer) - self._at

    def read(self) -> bytes:
        """Give the next bytes, at most a chunk of new ones; empty at the end of the file."""
        if not self._n_held:
            self._buffer, self._at = self._chunk(), 0
        data = self._buffer[self._at :]
        self.go_on(len(data))
        return data

    def _chunk(self) -> bytes:
        """Read a whole chunk: a stream may give less than it is asked for, and that must not show."""
        data = self._stream.read(CHUNK)
        while 0 < len(data) < CHUNK and (more := self._stream.read(CHUNK - len(data))):
            data += more
        return data

    def _more(self) -> bool:
        """Hold a chunk more; False at the end of the file."""
        data = self._chunk()
        self._buffer, self._at = self._buffer[self._at :] + data, 0
        return bool(data)

    def peek(self, size: int) -> bytes:
        """Look at the next ``size`` bytes, or at all that are left."""
        while self._n_held < size and self._more():
            pass
        return self._buffer[self._at : self._at + size]

    def distance(self, mark: bytes, begin: int, limit: int) -> int | None:
        """Say how far ahead, and not before ``begin``, a mark or the file's end is; None: ``limit`` or more."""
        while (found := find(self._buffer, mark, self._at + begin)) < 0 and self._n_held < limit + len(mark):
            begin = max(begin, self._n_held - len(mark) + 1)
            if not self._more():
                break
        far = self._n_held if found < 0 else found - self._at
        return far if far < limit else None

    def go_on(self, size: int) -> None:
        """Go past bytes that ``peek`` gave."""
        self._at += size
        self.offset += size

    def unread(self, data: bytes) -> None:
        """Hand back the tail of what ``read`` gave."""
        if len(data) > self._at:
            self._buffer, self._at = data + self._buffer[self._at :], len(data)
        self.go_on(-len(data))

    def seek(self, offset: int) -> None:
        """Go on from ``offset``."""
        self._stream.seek(offset)
        self._buffer, self._at = b"", 0
        self.offset = offset
