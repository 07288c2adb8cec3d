"""Content and transfer encodings of HTTP bodies, undone within a limit.

An encoding may be a lie (crawlers store decoded bodies under the original headers): then the body
stays as it is. Where a body was cut, or is damaged behind a header that names its format, what
could be unpacked is given. Brotli and raw deflate have no such header: bytes that fail there are
no such body.
"""

from collections.abc import Callable, Generator, Iterable
from typing import Any

import brotli

from transforms.compression import BadData, Inflater
from transforms.gzip_members import Gzip, GzipInflater
from transforms.zstd_frames import Zstd

_STEP = 4096  # bytes of input: an error costs no more than what one step gives
_PIECE = 1 << 18  # bytes of output
_BAD_BROTLI: Any = brotli.error

Pieces = Generator[bytes, None, bytes]
"""What was unpacked, piece by piece; in the end, the bytes behind it."""


class _NotSo(Exception):
    """The body is not in the encoding that was named."""


def decoded(body: bytes, encodings: Iterable[str], limit: int) -> bytes:
    """Undo the encodings of a body.

    Args:
        body: The stored bytes, chunks joined.
        encodings: Names in lower case, in the order in which they were applied; unknown ones are
            passed over, as are those that the body is not in.
        limit: Most bytes to give; a body that decodes to more is cut there.
    """
    for name in reversed(list(encodings)):
        unpack = _UNPACK.get(name)
        if unpack and 0 < len(body) < limit:
            plain = _gathered(unpack(body), limit)
            body = body if plain is None else plain
    return body[:limit]


def _gathered(pieces: Pieces, limit: int) -> bytes | None:
    """Join the pieces up to the limit; None if the body is not what it should be."""
    parts, size = [], 0
    try:
        for piece in pieces:
            parts.append(piece)
            size += len(piece)
            if size >= limit:
                break
    except _NotSo:
        return None
    return b"".join(parts)


def _unpacked(inflater: Inflater, body: bytes, *, is_named: bool) -> Pieces:
    """Unpack one stream; ``is_named``: its own header says what it is, so damage behind it is damage."""
    is_empty = True
    for at in range(0, len(body), _STEP):
        data = inflater.rest + body[at : at + _STEP]
        while not inflater.is_ended:
            try:
                out = inflater.inflate(data)
            except BadData:
                if is_empty or not is_named:
                    raise _NotSo from None
                return b""
            is_empty = is_empty and not out
            yield out
            data = inflater.rest
            if inflater.wants:
                break
        if inflater.is_ended:
            return inflater.rest + body[at + _STEP :]
    if is_empty:
        raise _NotSo
    return b""


def _gzip(body: bytes) -> Pieces:
    """Unpack all members; what lies behind the last one is no part of the body."""
    behind = yield from _unpacked(GzipInflater(), body, is_named=True)
    while behind.startswith(Gzip.magic):
        behind = yield from _unpacked(GzipInflater(), behind, is_named=True)
    return behind


def _deflate(body: bytes) -> Pieces:
    """Unpack the zlib format that the standard names, or the bare one that some servers send."""
    is_zlib = body[0] & 15 == 8 and int.from_bytes(body[:2], "big") % 31 == 0
    return _unpacked(GzipInflater(wbits=15 if is_zlib else -15), body, is_named=is_zlib)


def _brotli(body: bytes) -> Pieces:
    return _unpacked(_BrotliInflater(), body, is_named=False)


def _zstd(body: bytes) -> Pieces:
    return _unpacked(Zstd().inflater(), body, is_named=True)


class _BrotliInflater:
    """A brotli stream; a step gives a bounded piece, however small its input."""

    def __init__(self) -> None:
        self._unpacker = brotli.Decompressor()
        self.is_ended = False
        self.wants = True
        self.rest = b""

    def inflate(self, data: bytes) -> bytes:
        """Unpack ``data`` up to a piece; it keeps the rest itself."""
        try:
            out: bytes = self._unpacker.process(data, output_buffer_limit=_PIECE)
        except _BAD_BROTLI as error:
            raise BadData(str(error)) from None
        self.is_ended = self._unpacker.is_finished()
        self.wants = not out and self._unpacker.can_accept_more_data()  # what it holds back comes first
        return out


_UNPACK: dict[str, Callable[[bytes], Pieces]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
