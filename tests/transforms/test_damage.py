"""Damaged crawl files: every byte is accounted for, no cut is silent, and damage costs only its own record."""

import gzip
from random import Random
from unittest.mock import patch

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.transforms.archives import (
    Counted,
    accounted_bytes,
    arc,
    bodies,
    damaged,
    gaps,
    layouts,
    members,
    page,
    plain_record,
    read,
    records,
    urls,
)
from transforms import chunks
from transforms.records import read_records

LAYOUTS = layouts(page(0), page(1, "x", 900), b"", page(3, "déjà "), page(4))
# A member larger than one chunk, of records that do not compress.
LARGE = b"".join(plain_record(i, Random(i).randbytes(5000)) for i in range(40))
PACKS = {
    "plain": b"".join,
    "whole_gzip": lambda parts: gzip.compress(b"".join(parts), mtime=0),
    "member_per_record": lambda parts: b"".join(members(*parts)),
}
HTTP = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"


class TestByteLedger:
    @pytest.mark.parametrize("layout", LAYOUTS)
    def test_a_clean_file_was_read_whole(self, layout):
        assert accounted_bytes(read(LAYOUTS[layout])) == len(LAYOUTS[layout])

    @pytest.mark.parametrize("chunk", [61, 1 << 16])
    @pytest.mark.parametrize("layout", [*LAYOUTS, "arc", "arc_gzip", "shared_members"])
    @settings(max_examples=150, deadline=None)
    @given(wounds=st.data())
    def test_every_byte_of_a_damaged_file_is_read_or_in_a_gap(self, layout, chunk, wounds):
        whole = {
            **LAYOUTS,
            "arc": arc(HTTP + page(0), HTTP + page(1)),
            "arc_gzip": b"".join(members(arc(HTTP + page(0)), arc(HTTP + page(1)))),
            "shared_members": b"".join(members(LAYOUTS["plain"], LAYOUTS["plain"])),
        }[layout]
        data = wounds.draw(damaged(whole))
        with patch.object(chunks, "CHUNK", chunk):
            found = read(data)
        assert accounted_bytes(found) == len(data)
        assert all(one.read_bytes >= 0 and one.length >= 0 for one in found)

    @settings(max_examples=200, deadline=None)
    @given(st.binary(max_size=300))
    @example(b"\x1f\x8b\x08")
    @example(b"WARC/1.0")
    def test_every_byte_of_any_file_is_read_or_in_a_gap(self, data):
        assert accounted_bytes(read(data)) == len(data)


class TestTruncation:
    def test_a_cut_anywhere_but_between_gzip_members_is_a_gap(self):
        data = LAYOUTS["member_per_record"]
        ends = {record.offset + record.length for record in records(data)}
        silent = {cut for cut in range(1, len(data)) if not gaps(data[:cut])}
        assert silent == ends - {len(data)}

    def test_a_cut_anywhere_but_after_a_whole_body_is_a_gap_in_a_plain_file(self):
        data = LAYOUTS["plain"]
        after_bodies = {r.offset + r.length - blank for r in records(data) for blank in range(5)}
        silent = {cut for cut in range(1, len(data)) if not gaps(data[:cut])}
        assert silent == after_bodies - {len(data)}

    def test_any_cut_is_a_gap_in_a_file_gzipped_as_a_whole(self):
        data = LAYOUTS["whole_gzip"]
        assert all(gaps(data[:cut]) for cut in range(1, len(data)))

    def test_all_members_before_a_cut_are_read(self):
        data = LAYOUTS["member_per_record"]
        for cut in range(0, len(data), 7):
            assert urls(data[:cut]) == [
                r.headers["warc-target-uri"] for r in records(data) if r.offset + r.length <= cut
            ]

    def test_all_plain_records_before_a_cut_body_are_read(self):
        whole = plain_record(0, b"abc") + plain_record(1, b"defghi")
        assert bodies(whole[:-7]) == [b"abc"]

    @pytest.mark.parametrize("left", [1, 5])
    def test_a_plain_record_before_a_cut_magic_is_read(self, left):
        assert bodies(plain_record(0, b"abc") + b"WARC/1.0"[:left]) == [b"abc"]


