"""One segment (a plain file, or a member) → its records and gaps, in order, each proven by what follows it."""

from collections.abc import Iterator
from dataclasses import dataclass

from transforms.frames import Damage, Segment
from transforms.heads import MAX_HEAD_BYTES, SEPARATORS, USUAL_HEAD_BYTES, BadRecord, is_read, may_follow, parse_head
from transforms.members import Member
from transforms.resync import Codecs
from transforms.spans import Gap, Record

_FIRST_BYTES = 64
_MAX_DIGITS = 4000  # more, and Python itself refuses the number


@dataclass
class State:
    """How far a segment was read, and how far it is to be."""

    limit: int
    codecs: Codecs
    accounted: int  # offset in the file up to which every byte belongs to a record or gap
    yielded: int = 0
    proven: int | None = None  # where in the file a member's bytes begin that may be in no record yet
    stop: int | None = None  # where in the file to leave off: a record from there on is somebody else's

    def take(self, segment: Segment) -> int:
        """Account for what the segment has used up of the file; a member counts at its end."""
        end = segment.offset + segment.position
        if isinstance(segment, Member):
            end = self.accounted
            if segment.is_ended:
                self.codecs.skip_frames(segment.source)
                end = segment.source.offset
        used, self.accounted = end - self.accounted, end
        self.yielded += 1
        return used


def read_segment(segment: Segment, state: State) -> Iterator[Record | Gap]:
    """Yield a segment's records; each is held back until what follows it proves its length."""
    while segment.more():
        start = segment.position
        if state.stop is not None and segment.offset + start >= state.stop:
            return
        try:
            record = _record(segment, state.limit)
            is_last = _is_last(segment, start, record)
        except BadRecord as bad:
            yield _gap_after(segment, start, bad, state)
            continue
        if isinstance(segment, Member) and is_last and not state.yielded:
            record.offset, record.length = segment.offset, segment.source.offset - segment.offset
        else:
            record.offset, record.length = segment.offset + start, segment.position - start
        if isinstance(segment, Member):
            state.proven = segment.held_from
        record.read_bytes = state.take(segment)
        yield record
    if not state.yielded:
        yield Gap(state.accounted, segment.source.offset - state.accounted, "no_record")


def _is_last(segment: Segment, start: int, record: Record) -> bool:
    """Say whether the segment ends behind a record; BadRecord if what follows does not prove its length.

    In a plain file what follows may be damaged itself: an empty line behind the block proves its
    length too, if no other record starts inside of it.
    """
    n_head, end = record.length, segment.position
    behind = segment.ahead(4)
    if not segment.more():
        return True
    is_member = isinstance(segment, Member)
    ahead = segment.ahead(USUAL_HEAD_BYTES)
    if may_follow(ahead, behind, is_end=not is_member and len(ahead) < USUAL_HEAD_BYTES):
        return False
    if is_member or not behind.startswith(SEPARATORS["arc-content-type" in record.headers]):
        raise BadRecord("bad_record_length", n_head)
    segment.rewind(start)
    segment.skip(1)
    segment.skip_to_start(is_line=False)
    if segment.position < end:
        raise BadRecord("bad_record_length", n_head)
    segment.rewind(end)
    return False


def _gap_after(segment: Segment, start: int, bad: BadRecord, state: State) -> Gap:
    """Skip to the next record start and say what was lost."""
    if isinstance(segment, Member):  # going back there would inflate it again for each bad length
        first = segment.ahead(_FIRST_BYTES)
        segment.skip(0 if bad.head_bytes else 1)
    else:  # a damaged head may have taken the next one for its own lines
        segment.rewind(start)
        first = segment.ahead(_FIRST_BYTES)
        segment.skip(segment.ahead(USUAL_HEAD_BYTES).find(b"\n") + 1 if bad.head_bytes else 1)
    segment.skip_to_start(is_line=bad.head_bytes > 0)
    if isinstance(segment, Member):
        if not state.yielded and not segment.more():  # the member held nothing else
            state.yielded += 1
            return Gap(state.accounted, segment.source.offset - state.accounted, bad.reason, first)
        length = segment.position - start
        return Gap(segment.offset + start, length, bad.reason, first, in_file=False, read_bytes=state.take(segment))
    found = Gap(segment.offset + start, segment.position - start, bad.reason, first)
    found.read_bytes = state.take(segment) - found.length
    return found


def _record(segment: Segment, limit: int) -> Record:
    """Read one record at the segment's position; its ``length`` is that of the head for now."""
    try:
        kind, headers, n_head = parse_head(segment.ahead(USUAL_HEAD_BYTES))
    except BadRecord:
        kind, headers, n_head = parse_head(segment.ahead(MAX_HEAD_BYTES))
    segment.skip(n_head)
    told = headers.get("content-length", "")
    if not (told.isascii() and told.isdigit()) or len(told) > _MAX_DIGITS:
        raise BadRecord("bad_content_length", n_head)
    size = int(told)
    is_wanted = is_read(kind, headers)
    at = segment.position
    try:
        body = _block(segment, size, is_wanted and size <= limit)
    except Damage as damage:
        if segment.damage:
            raise
        segment.rewind(at)
        raise BadRecord(damage.reason, n_head) from None
    return Record(0, n_head, kind, headers, body, is_too_large=is_wanted and size > limit)


def _block(segment: Segment, size: int, is_wanted: bool) -> memoryview | None:
    if is_wanted:
        return segment.take(size)
    segment.skip(size)
    return None
