"""Stored HTTP responses: encodings undone, lies tolerated, bombs bounded."""

import gzip
import time
import tracemalloc
import zlib

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from warcio.bufferedreaders import BufferedReader

from transforms.gzip_members import GzipInflater
from transforms.responses import Response, parse_response, split_content_type

HTML = b"<html><body>hello</body></html>" * 20
LIMIT = 1 << 20


def response(body, *headers, status="200 OK"):
    head = "\r\n".join([f"HTTP/1.1 {status}", "Content-Type: text/html", *headers])
    return parse_response(head.encode("latin-1") + b"\r\n\r\n" + body, LIMIT)


def chunked(data, size):
    parts = [data[i : i + size] for i in range(0, len(data), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def raw_deflate(data):
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


PACKS = [
    ("gzip", gzip.compress),
    ("x-gzip", gzip.compress),
    ("deflate", zlib.compress),
    ("deflate", raw_deflate),
    ("br", brotli.compress),
    ("zstd", zstandard.compress),
]


class TestBodies:
    def test_a_plain_body_is_given_as_it_is(self):
        assert response(HTML).body == HTML

    @pytest.mark.parametrize("size", [1, 10, 16_000])
    def test_chunks_are_joined(self, size):
        assert response(chunked(HTML, size), "Transfer-Encoding: chunked").body == HTML

    @pytest.mark.parametrize("size", [1, 10, 16_000])
    def test_gzip_in_chunks_is_unpacked(self, size):
        packed = chunked(gzip.compress(HTML), size)
        assert response(packed, "Transfer-Encoding: chunked", "Content-Encoding: gzip").body == HTML

    @pytest.mark.parametrize(("encoding", "pack"), PACKS)
    def test_compressed_bodies_are_unpacked(self, encoding, pack):
        assert response(pack(HTML), f"Content-Encoding: {encoding}").body == HTML

    @given(st.binary(max_size=9000), st.sampled_from(PACKS), st.sampled_from(PACKS), st.integers(1, 5000))
    def test_any_body_in_two_encodings_and_chunks_comes_back(self, data, inner, outer, size):
        told = ("Transfer-Encoding: chunked", f"Content-Encoding: {inner[0]}, {outer[0]}")
        assert response(chunked(outer[1](inner[1](data)), size), *told).body == data

    def test_encodings_in_two_headers_and_in_the_transfer_are_undone_in_order(self):
        packed = chunked(gzip.compress(brotli.compress(zlib.compress(HTML))), 50)
        headers = ("Content-Encoding: Deflate", "Content-Encoding: BR", "Transfer-Encoding: gzip, chunked")
        assert response(packed, *headers).body == HTML

    def test_an_encoding_that_was_undone_before_storing_hides_no_other(self):
        assert response(gzip.compress(HTML), "Content-Encoding: gzip, br").body == HTML

    def test_a_gzip_body_of_several_members_is_unpacked_whole(self):
        body = gzip.compress(HTML) + gzip.compress(b"more") + b"garbage"
        assert response(body, "Content-Encoding: gzip").body == HTML + b"more"

    @pytest.mark.parametrize(("encoding", "pack"), PACKS)
    def test_an_empty_body_in_any_encoding_is_left_or_empty(self, encoding, pack):
        assert response(b"", f"Content-Encoding: {encoding}").body == b""

    @pytest.mark.parametrize("length", ["0", "5", "99999", "x", "-1"])
    def test_the_body_is_what_is_there_whatever_content_length_says(self, length):
        assert response(HTML, f"Content-Length: {length}").body == HTML

    @pytest.mark.parametrize(
        "header",
        [*(f"Content-Encoding: {name}" for name in ("gzip", "deflate", "br", "zstd")), "Transfer-Encoding: chunked"],
    )
    def test_a_body_that_is_not_what_its_headers_say_stays_as_it_is(self, header):
        assert response(HTML, header).body == HTML

    @pytest.mark.parametrize("encoding", ["compress", "identity", "x"])
    def test_another_encoding_leaves_the_body_but_undoes_its_chunks(self, encoding):
        assert response(HTML, f"Content-Encoding: {encoding}").body == HTML
        packed = chunked(HTML, 100)
        assert response(packed, "Transfer-Encoding: Chunked", f"Content-Encoding: {encoding}").body == HTML

    @pytest.mark.parametrize("header", ["Content-Encoding: gzip", "Transfer-Encoding: chunked"])
    def test_a_decoder_that_fails_leaves_the_body_as_it_was_stored(self, header, monkeypatch):
        def fails(self, data):
            raise RuntimeError("boom")

        monkeypatch.setattr(BufferedReader, "_process_read", fails)
        monkeypatch.setattr(GzipInflater, "inflate", fails)
        body = gzip.compress(HTML) if "gzip" in header else chunked(HTML, 100)
        assert response(body, header).body == body

    def test_a_cut_gzip_body_gives_what_could_be_unpacked(self):
        noise = b"".join(b"%d " % (i * 7919 % 10_007) for i in range(40_000))
        body = response(gzip.compress(noise)[:-5000], "Content-Encoding: gzip").body
        assert len(body) > 1000
        assert noise.startswith(body)

    @pytest.mark.parametrize(("encoding", "pack"), [pack for pack in PACKS if pack[0] != "zstd"])
    def test_a_cut_body_gives_what_could_be_unpacked(self, encoding, pack):
        noise = b"".join(b"%d " % (i * 7919 % 10_007) for i in range(40_000))
        body = response(pack(noise)[:-5000], f"Content-Encoding: {encoding}").body
        assert len(body) > 1000
        assert noise.startswith(body)

    @pytest.mark.parametrize("encoding", ["br", "deflate"])
    def test_a_page_never_passes_for_a_stream_without_a_header(self, encoding):
        for start in range(len(HTML)):
            page = HTML[start:]
            assert response(page, f"Content-Encoding: {encoding}").body == page

    def test_a_cut_chunk_gives_what_came(self):
        assert response(b"5\r\nhello\r\n5\r\nwo", "Transfer-Encoding: chunked").body == b"hellowo"

    @given(st.binary(max_size=400), st.integers(1, 50))
    def test_any_chunked_gzip_body_comes_back(self, data, size):
        packed = chunked(gzip.compress(data), size)
        assert response(packed, "Transfer-Encoding: chunked", "Content-Encoding: gzip").body == data


class TestLimits:
    @pytest.mark.parametrize(("encoding", "pack"), PACKS)
    def test_a_decompression_bomb_is_marked_and_its_body_dropped(self, encoding, pack):
        told = response(pack(bytes(LIMIT + 1)), f"Content-Encoding: {encoding}")
        assert (told.status, told.is_too_large, told.body) == (200, True, b"")

    def test_a_body_of_exactly_the_limit_is_given(self):
        told = response(gzip.compress(bytes(LIMIT)), "Content-Encoding: gzip")
        assert (told.is_too_large, len(told.body)) == (False, LIMIT)

    @pytest.mark.parametrize(("encoding", "pack"), PACKS[2:])
    def test_a_bomb_costs_little_memory_and_time(self, encoding, pack):
        bomb = pack(bytes(32 << 20))
        tracemalloc.start()
        started = time.process_time()
        told = response(bomb, f"Content-Encoding: {encoding}")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert told.is_too_large
        assert peak < 8 << 20
        assert time.process_time() - started < 5

    def test_an_uncompressed_body_over_the_limit_is_marked(self):
        assert response(bytes(LIMIT + 1)).is_too_large


class TestHeaders:
    def test_status_type_and_charset_are_read(self):
        told = parse_response(b"HTTP/1.0 404 Not Found\r\ncontent-type: Text/HTML; Charset=UTF-8\r\n\r\nx", LIMIT)
        assert told == Response(404, "text/html", "UTF-8", b"x")

    def test_a_block_without_status_line_is_a_bare_body(self):
        assert parse_response(HTML, LIMIT) == Response(None, None, None, HTML)

    def test_a_head_without_status_line_is_read(self):
        block = b"Server: x\r\nContent-Type: text/html; charset=utf-8\r\nContent-Encoding: br\r\n\r\n"
        assert parse_response(block + brotli.compress(HTML), LIMIT) == Response(None, "text/html", "utf-8", HTML)

    def test_the_status_of_http_2_is_read_from_its_line_and_from_its_pseudo_field(self):
        for head in (b"HTTP/2 204\r\n", b":status: 204\r\n", b":version: HTTP/2\r\n:Status:204\r\n"):
            told = parse_response(head + b"content-type: text/html\r\n\r\n" + HTML, LIMIT)
            assert told == Response(204, "text/html", None, HTML)

    @pytest.mark.parametrize("text", [b"Note: this is\r\nAll: text\r\n\r\nmore", b"a:b\n\n", b": status: 200\n\n"])
    def test_a_text_whose_lines_look_like_fields_is_a_bare_body(self, text):
        assert parse_response(text, LIMIT) == Response(None, None, None, text)

    def test_bare_newlines_folded_lines_and_bytes_of_any_charset_are_read(self):
        head = (
            "HTTP/1.1 200 D'accord\nX-Long: one\n two\nX-Név: caf\xe9\nContent-Type: text/html;\n\tcharset=koi8-r\n\n"
        )
        for charset in ("latin-1", "utf-8"):
            told = parse_response(head.encode(charset) + HTML, LIMIT)
            assert told == Response(200, "text/html", "koi8-r", HTML)

    def test_many_lines_that_look_like_fields_cost_little_time(self):
        started = time.process_time()
        parse_response(b"a:b\n c\n" * 200_000, LIMIT)
        assert time.process_time() - started < 2

    @pytest.mark.parametrize("status", ["", "abc OK", "20 OK", "2000 OK", "-20 OK"])
    def test_an_unreadable_status_code_is_none_and_the_body_stays(self, status):
        told = response(b"x", status=status)
        assert (told.status, told.body) == (None, b"x")

    def test_a_status_code_in_superscript_is_none(self):
        assert response(b"x", status="\xb200 OK").status is None

    @pytest.mark.parametrize("block", [b"HTTP/", b"HTTP/1.1 200 OK", b"HTTP/1.1 200 OK\r\nA: b"])
    def test_a_head_that_never_ends_has_no_body(self, block):
        assert parse_response(block, LIMIT).body == b""

    @given(st.binary(max_size=200))
    def test_no_head_makes_the_parser_raise(self, rest):
        assert isinstance(parse_response(b"HTTP/1.1 200" + rest, LIMIT), Response)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, (None, None)),
        ("", (None, None)),
        ("text/html", ("text/html", None)),
        ("TEXT/HTML ;charset=utf-8", ("text/html", "utf-8")),
        ("text/html; charset='koi8-r'", ("text/html", "koi8-r")),
        ('text/html; charset="gb18030"', ("text/html", "gb18030")),
        ("text/html; CharSet = Shift_JIS; x=y", ("text/html", "Shift_JIS")),
        ("text/html; charset=", ("text/html", None)),
        ("; charset=utf-8", (None, "utf-8")),
    ],
)
def test_a_content_type_is_split_into_media_type_and_charset(value, expected):
    assert split_content_type(value) == expected
