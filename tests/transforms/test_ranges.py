"""Byte ranges of a file: the records in them with their places in the file, and faults of the index."""

from io import BytesIO

from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.archives import LIMIT, accounted_bytes, page, read, warc
from transforms.ranges import asked_bytes, read_ranges
from transforms.records import Gap

FILE = warc(*(page(number) for number in range(8)), is_gzip=True)
SPANS = [(record.offset, record.length) for record in read(FILE)]


def ranged(*spans, data=FILE):
    return list(read_ranges(BytesIO(data), spans, LIMIT))


@given(st.sets(st.sampled_from(SPANS)))
def test_the_ranges_give_the_records_that_reading_all_of_the_file_gives_there(spans):
    found = ranged(*sorted(spans))
    assert found == [record for record in read(FILE) if (record.offset, record.length) in spans]
    assert accounted_bytes(found) == sum(length for _, length in spans)


@given(st.lists(st.tuples(st.integers(0, len(FILE) + 50), st.integers(0, len(FILE)))).map(sorted))
def test_whatever_an_index_says_the_bytes_asked_for_add_up(spans):
    assert accounted_bytes(ranged(*spans)) == asked_bytes(spans, len(FILE))


def test_a_range_may_hold_several_records():
    (first, _), (last, length) = SPANS[2], SPANS[4]
    assert ranged((first, last + length - first)) == read(FILE)[2:5]


def test_a_range_that_cuts_its_record_is_a_gap():
    start, length = SPANS[3]
    [found] = ranged((start, length - 5))
    assert (found.offset, found.length, found.reason) == (start, length - 5, "truncated")


def test_a_range_where_no_record_begins_is_a_gap():
    start, length = SPANS[3]
    found = ranged((start + 7, length), SPANS[5])
    assert isinstance(found[0], Gap)
    assert found[0].offset == start + 7
    assert found[-1] == read(FILE)[5]


def test_a_range_behind_the_end_shows():
    assert ranged((len(FILE) + 5, 10)) == [Gap(len(FILE) + 5, 0, "range_outside_file")]


def test_a_range_inside_an_earlier_one_is_read_once_and_shows():
    start, length = SPANS[3]
    assert ranged((start, length), (start + 4, 8)) == [read(FILE)[3], Gap(start + 4, 0, "overlapping_range")]
