"""Zstd and lz4 members: what was packed comes out up to the damage, within bounds, dictionary included."""

import struct
import tracemalloc
from io import BytesIO
from random import Random
from unittest.mock import patch

import lz4.frame
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.archives import Counted, accounted_bytes, bodies, gaps, members, page, plain_record, read, records
from transforms import chunks
from transforms.chunks import Input
from transforms.frames import Damage
from transforms.lz4_frames import Lz4
from transforms.members import Member
from transforms.records import Record, read_records
from transforms.zstd_frames import Zstd

PARTS = [plain_record(i, page(i)) for i in range(6)]
PAGES = [page(i) for i in range(6)]
NOISE = Random(0).randbytes(400_000)


def zstd(data, **options):
    return zstandard.ZstdCompressor(write_checksum=True, **options).compress(data)


def lz4_blocks(data, **options):
    return lz4.frame.compress(data, content_checksum=True, **options)


def skippable(data, number=0):
    return struct.pack("<II", 0x184D2A50 + number, len(data)) + data


PACKS = {
    "zstd": (Zstd, zstd),
    "zstd_best": (Zstd, lambda data: zstd(data, level=19)),
    "lz4": (Lz4, lz4_blocks),
    "lz4_block_checksums": (Lz4, lambda data: lz4_blocks(data, block_checksum=True, store_size=False)),
    "lz4_large_blocks": (Lz4, lambda data: lz4_blocks(data, block_size=lz4.frame.BLOCKSIZE_MAX4MB, block_linked=False)),
}


def member(pack, data):
    codec, _ = PACKS[pack]
    return Member(Input(BytesIO(data)), codec())


@pytest.mark.parametrize("pack", PACKS)
class TestMember:
    @settings(max_examples=40)
    @given(data=st.binary(max_size=3000), times=st.integers(1, 100), chunk=st.integers(1, 400))
    def test_it_gives_the_bytes_that_were_packed_and_leaves_those_behind(self, pack, data, times, chunk):
        packed = PACKS[pack][1](data * times)
        with patch.object(chunks, "CHUNK", chunk):
            source = Input(BytesIO(packed + b"behind"))
            one = Member(source, PACKS[pack][0]())
            assert one.take(len(data) * times) == data * times
            assert (one.more(), one.is_ended, source.offset) == (False, True, len(packed))

    def test_what_lies_before_a_wrong_checksum_is_given_first(self, pack):
        data = bytearray(PACKS[pack][1](NOISE))
        data[-1] ^= 1
        one = member(pack, bytes(data))
        assert one.take(len(NOISE)) == NOISE
        with pytest.raises(Damage) as told:
            one.more()
        assert told.value.reason == f"bad_{PACKS[pack][0].name}"

    @pytest.mark.parametrize("left", [4, 5, 8, 20, 1000, -1])
    def test_a_cut_member_is_truncated(self, pack, left):
        with pytest.raises(Damage) as told:
            member(pack, PACKS[pack][1](NOISE)[:left]).skip(len(NOISE) + 1)
        assert told.value.reason == "truncated"

    def test_rewinding_gives_the_same_bytes_again(self, pack):
        one = member(pack, PACKS[pack][1](NOISE))
        one.skip(300_000)
        one.rewind(1000)
        assert one.take(len(NOISE) - 1000) == NOISE[1000:]

    def test_a_bomb_is_never_held_in_memory(self, pack):
        bomb = PACKS[pack][1](plain_record(0, bytes(64 << 20)))
        tracemalloc.start()
        found = list(read_records(BytesIO(bomb), 1 << 20))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert found[0].is_too_large
        assert peak < 20 << 20  # a few blocks of lz4's 4 MB


