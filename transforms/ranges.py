"""Byte ranges of a file, each a run of whole records → its records and gaps, as if they were all of it."""

from collections.abc import Iterable, Iterator

from transforms.chunks import ByteStream
from transforms.records import Gap, Record, read_records

Span = tuple[int, int]
"""Where a range starts in the file, and its length, in bytes."""


class Window:
    """A range of a stream, as a stream of its own."""

    def __init__(self, stream: ByteStream, start: int, length: int) -> None:
        """Stand at the range's first byte."""
        self._stream, self._start, self._end = stream, start, start + length
        self._at = stream.seek(start)

    def read(self, size: int, /) -> bytes:
        """Give up to ``size`` bytes; empty at the range's end."""
        data = self._stream.read(max(0, min(size, self._end - self._at)))
        self._at += len(data)
        return data

    def seek(self, offset: int, /) -> int:
        """Move to ``offset`` from the range's start."""
        self._at = self._stream.seek(self._start + offset)
        return offset


def asked_bytes(spans: Iterable[Span], size: int) -> int:
    """Sum up what ``read_ranges`` reads of a file of ``size`` bytes."""
    total = done = 0
    for start, length in spans:
        if start >= done:
            total += max(0, min(length, size - start))
            done = start + length
    return total


def read_ranges(stream: ByteStream, spans: Iterable[Span], max_record_bytes: int) -> Iterator[Record | Gap]:
    """Read the records of some ranges; offsets are those in the file.

    What of a range lies in an earlier one, or behind the file's end, is a gap: an index that does
    not fit its file must show. ``spans`` are sorted by start.
    """
    done = 0
    for start, length in spans:
        if start < done:
            yield Gap(start, 0, "overlapping_range")
            continue
        done, found = start + length, False
        for one in read_records(Window(stream, start, length), max_record_bytes):
            if isinstance(one, Gap) and one.reason == "empty_file":
                break
            one.offset += start
            found = True
            yield one
        if not found:
            yield Gap(start, 0, "range_outside_file")
