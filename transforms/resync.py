"""After damage in a gzip file: the next place that can be trusted."""

from zlib_ng import zlib_ng as zlib

from transforms.frames import Input
from transforms.heads import starts_record
from transforms.members import BAD_GZIP, GZIP_MAGIC

PROBE = 4096


def next_member(source: Input, start: int) -> int | None:
    """Find the first offset from ``start`` on where a gzip member with a record begins.

    Three magic bytes occur by chance about once in 16 MB of compressed data, so a little behind
    each is inflated, and must look like a record. It is taken from the bytes in memory: a file
    full of magics costs no more reads than any other. ``source`` goes on from the place found;
    None: there is no such place, and ``source`` is at its end.
    """
    source.seek(start)
    window, at, is_end = b"", 0, False
    while True:
        at = window.find(GZIP_MAGIC, at)
        if not is_end and (at < 0 or len(window) - at < PROBE):
            data = source.read()
            is_end = not data
            window, at = window[at if at >= 0 else -2 :] + data, 0
        elif at < 0:
            return None
        elif _is_member(window[at : at + PROBE]):
            source.unread(window[at:])
            return source.offset
        else:
            at += 1


def _is_member(data: bytes) -> bool:
    try:
        return starts_record(zlib.decompressobj(wbits=31).decompress(data, PROBE))
    except BAD_GZIP:
        return False
