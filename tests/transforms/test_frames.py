"""Segments: nothing is consumed unseen, and damage is told."""

from io import BytesIO
from unittest.mock import patch

import pytest

from transforms import chunks
from transforms.chunks import Input
from transforms.frames import Damage, Segment


def segment(data):
    return Segment(Input(BytesIO(data)))


class TestInput:
    def test_bytes_handed_back_are_read_again_before_new_ones(self):
        source = Input(BytesIO(b"abcdef"))
        assert source.read() == b"abcdef"
        source.unread(b"ef")
        assert (source.offset, source.read(), source.offset) == (4, b"ef", 6)

    def test_seeking_forgets_bytes_that_were_handed_back(self):
        source = Input(BytesIO(b"abcdef"))
        source.unread(source.read())
        source.seek(3)
        assert (source.offset, source.read()) == (3, b"def")

    def test_looking_ahead_gives_what_was_asked_for_and_reads_nothing(self):
        source = Input(BytesIO(b"abcdef"))
        assert (source.peek(2), source.peek(4), source.offset) == (b"ab", b"abcd", 0)
        source.go_on(2)
        assert (source.peek(9), source.offset, source.read(), source.read()) == (b"cdef", 2, b"cdef", b"")

    @pytest.mark.parametrize("chunk", [1, 2, 3, 64])
    def test_what_several_reads_gave_can_be_handed_back(self, chunk):
        with patch.object(chunks, "CHUNK", chunk):
            source, read = Input(BytesIO(b"abcdefgh")), b""
            while len(read) < 5:
                read += source.read()
            source.unread(read[1:])
            assert (source.offset, source.peek(9)) == (1, b"bcdefgh")

    @pytest.mark.parametrize("chunk", [1, 2, 3, 64])
    @pytest.mark.parametrize(
        ("begin", "limit", "far"),
        [(0, 9, 1), (1, 9, 1), (2, 9, 5), (2, 6, 5), (2, 5, None), (6, 99, 9), (6, 9, None), (20, 99, 9)],
    )
    def test_it_tells_how_far_a_mark_or_the_end_is(self, chunk, begin, limit, far):
        with patch.object(chunks, "CHUNK", chunk):
            source = Input(BytesIO(b"--abcdabc-"))
            source.peek(4)
            source.go_on(1)
            assert source.distance(b"abc", begin, limit) == far
            assert (source.offset, source.peek(3)) == (1, b"-ab")


class TestSegment:
    def test_looking_ahead_consumes_nothing(self):
        one = segment(b"abcdef")
        assert (one.ahead(3), one.position, one.take(3)) == (b"abc", 0, b"abc")

    def test_looking_beyond_the_end_gives_what_is_there(self):
        assert segment(b"abc").ahead(10) == b"abc"

    @pytest.mark.parametrize("consume", ["take", "skip"])
    def test_consuming_beyond_the_end_is_truncation(self, consume):
        with pytest.raises(Damage) as told:
            getattr(segment(b"abc"), consume)(4)
        assert told.value.reason == "truncated"

    @pytest.mark.parametrize("consume", ["take", "skip"])
    def test_consuming_exactly_to_the_end_is_none(self, consume):
        one = segment(b"abc")
        getattr(one, consume)(3)
        assert (one.position, one.more()) == (3, False)

    @pytest.mark.parametrize("consume", ["take", "skip"])
    def test_once_the_end_was_seen_nothing_is_consumed_beyond_it(self, consume):
        one = segment(b"abcdef")
        one.ahead(7)
        with pytest.raises(Damage):
            getattr(one, consume)(7)
        assert (one.position, one.take(6)) == (0, b"abcdef")

    def test_empty_lines_between_records_are_skipped(self):
        one = segment(b"\r\n\r\n\nWARC")
        assert (one.more(), one.position) == (True, 5)

    def test_empty_lines_at_the_end_are_consumed(self):
        one = segment(b"\r\n\r\n")
        assert (one.more(), one.position) == (False, 4)

    def test_rewinding_reads_the_same_bytes_again(self):
        one = segment(b"abcdef")
        one.skip(5)
        one.rewind(2)
        assert (one.position, one.take(4)) == (2, b"cdef")

    @pytest.mark.parametrize("chunk", [1, 3, 7, 1000])
    def test_the_next_record_start_is_found_across_chunks(self, chunk):
        with patch.object(chunks, "CHUNK", chunk):
            one = segment(b"x" * 9000 + b"\nWARC/1.0\r\nWARC-Type: response\r\n")
            one.skip_to_start()
            assert (one.position, one.ahead(6)) == (9001, b"WARC/1")

    def test_a_record_start_in_the_middle_of_a_line_is_none(self):
        one = segment(b"see WARC/1.0 here")
        one.skip_to_start()
        assert (one.position, one.more()) == (17, False)

    def test_the_current_place_may_be_the_next_start(self):
        one = segment(b"WARC/1.0\r\nWARC-Type: response\r\n")
        one.skip_to_start()
        assert (one.position, one.ahead(4)) == (0, b"WARC")

    def test_an_arc_line_is_a_start_too(self):
        one = segment(b"junk\nhttp://a.example/ 192.0.2.1 20080203040506 text/html 12\n")
        one.skip_to_start()
        assert one.position == 5
