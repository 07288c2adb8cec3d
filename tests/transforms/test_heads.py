"""Heads of WARC and ARC records: what begins a record, and what does not."""

import pytest

from transforms.heads import starts_record


class TestStartsRecord:
    @pytest.mark.parametrize(
        "data",
        [
            b"WARC/1.0\r\n",
            b"WARC/0.18\r\n",
            b"http://a.example/ 192.0.2.1 20080203040506 text/html 12\n",
            b"filedesc://a.arc 0.0.0.0 20080101000000 text/plain 76\n",
            b"dns:a.example - 20080203040506 text/dns 12\r\n",
        ],
    )
    def test_warc_and_arc_heads_are_starts(self, data):
        assert starts_record(data)

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"WARC/",
            b"warc/1.0",
            b" WARC/1.0",
            b"HTTP/1.1 200 OK\r\n",
            b"http://a.example/ 192.0.2.1 2008 text/html 12\n",  # no date of 12 digits
            b"http://a.example/ 192.0.2.1 20080203040506 text/html x\n",  # no length
            b"http://a.example/ 192.0.2.1 20080203040506 text/html 12",  # no end of line
        ],
    )
    def test_other_bytes_are_none(self, data):
        assert not starts_record(data)
