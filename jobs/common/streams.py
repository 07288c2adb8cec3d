"""A remote file that reads and seeks: read ahead in large ranges, and resumed where a connection was dropped.

A short answer is a drop, never an end: the end is where the store said it is. A file that is another one than when it
was planned is out of reach for this run.
"""

from jobs.common.ranges import append_range
from jobs.common.stores import REQUEST_STALLS, Access, changed, connect, facts, retried

FIRST = 1 << 20


class RemoteStream:
    """A remote file as bytes that read and seek; holds at most one block of them.

    A block begins where the last one ended and is twice as long, up to ``access.block``; after a seek
    to bytes that are not held it begins small again, so that reading one record costs little.

    Attributes:
        size: Bytes of the whole file.
    """

    def __init__(self, uri: str, access: Access, tag: str | None = None) -> None:
        """Open a file.

        Args:
            uri: With its scheme.
            access: Limits and storage options.
            tag: What the plan knows the file by; None: as it is now.

        Raises:
            SourceUnavailableError: it cannot be reached, or has changed since it was planned.
        """
        self._uri, self._access = uri, access
        self._fs, self._path = connect(uri, access)
        self._fs.invalidate_cache()
        self._facts = retried(uri, lambda: facts(self._fs, self._path), access)
        if tag is not None and tag != self._facts.tag:
            raise changed(uri)
        self.size = self._facts.size
        self._offset = 0
        self._start, self._block = 0, memoryview(b"")

    def read(self, size: int, /) -> bytes:
        """Give up to ``size`` bytes; empty at the end of the file and only there.

        Raises:
            SourceUnavailableError: a request failed for good, or the file has changed.
        """
        if self._offset >= self.size or size <= 0:
            return b""
        at = self._offset - self._start
        if not 0 <= at < len(self._block):
            self._fetch()
            at = 0
        data = bytes(self._block[at : at + size])
        self._offset += len(data)
        return data

    def seek(self, offset: int, /) -> int:
        """Move to ``offset`` from the start; gives it. Nothing is asked until the next read."""
        self._offset = max(0, offset)
        return self._offset

    def close(self) -> None:
        """Let go of the bytes held; connections belong to the filesystem, which all streams share."""
        self._block = memoryview(b"")

    def _fetch(self) -> None:
        """Hold the block at the offset, in as many requests as it takes."""
        goes_on = self._block and self._offset == self._start + len(self._block)
        length = min(len(self._block) * 2 if goes_on else FIRST, self._access.block)
        end = min(self._offset + length, self.size)
        self._block = memoryview(b"")  # the old block goes before the new one comes
        held = bytearray()
        seconds = min(self._access.stall * REQUEST_STALLS, self._access.seconds)

        def rest() -> None:
            span = range(self._offset + len(held), end)
            append_range((self._fs, self._path), self._facts, span, held, seconds)

        retried(self._uri, rest, self._access)
        self._start, self._block = self._offset, memoryview(held)


def read_whole(uri: str, access: Access) -> bytes:
    """Read a whole remote file that fits in memory.

    Raises:
        SourceUnavailableError: it cannot be read.
    """
    stream = RemoteStream(uri, access)
    pieces = []
    while piece := stream.read(access.block):
        pieces.append(piece)
    return b"".join(pieces)
