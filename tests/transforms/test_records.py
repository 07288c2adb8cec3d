"""Crawl files → records and gaps: the same records as other readers give, and nothing lost in silence."""

import gzip
import tracemalloc
from io import BytesIO
from unittest.mock import patch

import fastwarc.warc
import pytest
from warcio.archiveiterator import ArchiveIterator

from tests.transforms.archives import (
    arc,
    bodies,
    gaps,
    layouts,
    members,
    page,
    plain_record,
    read,
    records,
    warc,
)
from transforms import chunks
from transforms.records import Gap, Record, read_records

PAGES = (page(0), page(1, "x", 900), b"", page(3, "déjà "), page(4))
LAYOUTS = layouts(*PAGES)
HTTP = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"


def seen_by_warcio(data):
    found, reader = [], ArchiveIterator(BytesIO(data), no_record_parse=True)
    for record in reader:
        body = record.raw_stream.read()
        found.append(
            (record.rec_type, record.rec_headers.get_header("WARC-Target-URI"), body, reader.get_record_offset())
        )
    return found


def seen_by_fastwarc(data):
    reader = fastwarc.warc.ArchiveIterator(BytesIO(data), parse_http=False)
    return [(r.headers["WARC-Type"], r.headers["WARC-Target-URI"], r.reader.read(), r.stream_pos) for r in reader]


def seen(data):
    return [(r.kind, r.headers["warc-target-uri"], r.body, r.offset) for r in records(data)]


class TestCleanFiles:
    @pytest.mark.parametrize("layout", ["member_per_record", "plain"])
    def test_records_bodies_and_offsets_are_those_that_warcio_finds(self, layout):
        assert seen(LAYOUTS[layout]) == seen_by_warcio(LAYOUTS[layout])

    @pytest.mark.parametrize("layout", ["member_per_record", "plain"])
    def test_records_bodies_and_offsets_are_those_that_fastwarc_finds(self, layout):
        assert seen(LAYOUTS[layout]) == seen_by_fastwarc(LAYOUTS[layout])

    def test_a_file_gzipped_as_a_whole_gives_the_same_records_as_the_plain_one(self):
        assert bodies(LAYOUTS["whole_gzip"]) == bodies(LAYOUTS["plain"])

    @pytest.mark.parametrize("layout", LAYOUTS)
    def test_a_clean_file_has_no_gap(self, layout):
        assert gaps(LAYOUTS[layout]) == []

    @pytest.mark.parametrize("layout", ["member_per_record", "plain"])
    def test_offset_and_length_cut_the_record_out_of_the_file(self, layout):
        data = LAYOUTS[layout]
        for record in records(data):
            assert bodies(data[record.offset : record.offset + record.length]) == [record.body]

    @pytest.mark.parametrize("chunk", [61, 64, 257, 4096])
    @pytest.mark.parametrize("layout", LAYOUTS)
    def test_the_chunk_size_does_not_show(self, layout, chunk):
        with patch.object(chunks, "CHUNK", chunk):
            small = read(LAYOUTS[layout])
        assert small == read(LAYOUTS[layout])

    def test_a_request_is_given_without_its_body(self):
        data = warc(b"GET / HTTP/1.1\r\n\r\n", page(1), is_gzip=True, kinds=("request", "response"))
        assert [(r.kind, r.body is None) for r in records(data)] == [("request", True), ("response", False)]

    def test_folded_header_lines_are_joined(self):
        record = plain_record(0, b"abc").replace(b"WARC-Type: response", b"WARC-Type: response\r\nX-Long: one\r\n  two")
        assert records(record)[0].headers["x-long"] == "one two"

    def test_header_names_are_found_in_any_case(self):
        record = plain_record(0, b"abc").replace(b"Content-Length", b"CONTENT-length")
        assert bodies(record) == [b"abc"]

    def test_bare_newlines_between_header_lines_are_read(self):
        head, _, rest = plain_record(0, b"abc").partition(b"\r\n\r\n")
        assert bodies(head.replace(b"\r\n", b"\n") + b"\n\n" + rest) == [b"abc"]


class TestArc:
    BLOCKS = (HTTP + page(0), HTTP + page(1))

    @pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
    def test_an_arc_file_gives_the_blocks_that_warcio_finds(self, pack):
        plain = arc(*self.BLOCKS)
        expected = [r.raw_stream.read() for r in ArchiveIterator(BytesIO(plain), no_record_parse=True)]
        assert bodies(pack(plain))[1:] == expected[1:] == list(self.BLOCKS)

    def test_the_version_block_is_not_a_page(self):
        assert [r.kind for r in records(arc(*self.BLOCKS))] == ["warcinfo", "response", "response"]

    def test_address_and_date_come_from_the_header_line(self):
        headers = records(arc(*self.BLOCKS))[2].headers
        assert (headers["warc-target-uri"], headers["warc-date"]) == ("http://old.example/1", "20080203040506")

    def test_an_arc_2_line_is_read(self):
        line = b"http://old.example/ 192.0.2.1 20080203040506 text/html 200 - - 0 old.arc 3\nabc\n"
        assert bodies(line) == [b"abc"]


class TestOtherFiles:
    def test_an_empty_file_is_one_gap_of_no_length(self):
        assert read(b"") == [Gap(0, 0, "empty_file")]

    @pytest.mark.parametrize("size", [1, 300_000])
    def test_an_html_file_saved_as_a_crawl_file_is_one_gap(self, size):
        html = b"<!doctype html>" + b" " * size
        assert read(html) == [Gap(0, len(html), "not_a_crawl_file", html[:64])]

    def test_a_gzipped_html_file_is_one_gap_over_all_of_it(self):
        data = gzip.compress(page(0))
        assert [(one.offset, one.length, one.in_file) for one in read(data)] == [(0, len(data), True)]

    def test_an_empty_gzip_member_is_a_gap(self):
        empty, full = members(b"", plain_record(0, b"abc"))
        assert [type(one) for one in read(empty + full)] == [Gap, Record]

    @pytest.mark.parametrize("layout", LAYOUTS)
    def test_a_stream_that_gives_a_byte_at_a_time_is_read_too(self, layout):
        class Slow(BytesIO):
            def read(self, size=-1, /):
                return super().read(min(size, 1))

        found = list(read_records(Slow(LAYOUTS[layout]), 1 << 20))
        assert [one.length for one in found] == [one.length for one in read(LAYOUTS[layout])]


class TestOversize:
    @pytest.mark.parametrize("layout", LAYOUTS)
    def test_a_record_over_the_limit_is_marked_and_has_no_body(self, layout):
        found = records(LAYOUTS[layout], limit=600)
        assert [(r.is_too_large, r.body is None) for r in found] == [(i == 1, i == 1) for i in range(5)]

    def test_a_record_of_exactly_the_limit_is_held(self):
        assert records(plain_record(0, b"x" * 600), limit=600)[0].body == b"x" * 600

    def test_a_skipped_type_is_not_called_too_large(self):
        assert not records(plain_record(0, b"x" * 601, kind="request"), limit=600)[0].is_too_large

    @pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
    def test_a_record_over_the_limit_is_never_held_in_memory(self, pack):
        stream = BytesIO(pack(plain_record(0, bytes(24 << 20))))
        tracemalloc.start()
        found = list(read_records(stream, 1 << 20))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert found[0].is_too_large
        assert peak < 4 << 20
