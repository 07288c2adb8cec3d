"""Zstandard frames (RFC 8878), and the dictionary that a ``.warc.zst`` may begin with.

The dictionary lies in the file's first frame, a skippable one, as it is or as a zstd frame itself
(IIPC, "Zstandard Compression for WARC Files").
"""

import zstandard

from transforms.compression import BadData, Codec, FrameInflater, first_bytes
from transforms.heads import starts_record

DICTIONARY_MAGIC = b"\x5d\x2a\x4d\x18"
MAX_DICTIONARY_BYTES = 16 << 20
_MAX_WINDOW_BYTES = 1 << 27  # what the zstd program accepts too; a frame that asks for more is damage
_MAX_BLOCK_BYTES = 1 << 17
_RLE = 1


class Zstd(Codec):
    """Zstandard; with ``dictionary``, frames may refer to it."""

    name = "zstd"
    magic = b"\x28\xb5\x2f\xfd"
    probe = _MAX_BLOCK_BYTES + 32  # header and first block

    def __init__(self, dictionary: bytes = b"") -> None:
        """Take the dictionary; raises BadData if it is none."""
        try:
            self._decompressor = zstandard.ZstdDecompressor(
                dict_data=zstandard.ZstdCompressionDict(dictionary) if dictionary else None,
                max_window_size=_MAX_WINDOW_BYTES,
            )
        except zstandard.ZstdError as error:
            raise BadData(str(error)) from None

    def inflater(self) -> "ZstdInflater":
        """Begin a frame."""
        return ZstdInflater(self._decompressor)

    def holds_record(self, data: bytes) -> bool:
        """Inflate the first block."""
        return starts_record(first_bytes(self.inflater(), data))


class ZstdInflater(FrameInflater):
    """One zstd frame, block by block: a block holds at most 128 KB."""

    def __init__(self, decompressor: zstandard.ZstdDecompressor) -> None:
        """Begin at the magic."""
        super().__init__()
        self._frame = decompressor.decompressobj()
        self._is_in_header = True
        self._has_checksum = False
        self._is_last = False  # the present block is the frame's last one

    def _size_of_piece(self, data: bytes) -> int:
        if self._is_in_header:
            return self._size_of_header(data)
        if self._is_last:
            return 4  # the checksum
        if len(data) < 3:
            return 0
        header = int.from_bytes(data[:3], "little")
        self._is_last = bool(header & 1)
        return 3 + (1 if header >> 1 & 3 == _RLE else header >> 3)

    def _size_of_header(self, data: bytes) -> int:
        if len(data) < 5:
            return 0
        self._is_in_header = False
        told = data[4]
        self._has_checksum = bool(told & 4)
        is_single = told >> 5 & 1
        content_size = (is_single, 2, 4, 8)[told >> 6]
        return 5 + (1 - is_single) + (0, 1, 2, 4)[told & 3] + content_size

    def _feed(self, piece: bytes) -> bytes:
        try:
            out: bytes = self._frame.decompress(piece)
        except zstandard.ZstdError as error:
            raise BadData(str(error)) from None
        self.is_ended = self._frame.eof
        return out


def dictionary_of(content: bytes) -> bytes:
    """Give the dictionary that a dictionary frame's content holds.

    Raises:
        BadData: it is compressed and damaged, or longer than 16 MB.
    """
    if not content.startswith(Zstd.magic):
        return content
    out, inflater = bytearray(), Zstd().inflater()
    while not inflater.is_ended:
        out += inflater.inflate(content)
        content = inflater.rest
        if len(out) > MAX_DICTIONARY_BYTES or (inflater.wants and not inflater.is_ended):
            raise BadData("the dictionary is too long, or ends early")
    return bytes(out)
