"""Records of any length are passed over in bounded memory, and what follows them is read."""

import tracemalloc

import pytest

from tests.transforms.archives import LIMIT, plain_record
from transforms.records import Record, read_records

ZEROS = bytes(1 << 16)


class Sparse:
    """A plain file of parts, of which an integer stands for as many zeros."""

    def __init__(self, *parts):
        self.parts, self.starts, self.size = parts, [], 0
        for part in parts:
            self.starts.append(self.size)
            self.size += part if isinstance(part, int) else len(part)
        self.at = 0

    def seek(self, offset, /):
        self.at = offset
        return offset

    def read(self, size, /):
        for part, start in zip(reversed(self.parts), reversed(self.starts), strict=True):
            if self.at >= start:
                inside = self.at - start
                data = ZEROS[: min(size, part - inside)] if isinstance(part, int) else part[inside : inside + size]
                self.at += len(data)
                return data
        return b""


@pytest.mark.parametrize("length", [200 << 20, pytest.param(10 << 30, marks=pytest.mark.slow)], ids=["200MB", "10GB"])
@pytest.mark.parametrize("kind", ["response", "metadata"])
def test_a_record_of_any_length_is_passed_over_in_bounded_memory(kind, length):
    head = plain_record(1, b"", length=str(length), kind=kind).removesuffix(b"\r\n\r\n")
    stream = Sparse(plain_record(0, b"before"), head, length, b"\r\n\r\n", plain_record(2, b"after"))
    tracemalloc.start()
    found = list(read_records(stream, LIMIT))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [record.body for record in found if isinstance(record, Record)] == [b"before", None, b"after"]
    assert found[1].is_too_large == (kind == "response")
    assert sum(one.read_bytes for one in found) == stream.size
    assert peak < 4 << 20


def test_a_length_that_is_a_lie_costs_its_record_only():
    head = plain_record(1, b"", length=str(10 << 30)).removesuffix(b"\r\n\r\n")
    stream = Sparse(plain_record(0, b"before"), head, 1 << 20, b"\r\n\r\n", plain_record(2, b"after"))
    found = list(read_records(stream, LIMIT))
    assert [one.body if isinstance(one, Record) else one.reason for one in found] == [b"before", "truncated", b"after"]
