"""Where members begin: at a place that is known, between other frames, or after damage."""

import re

from transforms.chunks import CHUNK, Input
from transforms.compression import BadData, Codec
from transforms.frames import Damage
from transforms.gzip_members import Gzip
from transforms.lz4_frames import Lz4
from transforms.zstd_frames import DICTIONARY_MAGIC, MAX_DICTIONARY_BYTES, Zstd, dictionary_of

_SKIPPABLE = re.compile(rb"[\x50-\x5f]\x2a\x4d\x18")  # zstd and lz4 share these frames, which hold no data
_SKIPPABLE_HEAD = 8
_LONGEST_MAGIC = 4


class Codecs:
    """The compressions that a crawl file may use; zstd with the dictionary that the file begins with."""

    def __init__(self) -> None:
        """Know no dictionary yet."""
        self._known: dict[bytes, Codec] = {codec.magic: codec for codec in (Gzip(), Zstd(), Lz4())}
        self._any_magic = re.compile(b"|".join(re.escape(magic) for magic in self._known))
        self._last = "gzip"

    def fits(self, data: bytes) -> bool:
        """Say whether ``data`` begins like a compressed crawl file."""
        return bool(self._any_magic.match(data) or _SKIPPABLE.match(data))

    def codec_at(self, source: Input) -> Codec:
        """Give the codec of the member that begins where ``source`` stands, behind skippable frames.

        Raises:
            Damage: none begins there; the reason names the compression that the file had so far.
        """
        self.skip_frames(source)
        magic = self._any_magic.match(source.peek(_LONGEST_MAGIC))
        if not magic:
            raise Damage(f"not_{self._last}")
        codec = self._known[magic.group()]
        self._last = codec.name
        return codec

    def skip_frames(self, source: Input) -> None:
        """Go past skippable frames; one whose length leads nowhere stays unread, as damage."""
        while _SKIPPABLE.match(head := source.peek(_SKIPPABLE_HEAD)[:_SKIPPABLE_HEAD]) and len(head) == _SKIPPABLE_HEAD:
            begins, size = source.offset, int.from_bytes(head[4:], "little")
            is_whole = _go_past(source, _SKIPPABLE_HEAD + size)
            behind = source.peek(_LONGEST_MAGIC)
            if not is_whole or (behind and not self.fits(behind)):
                return source.seek(begins)
            if begins == 0 and head.startswith(DICTIONARY_MAGIC):
                self._learn(source, size)

    def _learn(self, source: Input, size: int) -> None:
        """Read the dictionary; without a good one its frames cannot be inflated, and are gaps."""
        if size > MAX_DICTIONARY_BYTES:
            return
        source.seek(_SKIPPABLE_HEAD)
        content = source.peek(size)[:size]
        _go_past(source, size)
        try:
            self._known[Zstd.magic] = Zstd(dictionary_of(content))
        except BadData:
            return

    def next_member(self, source: Input, start: int) -> int | None:
        """Find the first offset from ``start`` on where a member with a record begins.

        A magic may occur by chance, so a little behind each is inflated, and must look like a
        record. It is taken from the bytes in memory: a file full of magics costs no more reads
        than any other. ``source`` goes on from the place found; None: there is no such place, and
        ``source`` is at its end.
        """
        source.seek(start)
        window, at, is_end = b"", 0, False
        while True:
            found = self._any_magic.search(window, at)
            at = found.start() if found else max(at, len(window) - _LONGEST_MAGIC + 1)
            codec = self._known[found.group()] if found else None
            if not is_end and (codec is None or len(window) - at < codec.probe):
                data = source.read()
                is_end = not data
                window, at = window[at:] + data, 0
            elif codec is None:
                return None
            elif codec.holds_record(window[at : at + codec.probe]):
                source.unread(window[at:])
                return source.offset
            else:
                at += 1


def _go_past(source: Input, size: int) -> bool:
    """Go ``size`` bytes on, without reading what is far; False if the file ends before."""
    begins = source.offset
    if size <= CHUNK:  # many small frames cost no seek each
        held = source.read() if len(source.peek(size)) >= size else b""
        source.unread(held[size:])
        return len(held) >= size
    source.seek(begins + size - 1)
    is_whole = bool(source.read())
    source.seek(begins + size)
    return is_whole