@pytest.mark.parametrize("pack", PACKS)
class TestFiles:
    def test_one_member_for_each_record_and_one_for_all_give_the_same_records(self, pack):
        each = b"".join(map(PACKS[pack][1], PARTS))
        assert bodies(each) == bodies(PACKS[pack][1](b"".join(PARTS))) == PAGES
        assert accounted_bytes(read(each)) == len(each)

    def test_offset_and_length_cut_a_record_out_of_the_file(self, pack):
        data = b"".join(map(PACKS[pack][1], PARTS))
        assert [bodies(data[r.offset : r.offset + r.length]) for r in records(data)] == [[page] for page in PAGES]

    def test_skippable_frames_anywhere_are_read_and_give_nothing(self, pack):
        packed = [PACKS[pack][1](part) for part in PARTS]
        data = skippable(b"x" * 100, 3) + skippable(b"") + skippable(b"y" * 70_000, 15).join(packed) + skippable(b"end")
        assert (bodies(data), gaps(data)) == (PAGES, [])
        assert accounted_bytes(read(data)) == len(data)

    def test_a_skippable_frame_whose_length_leads_nowhere_is_a_gap(self, pack):
        packed = [PACKS[pack][1](part) for part in PARTS]
        data = packed[0] + struct.pack("<II", 0x184D2A50, 1 << 31) + b"".join(packed[1:])
        assert bodies(data) == PAGES
        assert [(gap.offset, gap.length) for gap in gaps(data)] == [(len(packed[0]), 8)]

    def test_a_file_may_hold_members_of_different_kinds(self, pack):
        data = members(PARTS[0])[0] + PACKS[pack][1](PARTS[1]) + zstd(PARTS[2]) + lz4_blocks(PARTS[3])
        assert bodies(data) == PAGES[:4]

    @pytest.mark.parametrize("at", [0, 1, 3])
    def test_a_damaged_first_byte_costs_the_first_record_only(self, pack, at):
        packed = [PACKS[pack][1](part) for part in PARTS]
        data = bytearray(b"".join(packed))
        data[at] ^= 0xFF
        assert bodies(bytes(data)) == PAGES[1:]
        assert [(gap.offset, gap.length) for gap in gaps(bytes(data))] == [(0, len(packed[0]))]


def test_a_file_of_empty_skippable_frames_is_read_once():
    stream = Counted(skippable(b"") * 30_000 + zstd(PARTS[0]))
    assert len(list(read_records(stream, 1 << 20))) == 1
    assert stream.n_bytes < 2 * len(stream.getvalue())


class TestDictionary:
    DICTIONARY = zstandard.train_dictionary(8000, [plain_record(i, page(i)) for i in range(2000)])

    def file(self, is_packed=False):
        content = self.DICTIONARY.as_bytes()
        first = skippable(zstd(content) if is_packed else content, 13)
        return first, [zstd(part, dict_data=self.DICTIONARY) for part in PARTS]

    @pytest.mark.parametrize("is_packed", [False, True])
    @pytest.mark.parametrize("chunk", [61, 1 << 16])
    def test_frames_are_inflated_with_the_dictionary_that_the_file_begins_with(self, is_packed, chunk):
        first, packed = self.file(is_packed)
        data = first + b"".join(packed)
        with patch.object(chunks, "CHUNK", chunk):
            assert (bodies(data), gaps(data)) == (PAGES, [])
            assert accounted_bytes(read(data)) == len(data)

    def test_damage_behind_it_costs_its_own_record_only(self):
        first, packed = self.file()
        hurt = bytearray(packed[1])
        hurt[-1] ^= 1
        assert bodies(first + packed[0] + hurt + b"".join(packed[2:])) == [PAGES[0], *PAGES[2:]]

    @pytest.mark.parametrize("where", ["content", "length", "packed"])
    def test_without_a_good_dictionary_the_file_is_gaps_and_nothing_raises(self, where):
        first, packed = self.file(is_packed=where == "packed")
        hurt = bytearray(first)
        if where == "content":
            hurt[8 : 8 + 2000] = bytes(2000)
        elif where == "length":
            hurt[4] ^= 1
        else:
            del hurt[-20:]
            hurt[4:8] = struct.pack("<I", len(hurt) - 8)
        found = read(bytes(hurt) + b"".join(packed))
        assert not [one for one in found if isinstance(one, Record)]
        assert accounted_bytes(found) == len(hurt) + sum(map(len, packed))


def test_a_frame_that_asks_for_more_window_than_is_allowed_is_damage():
    wide = zstandard.ZstdCompressionParameters(window_log=28)
    packer = zstandard.ZstdCompressor(compression_params=wide).compressobj()
    data = packer.compress(PARTS[0]) + packer.flush()
    assert [gap.reason for gap in gaps(data)] == ["bad_zstd"]
