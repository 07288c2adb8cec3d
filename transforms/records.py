"""Byte stream of a WARC, WET, WAT or ARC file → records and gaps, in file order, streaming.

The file's bytes are always the sum of what was read and of the gaps. A damaged stretch costs its
own bytes only: reading goes on at the next compressed member, or at the next record header of a
plain file (Python's usual readers stop at the first bad byte, and say nothing about a truncated end).
"""

from collections.abc import Iterator

from transforms.chunks import ByteStream, Input
from transforms.frames import Damage, Segment
from transforms.heads import MAX_HEAD_BYTES, PAGE_TYPES, USUAL_HEAD_BYTES, BadRecord, is_read, parse_head, starts_record
from transforms.members import Member
from transforms.resync import Codecs
from transforms.segments import State, read_segment
from transforms.spans import Gap, Record

__all__ = ["PAGE_TYPES", "Gap", "Record", "read_records"]

_FIRST_BYTES = 64
_SEPARATOR = b"\r\n\r\n"


def read_records(stream: ByteStream, max_record_bytes: int) -> Iterator[Record | Gap]:
    """Read a crawl file.

    Args:
        stream: Opened binary file that can seek; WARC 0.18 to 1.1, WET, WAT or ARC; plain, or in
            members of gzip, zstd or lz4, one for each record or for more.
        max_record_bytes: Longest block to hold in memory; a longer one is skipped and marked.

    Yields:
        Records and gaps in file order. An empty file yields one gap of length 0.
    """
    source, codecs = Input(stream), Codecs()
    first = source.peek(MAX_HEAD_BYTES)
    if not codecs.fits(first) and not starts_record(first):
        _find_start(source, codecs)
        reason = "bad_start" if source.peek(_FIRST_BYTES) else "not_a_crawl_file" if first else "empty_file"
        yield Gap(0, source.offset, reason, first[:_FIRST_BYTES])
    if codecs.fits(source.peek(_FIRST_BYTES)):
        yield from _read_members(source, max_record_bytes, codecs)
    elif source.peek(_FIRST_BYTES):
        yield from read_segment(Segment(source), State(max_record_bytes, codecs, source.offset))


def _find_start(source: Input, codecs: Codecs) -> None:
    """Go to the first place in a file of unknown beginning that can be trusted, or to its end.

    Members come first: those that are stored or hardly compressed hold plain records too.
    """
    if codecs.next_member(source, 0) is None:
        source.seek(0)
        plain = Segment(source)
        plain.skip_to_start()
        source.seek(plain.position)


def _read_members(source: Input, limit: int, codecs: Codecs) -> Iterator[Record | Gap]:
    while first := source.peek(_FIRST_BYTES):
        start = source.offset
        state = State(limit, codecs, start)
        try:
            member = Member(source, codecs.codec_at(source))
            alone = lone_record(member, limit)
            if alone is None:
                yield from read_segment(member, state)
                continue
            codecs.skip_frames(source)
            alone.read_bytes = source.offset - start
            yield alone
        except Damage as damage:
            # Records before the damage stand; with none, the whole member is lost. The search starts
            # in the last chunk that gave one: bytes inflate to nonsense for a while before that is seen.
            lost = start if state.proven is None else max(state.proven, start + 1)
            codecs.next_member(source, max(lost, start + 1))
            yield Gap(
                lost, source.offset - lost, damage.reason, first[:_FIRST_BYTES], read_bytes=lost - state.accounted
            )


def lone_record(member: Member, limit: int) -> Record | None:
    """Give the record of a member that holds nothing else, as nearly all do; None, and nothing is consumed, of others.

    The member was inflated whole, its checksum is right, and the record's length leads to its end: so nothing has to
    be proven by what follows. Gives what ``read_segment`` would, but for ``read_bytes``.

    Args:
        member: Of which nothing is consumed yet.
        limit: Longest block to hold, in bytes.
    """
    held = member.whole
    if held is None or not held.endswith(_SEPARATOR):
        return None
    try:
        kind, headers, n_head = parse_head(bytes(held[:USUAL_HEAD_BYTES]))
    except BadRecord:
        return None
    size = len(held) - n_head - len(_SEPARATOR)
    if size < 0 or headers.get("content-length") != str(size):
        return None
    is_wanted = is_read(kind, headers)
    body = memoryview(held)[n_head : n_head + size] if is_wanted and size <= limit else None
    length = member.source.offset - member.offset
    return Record(member.offset, length, kind, headers, body, is_too_large=is_wanted and size > limit)
