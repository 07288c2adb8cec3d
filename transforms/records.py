"""Byte stream of a WARC, WET or ARC file → records and gaps, in file order, streaming.

The file's bytes are always the sum of what was read and of the gaps. A damaged stretch costs its
own bytes only: reading goes on at the next gzip member, or at the next record header of a plain
file (Python's usual readers stop at the first bad byte, and say nothing about a truncated end).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from transforms.frames import ByteStream, Damage, Input, Segment
from transforms.heads import MAX_HEAD_BYTES, BadRecord, is_wat, parse_head, starts_record
from transforms.members import GZIP_MAGIC, Member
from transforms.resync import next_member

PAGE_TYPES = frozenset({"response", "resource", "conversion"})
"""Record types that should give a document."""


@dataclass
class Record:
    """One record.

    Attributes:
        offset: Where it starts: in the file when it is plain or has a gzip member of its own;
            else the member's offset plus the place in the inflated member.
        length: Its bytes in the file; inflated bytes where it shares a member.
        kind: WARC-Type in lower case; ARC records are ``response`` or ``warcinfo``.
        headers: Named fields with lower-case names.
        body: The block; None when it was skipped (neither page nor WAT, or too large).
        is_too_large: The block is longer than the limit.
        read_bytes: Bytes of the file that reading it used up, for the byte ledger.
    """

    offset: int
    length: int
    kind: str
    headers: dict[str, str]
    body: bytes | None = None
    is_too_large: bool = False
    read_bytes: int = 0


@dataclass
class Gap:
    """Bytes that gave no record.

    Attributes:
        offset: Where it starts, as for a record.
        length: Its bytes; bytes of the file if ``in_file``.
        reason: A stable label.
        first_bytes: The first of them.
        in_file: False inside an intact gzip member that holds other records: the member was read.
        read_bytes: Bytes of the file that were read just before it and not yet accounted for.
    """

    offset: int
    length: int
    reason: str
    first_bytes: bytes = b""
    in_file: bool = True
    read_bytes: int = 0


@dataclass
class _State:
    limit: int
    accounted: int  # offset in the file up to which every byte belongs to a record or gap
    yielded: int = 0
    proven: int = 0  # offset in the file from which on a member's bytes may be in no record yet

    def take(self, segment: Segment) -> int:
        """Account for what the segment has used up of the file; a member counts at its end."""
        end = segment.offset + segment.position
        if isinstance(segment, Member):
            self.proven = segment.held_from
            end = segment.source.offset if segment.is_ended else self.accounted
        used, self.accounted = end - self.accounted, end
        self.yielded += 1
        return used


def read_records(stream: ByteStream, max_record_bytes: int) -> Iterator[Record | Gap]:
    """Read a crawl file.

    Args:
        stream: Opened binary file that can seek; WARC 0.18 to 1.1, WET, WAT or ARC, plain or gzip.
        max_record_bytes: Longest block to hold in memory; a longer one is skipped and marked.

    Yields:
        Records and gaps in file order. An empty file yields one gap of length 0.
    """
    source = Input(stream)
    first = source.read()
    source.unread(first)
    if first.startswith(GZIP_MAGIC):
        yield from _read_members(source, max_record_bytes)
    elif starts_record(first):
        yield from _read_segment(Segment(source), _State(max_record_bytes, 0))
    else:
        while source.read():
            pass
        yield Gap(0, source.offset, "not_a_crawl_file" if first else "empty_file", first[:64])


def _read_members(source: Input, limit: int) -> Iterator[Record | Gap]:
    while True:
        start = source.offset
        peek = source.read()
        source.unread(peek)
        if not peek:
            return
        state = _State(limit, start)
        try:
            if not peek.startswith(GZIP_MAGIC[:1]):
                raise Damage("not_gzip")
            yield from _read_segment(Member(source), state)
        except Damage as damage:
            # Records before the damage stand; with none, the whole member is lost. The search starts
            # in the last chunk that gave one: bytes inflate to nonsense for a while before zlib tells.
            lost = max(state.proven, start + 1) if state.yielded else start
            next_member(source, max(lost, start + 1))
            yield Gap(lost, source.offset - lost, damage.reason, peek[:64], read_bytes=lost - state.accounted)


def _read_segment(segment: Segment, state: _State) -> Iterator[Record | Gap]:
    """Yield a segment's records; each is held back until what follows it proves its length."""
    while segment.more():
        start = segment.position
        try:
            record = _record(segment, state.limit)
            is_last = not segment.more()
            if not is_last and not _may_follow(segment.ahead(MAX_HEAD_BYTES // 16)):
                raise BadRecord("bad_record_length", record.length)
        except BadRecord as bad:
            yield _gap_after(segment, start, bad, state)
            continue
        if isinstance(segment, Member) and is_last and not state.yielded:
            record.offset, record.length = segment.offset, segment.source.offset - segment.offset
        else:
            record.offset, record.length = segment.offset + start, segment.position - start
        record.read_bytes = state.take(segment)
        yield record
    if not state.yielded:
        end = segment.source.offset
        yield Gap(segment.offset, end - segment.offset, "no_record")


def _may_follow(data: bytes) -> bool:
    """Say whether a record starts here, or what is left of one where the segment was cut."""
    return starts_record(data) or b"WARC/".startswith(data)


def _gap_after(segment: Segment, start: int, bad: BadRecord, state: _State) -> Gap:
    """Skip to the next record start and say what was lost."""
    if not isinstance(segment, Member):  # going back there would inflate it again for each bad length
        segment.rewind(start + bad.head_bytes)
    first = segment.ahead(64)
    if bad.head_bytes == 0:
        segment.skip(1)
    segment.skip_to_start()
    if isinstance(segment, Member):
        if not state.yielded and not segment.more():  # the member held nothing else
            state.yielded += 1
            return Gap(segment.offset, segment.source.offset - segment.offset, bad.reason, first)
        length = segment.position - start
        return Gap(segment.offset + start, length, bad.reason, first, in_file=False, read_bytes=state.take(segment))
    found = Gap(segment.offset + start, segment.position - start, bad.reason, first)
    found.read_bytes = state.take(segment) - found.length
    return found


def _record(segment: Segment, limit: int) -> Record:
    """Read one record at the segment's position; its ``length`` is that of the head for now."""
    head = segment.ahead(MAX_HEAD_BYTES)
    kind, headers, n_head = parse_head(head)
    segment.skip(n_head)
    try:
        size = int(headers["content-length"])
    except (KeyError, ValueError):
        raise BadRecord("bad_content_length", n_head) from None
    if size < 0:
        raise BadRecord("bad_content_length", n_head)
    is_read = kind in PAGE_TYPES or is_wat(kind, headers)
    at = segment.position
    try:
        body = _block(segment, size, is_read and size <= limit)
    except Damage as damage:
        if segment.damage:
            raise
        segment.rewind(at)
        raise BadRecord(damage.reason, n_head) from None
    return Record(0, n_head, kind, headers, body, is_too_large=is_read and size > limit)


def _block(segment: Segment, size: int, is_wanted: bool) -> bytes | None:
    if is_wanted:
        return segment.take(size)
    segment.skip(size)
    return None
