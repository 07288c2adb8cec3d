"""Compressions of crawl files: what each must offer, and what zstd and lz4 frames have in common."""

from abc import ABC, abstractmethod
from typing import Protocol

from transforms.chunks import Input


class BadData(Exception):
    """Compressed bytes that cannot be, or whose checksum is wrong."""


class Inflater(Protocol):
    """One member on its way to being inflated.

    Attributes:
        is_ended: Its end was reached and its checksum, where it has one, is right.
        wants: It cannot go on without more input than ``rest``.
        rest: Input that it was given and did not use; at the end, what lies behind the member.
    """

    is_ended: bool
    wants: bool
    rest: bytes

    def inflate(self, data: bytes) -> bytes:
        """Inflate some of ``data`` (``rest``, and new bytes behind it); BadData if that cannot be."""


class Codec(ABC):
    """A compression.

    Attributes:
        name: As in the reasons ``bad_<name>`` and ``not_<name>``.
        magic: What each member begins with.
        probe: Bytes that suffice to see what a member holds.
    """

    name: str
    magic: bytes
    probe: int

    @abstractmethod
    def inflater(self) -> Inflater:
        """Begin a member."""

    @abstractmethod
    def holds_record(self, data: bytes) -> bool:
        """Say whether ``data``, the first ``probe`` bytes of what may be a member, hold a record's start."""

    def whole(self, source: Input) -> bytearray | None:  # noqa: ARG002
        """Inflate the member at ``source`` in one call and go past it, where it is small and nothing is odd.

        None, and nothing is read, of any other: an inflater then finds out what it is. Gives what that would give.
        """
        return None

    def salvage(self, source: Input, given: int) -> bytes:  # noqa: ARG002
        """Give what the member at ``source`` holds between its first ``given`` bytes and its damage.

        Nothing, where an inflater gives all that lies before an error, as those of frames do.
        """
        return b""


class FrameInflater(ABC):
    """A frame: header, blocks and checksum, inflated one by one.

    What lies before a damaged block is given before it is looked at, and no more is in memory than
    one inflated block, whatever the frame claims to hold.
    """

    def __init__(self) -> None:
        """Begin at the magic."""
        self.is_ended = False
        self.wants = True
        self.rest = b""
        self._left = 0  # bytes of the present piece that are still to come

    def inflate(self, data: bytes) -> bytes:
        """Inflate up to the end of the present piece, or of ``data``."""
        self._left = self._left or self._size_of_piece(data)
        self.wants = not self._left
        if self.wants:
            self.rest = data
            return b""
        piece, self.rest = data[: self._left], data[self._left :]
        self._left -= len(piece)
        out = self._feed(piece)
        self.wants = not self.rest
        return out

    @abstractmethod
    def _size_of_piece(self, data: bytes) -> int:
        """Measure the header, block or checksum that ``data`` begins with; 0 if more must be seen."""

    @abstractmethod
    def _feed(self, piece: bytes) -> bytes:
        """Inflate ``piece``; set ``is_ended`` behind the last one; BadData if it is damaged."""


def first_bytes(inflater: Inflater, data: bytes, size: int = 4096) -> bytes:
    """Inflate ``data`` up to ``size`` bytes or its end; none, if it is damaged before."""
    out, wants = b"", False
    try:
        while len(out) < size and not inflater.is_ended and not wants:
            out += inflater.inflate(data)
            data, wants = inflater.rest, inflater.wants
    except BadData:
        return b""
    return out
