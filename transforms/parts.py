"""Part of a plain file → the records that begin in it, so that several tasks can read one file."""

from collections.abc import Iterator

from transforms.chunks import ByteStream, Input
from transforms.frames import Segment
from transforms.heads import MAX_HEAD_BYTES, starts_record
from transforms.ranges import Window
from transforms.records import read_records
from transforms.resync import Codecs
from transforms.segments import State, read_segment
from transforms.spans import Gap, Record

_LONGEST_START = 1 << 14  # more than the line that begins an ARC record


def read_part(stream: ByteStream, begin: int, end: int, max_record_bytes: int) -> Iterator[Record | Gap]:
    """Read the records and gaps that begin in a part of a file; the last one may end behind it.

    A part begins at the first place that looks like a record's start. Where that is inside of another
    record, parts do not meet: the caller must compare where one ended with where the next began. A
    file that is not plain is read whole by the part that begins at 0, and gives nothing to others.
    """
    source, codecs = Input(stream), Codecs()
    first = source.peek(MAX_HEAD_BYTES)
    if codecs.fits(first) or not starts_record(first):
        if begin == 0:
            stream.seek(0)
            yield from read_records(stream, max_record_bytes)
        return
    start = _first_start(stream, begin, end) if begin else 0
    if start < end:
        source.seek(start)
        yield from read_segment(Segment(source), State(max_record_bytes, codecs, start, stop=end))


def _first_start(stream: ByteStream, begin: int, end: int) -> int:
    """Find where the first record that begins in a part seems to; ``end`` or more: nowhere."""
    stream.seek(begin - 1)
    is_line = stream.read(1) == b"\n"
    segment = Segment(Input(Window(stream, begin, end - begin + _LONGEST_START)))
    segment.skip_to_start(is_line=is_line)
    return begin + segment.position
