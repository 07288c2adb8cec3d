"""Stored HTTP responses: encodings undone, lies tolerated, bombs bounded."""

import gzip
import time
import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.bufferedreaders import BufferedReader

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

    @pytest.mark.parametrize(
        ("encoding", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress), ("deflate", raw_deflate)]
    )
    def test_compressed_bodies_are_unpacked(self, encoding, pack):
        assert response(pack(HTML), f"Content-Encoding: {encoding}").body == HTML

    @pytest.mark.parametrize(
        "header", ["Content-Encoding: gzip", "Content-Encoding: deflate", "Transfer-Encoding: chunked"]
    )
    def test_a_body_that_is_not_what_its_headers_say_stays_as_it_is(self, header):
        assert response(HTML, header).body == HTML

    @pytest.mark.parametrize("encoding", ["zstd", "br", "x"])
    def test_another_encoding_leaves_the_body_but_undoes_its_chunks(self, encoding):
        assert response(HTML, f"Content-Encoding: {encoding}").body == HTML
        packed = chunked(HTML, 100)
        assert response(packed, "Transfer-Encoding: Chunked", f"Content-Encoding: {encoding}").body == HTML

    @pytest.mark.parametrize("header", ["Content-Encoding: gzip", "Transfer-Encoding: chunked"])
    def test_a_decoder_that_fails_leaves_the_body_as_it_was_stored(self, header, monkeypatch):
        def fails(self, data):
            raise RuntimeError("boom")

        monkeypatch.setattr(BufferedReader, "_process_read", fails)
        body = gzip.compress(HTML) if "gzip" in header else chunked(HTML, 100)
        assert response(body, header).body == body

    def test_a_cut_gzip_body_gives_what_could_be_unpacked(self):
        noise = b"".join(b"%d " % (i * 7919 % 10_007) for i in range(40_000))
        body = response(gzip.compress(noise)[:-5000], "Content-Encoding: gzip").body
        assert len(body) > 1000
        assert noise.startswith(body)

    def test_a_cut_chunk_gives_what_came(self):
        assert response(b"5\r\nhello\r\n5\r\nwo", "Transfer-Encoding: chunked").body == b"hellowo"

    @given(st.binary(max_size=400), st.integers(1, 50))
    def test_any_chunked_gzip_body_comes_back(self, data, size):
        packed = chunked(gzip.compress(data), size)
        assert response(packed, "Transfer-Encoding: chunked", "Content-Encoding: gzip").body == data


class TestLimits:
    def test_a_decompression_bomb_is_marked_and_its_body_dropped(self):
        told = response(gzip.compress(bytes(LIMIT + 1)), "Content-Encoding: gzip")
        assert (told.status, told.is_too_large, told.body) == (200, True, b"")

    def test_a_body_of_exactly_the_limit_is_given(self):
        told = response(gzip.compress(bytes(LIMIT)), "Content-Encoding: gzip")
        assert (told.is_too_large, len(told.body)) == (False, LIMIT)

    def test_a_bomb_costs_little_memory_and_time(self):
        bomb = gzip.compress(bytes(100 << 20), 1)
        tracemalloc.start()
        started = time.monotonic()
        told = response(bomb, "Content-Encoding: gzip")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert told.is_too_large
        assert peak < 40 << 20
        assert time.monotonic() - started < 5

    def test_an_uncompressed_body_over_the_limit_is_marked(self):
        assert response(bytes(LIMIT + 1)).is_too_large


class TestHeaders:
    def test_status_type_and_charset_are_read(self):
        told = parse_response(b"HTTP/1.0 404 Not Found\r\ncontent-type: Text/HTML; Charset=UTF-8\r\n\r\nx", LIMIT)
        assert told == Response(404, "text/html", "UTF-8", b"x")

    def test_a_block_without_status_line_is_a_bare_body(self):
        assert parse_response(HTML, LIMIT) == Response(None, None, None, HTML)

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