class TestDamage:
    def test_a_flipped_byte_in_a_middle_member_costs_only_its_record(self):
        data = LAYOUTS["member_per_record"]
        middle = records(data)[1]
        others = [url for url in urls(data) if url != middle.headers["warc-target-uri"]]
        for at in range(middle.offset, middle.offset + middle.length):
            hurt = data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]
            assert [url for url in urls(hurt) if url in others] == others
            assert len(urls(hurt)) == 5 or gaps(hurt)

    def test_a_zeroed_member_is_one_gap_of_its_own_length(self):
        data = LAYOUTS["member_per_record"]
        one = records(data)[1]
        hurt = data[: one.offset] + bytes(one.length) + data[one.offset + one.length :]
        assert [(g.offset, g.length, g.reason) for g in gaps(hurt)] == [(one.offset, one.length, "not_gzip")]

    def test_a_wrong_checksum_loses_the_record(self):
        data = bytearray(LAYOUTS["member_per_record"])
        one = records(bytes(data))[1]
        data[one.offset + one.length - 8] ^= 1  # first byte of the CRC
        assert [g.reason for g in gaps(bytes(data))] == ["bad_gzip"]

    def test_garbage_between_members_is_a_gap_and_costs_no_record(self):
        parts = members(plain_record(0, b"abc"), plain_record(1, b"def"))
        data = parts[0] + b"garbage" + parts[1]
        assert bodies(data) == [b"abc", b"def"]
        assert [(g.offset, g.length, g.first_bytes[:7]) for g in gaps(data)] == [(len(parts[0]), 7, b"garbage")]

    def test_garbage_between_plain_records_spares_the_record_after_it(self):
        data = plain_record(0, b"abc") + b"garbage\r\n" + plain_record(1, b"def")
        assert bodies(data)[-1] == b"def"

    def test_damage_in_a_large_shared_member_spares_the_next_member(self):
        parts = members(LARGE, LAYOUTS["plain"])
        hurt = bytearray(parts[0])
        hurt[-8] ^= 1  # its checksum
        assert urls(bytes(hurt) + parts[1])[-5:] == urls(parts[1])

    def test_a_cut_large_shared_member_has_a_gap_that_is_not_empty(self):
        assert gaps(members(LARGE)[0][:-9])[0].length > 0

    @pytest.mark.parametrize("wound", ["cut", "checksum"])
    def test_records_before_the_damage_of_a_small_shared_member_are_read(self, wound):
        data = LAYOUTS["whole_gzip"]
        hurt = data[:-9] if wound == "cut" else data[:-8] + bytes([data[-8] ^ 1]) + data[-7:]
        assert bodies(hurt)[:3] == bodies(data)[:3]

    @pytest.mark.parametrize("length", ["-1", "NaN", "", "1e3", "0x10"])
    @pytest.mark.parametrize("pack", PACKS)
    def test_a_content_length_that_is_no_length_costs_only_its_record(self, pack, length):
        data = PACKS[pack]([plain_record(0, b"abc"), plain_record(1, b"def", length), plain_record(2, b"ghi")])
        assert bodies(data) == [b"abc", b"ghi"]
        assert [g.reason for g in gaps(data)] == ["bad_content_length"]

    @pytest.mark.parametrize("length", ["1000", str(2**63), "9" * 30])
    @pytest.mark.parametrize("pack", PACKS)
    def test_a_content_length_beyond_the_end_costs_only_its_record(self, pack, length):
        data = PACKS[pack]([plain_record(0, b"abc"), plain_record(1, b"def", length), plain_record(2, b"ghi")])
        assert bodies(data) == [b"abc", b"ghi"]
        assert [g.reason for g in gaps(data)] == ["truncated"]

    @pytest.mark.parametrize("kind", ["response", "request"])
    @pytest.mark.parametrize("length", ["1000000", str(2**63)])
    def test_many_lengths_beyond_the_end_cost_one_look_at_the_end(self, length, kind):
        bad = b"".join(plain_record(i, b"x" * 500, length, kind) for i in range(1000))
        for data in (plain_record(0, b"abc") + bad, gzip.compress(plain_record(0, b"abc") + bad, 0)):
            stream = Counted(data)
            found = list(read_records(stream, 1 << 20))
            assert len(found) == 1001
            assert stream.n_bytes < 3 * len(data)

    @pytest.mark.parametrize("chunk", [61, 1 << 16])
    def test_a_member_behind_one_that_was_cut_short_is_found(self, chunk):
        whole, after = members(LARGE, LAYOUTS["plain"])
        with patch.object(chunks, "CHUNK", chunk):
            for cut in range(1000, len(whole), 9973):
                assert urls(whole[:cut] + after)[-5:] == urls(after)

    @pytest.mark.parametrize("length", ["0", "1", "4"])
    def test_a_content_length_that_is_wrong_is_a_gap(self, length):
        data = plain_record(0, b"abcdefg", length) + plain_record(1, b"def")
        assert bodies(data) == [b"def"]
        assert [g.reason for g in gaps(data)] == ["bad_record_length"]

    def test_a_missing_content_length_is_named_as_the_reason(self):
        data = plain_record(0, b"abc").replace(b"Content-Length: 3\r\n", b"") + plain_record(1, b"def")
        assert [g.reason for g in gaps(data)] == ["bad_content_length"]

    def test_a_gap_inside_an_intact_shared_member_is_not_in_the_file_ledger(self):
        data = gzip.compress(plain_record(0, b"abc") + plain_record(1, b"def", "-1") + plain_record(2, b"ghi"))
        assert [g.in_file for g in gaps(data)] == [False]

    def test_a_header_without_end_is_a_gap(self):
        assert [g.reason for g in gaps(b"WARC/1.0\r\nWARC-Type: response\r\n")] == ["bad_record_header"]

    @pytest.mark.parametrize("layout", LAYOUTS)
    @pytest.mark.parametrize("at", [0, 2])
    def test_damage_to_the_first_bytes_of_a_file_costs_no_other_record(self, layout, at):
        data = bytearray(LAYOUTS[layout])
        data[at] ^= 0xFF
        assert urls(bytes(data)) == ([] if layout == "whole_gzip" else urls(LAYOUTS[layout])[1:])
        assert gaps(bytes(data))[0].reason == ("not_a_crawl_file" if layout == "whole_gzip" else "bad_start")

    def test_a_head_whose_end_is_damaged_does_not_take_the_next_head_for_its_own(self):
        first = plain_record(0, b"abc").replace(b"\r\n\r\n", b"____")
        assert bodies(first + plain_record(1, b"def") + plain_record(2, b"ghi")) == [b"def", b"ghi"]

    def test_damage_behind_a_plain_record_does_not_cost_the_record(self):
        second = plain_record(1, b"def").replace(b"WARC/", b"\0\0\0\0\0")
        assert bodies(plain_record(0, b"abc") + second + plain_record(2, b"ghi")) == [b"abc", b"ghi"]


class TestArcLines:
    WHOLE = arc(HTTP + page(0), HTTP + page(1))
    LINE = WHOLE.index(b"http://old.example/1")

    def test_a_cut_inside_of_a_line_keeps_the_record_before_it(self):
        for cut in range(self.LINE, self.WHOLE.index(b"HTTP", self.LINE)):
            assert bodies(self.WHOLE[:cut])[1:] == [HTTP + page(0)]
            assert cut == self.LINE or gaps(self.WHOLE[:cut])

    def test_a_damaged_line_keeps_the_record_before_it(self):
        for at in range(self.LINE, self.WHOLE.index(b"HTTP", self.LINE)):
            hurt = self.WHOLE[:at] + b"\0" + self.WHOLE[at + 1 :]
            assert bodies(hurt)[1] == HTTP + page(0)
