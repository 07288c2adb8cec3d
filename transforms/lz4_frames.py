"""LZ4 frames (the LZ4 Frame Format 1.6): independent or linked blocks, with or without checksums."""

from typing import Any

import lz4.frame

from transforms.compression import BadData, Codec, FrameInflater
from transforms.heads import WARC_START

_ARC_SCHEME = b"abcdefghijklmnopqrstuvwxyz0123456789+.-"


class Lz4(Codec):
    """LZ4 frames; the legacy format has another magic and is not read."""

    name = "lz4"
    magic = b"\x04\x22\x4d\x18"
    probe = 64

    def inflater(self) -> "Lz4Inflater":
        """Begin a frame."""
        return Lz4Inflater()

    def holds_record(self, data: bytes) -> bool:
        """Look at the first literals: a block of up to 4 MB cannot be inflated before all of it was seen.

        A block begins with at least as many bytes as there are without a repetition, and the
        beginnings of records, ``WARC/1`` and the scheme of an address, have none.
        """
        frame = Lz4Inflater()
        at = frame.size_of_header(data)
        try:
            lz4.frame.get_frame_info(data[:at])  # verifies the header's own checksum
        except RuntimeError:
            return False
        is_stored = len(data) > at + 3 and data[at + 3] >> 7
        begins = at + 4
        if not is_stored:
            n_literals, begins = _literals(data, begins)
            data = data[: begins + n_literals]
        literals = data[begins:]
        return bool(WARC_START.match(literals)) or literals.lstrip(_ARC_SCHEME)[:1] == b":"


class Lz4Inflater(FrameInflater):
    """One lz4 frame, block by block: a block holds at most 4 MB."""

    def __init__(self) -> None:
        """Begin at the magic."""
        super().__init__()
        self._context: Any = lz4.frame.create_decompression_context()
        self._is_in_header = True
        self._flags = 0
        self._block_size = 0

    def _size_of_piece(self, data: bytes) -> int:
        if self._is_in_header:
            size = self.size_of_header(data)
            self._is_in_header = not size
            return size
        if len(data) < 4:
            return 0
        size = int.from_bytes(data[:4], "little")
        if not size:  # the end mark, and the content's checksum
            return 8 if self._flags & 4 else 4
        return 4 + (size & 0x7FFF_FFFF) + (4 if self._flags & 16 else 0)

    def size_of_header(self, data: bytes) -> int:
        """Measure the header that ``data`` begins with; 0 if more must be seen."""
        if len(data) < 6:
            return 0
        self._flags = data[4]
        self._block_size = 1 << 8 + 2 * (data[5] >> 4 & 7)
        return 7 + (8 if self._flags & 8 else 0) + (4 if self._flags & 1 else 0)

    def _feed(self, piece: bytes) -> bytes:
        try:
            # With room for a whole block it keeps nothing of it back.
            out, n_used, self.is_ended = lz4.frame.decompress_chunk(self._context, piece, max_length=self._block_size)
        except RuntimeError as error:
            raise BadData(str(error)) from None
        if n_used < len(piece):
            raise BadData("the frame ends inside of a block")
        return bytes(out)


def _literals(data: bytes, at: int) -> tuple[int, int]:
    """Give number and start of the literals that the compressed block at ``at`` begins with."""
    if at >= len(data):
        return 0, at
    n_literals = data[at] >> 4
    at += 1
    if n_literals == 15:
        while at < len(data):
            n_literals += data[at]
            at += 1
            if data[at - 1] != 255:
                break
    return n_literals, at
