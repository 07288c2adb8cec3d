"""A plain file read in parts: together they give what reading it whole gives, or it shows that they do not meet."""

from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.archives import LIMIT, accounted_bytes, arc, damaged, page, plain_record, read, warc
from transforms.parts import read_part

PLAIN = warc(*(page(number, times=number * 30) for number in range(12)), is_gzip=False)
ARC = arc(*(b"HTTP/1.0 200 OK\r\n\r\n" + page(number, times=number * 9) for number in range(12)))
GZIP = warc(*(page(number) for number in range(12)), is_gzip=True)


def parts(data, cuts):
    ends = [*sorted(set(cuts) - {0, len(data)}), len(data)]
    return [list(read_part(BytesIO(data), begin, end, LIMIT)) for begin, end in zip([0, *ends], ends, strict=False)]


def began(found, number):
    return 0 if number == 0 else found[0].offset if found else None


def do_meet(pieces, size):
    """What the driver asks: each part that holds something begins where the one before it ended."""
    end = 0
    for number, found in enumerate(pieces):
        if began(found, number) not in (None, end):
            return False
        end += accounted_bytes(found)
    return end == size


CUTS = st.lists(st.integers(1, 1 << 16), max_size=6)


@pytest.mark.parametrize("data", [PLAIN, ARC, GZIP], ids=["warc", "arc", "gzip"])
@given(cuts=CUTS)
@settings(deadline=None, max_examples=60)
def test_parts_of_a_sound_file_meet_and_are_all_of_it(data, cuts):
    pieces = parts(data, [cut % len(data) for cut in cuts])
    assert do_meet(pieces, len(data))
    assert [one for found in pieces for one in found] == read(data)


@given(damaged(PLAIN), CUTS)
@settings(deadline=None, max_examples=150)
def test_parts_of_a_damaged_file_that_meet_account_for_every_byte(data, cuts):
    if not data:
        return
    pieces = parts(data, [cut % len(data) for cut in cuts])
    if do_meet(pieces, len(data)):
        assert sum(accounted_bytes(found) for found in pieces) == len(data)
        whole = {one.offset for one in read(data)}
        assert {one.offset for found in pieces for one in found} == whole


def test_a_crawl_file_inside_of_a_record_shows():
    inner = plain_record(7, b"x" * 100) + plain_record(8, b"y" * 100)
    data = (
        plain_record(0, b"a" * 50) + plain_record(1, b"q" * 100 + b"\r\n" + inner + b"z" * 100) + plain_record(2, b"b")
    )
    cut = data.index(b"q" * 100) + 50
    assert not do_meet(parts(data, [cut]), len(data))
    assert do_meet(parts(data, [len(data) - 5]), len(data))


def test_a_part_without_a_start_gives_nothing():
    data = plain_record(0, b"a" * 100_000) + plain_record(1, b"b")
    assert parts(data, [30_000, 60_000])[1] == []
