"""Gzip members: what was packed comes out, up to the damage, and the damage is told."""

import gzip
from io import BytesIO
from random import Random
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms import chunks
from transforms.chunks import Input
from transforms.frames import Damage
from transforms.gzip_members import Gzip
from transforms.members import Member


def member(data):
    return Member(Input(BytesIO(data)), Gzip())


class TestMember:
    @given(st.binary(max_size=3000), st.integers(1, 400))
    def test_it_gives_the_bytes_that_were_packed(self, data, chunk):
        with patch.object(chunks, "CHUNK", chunk):
            one = member(gzip.compress(data))
            assert one.take(len(data)) == data
            assert (one.more(), one.is_ended) == (False, True)

    def test_it_is_not_ended_while_bytes_are_left_to_consume(self):
        one = member(gzip.compress(b"abc"))
        one.ahead(10)
        before = one.is_ended
        one.skip(3)
        assert (before, one.is_ended) == (False, True)

    def test_it_leaves_the_bytes_after_it_to_the_next_one(self):
        first, second = gzip.compress(b"abc"), gzip.compress(b"def")
        source = Input(BytesIO(first + second))
        Member(source, Gzip()).ahead(100)
        assert source.offset == len(first)
        assert Member(source, Gzip()).take(3) == b"def"

    @pytest.mark.parametrize(("where", "reason"), [(-1, "bad_gzip"), (-8, "bad_gzip"), (3, "bad_gzip")])
    def test_a_wrong_checksum_length_or_flag_is_damage(self, where, reason):
        data = bytearray(gzip.compress(b"abc"))
        data[where] ^= 0xE0
        with pytest.raises(Damage) as told:
            member(bytes(data)).take(100)
        assert told.value.reason == reason

    def test_a_cut_member_is_truncated(self):
        with pytest.raises(Damage) as told:
            member(gzip.compress(b"abc")[:-1]).take(100)
        assert told.value.reason == "truncated"

    @pytest.mark.parametrize("size", [0, 3, 200_000])
    @pytest.mark.parametrize("chunk", [64, 1 << 16])
    def test_what_lies_before_a_wrong_checksum_is_given_first(self, size, chunk):
        data = bytearray(gzip.compress(Random(0).randbytes(size)))
        data[-8] ^= 1
        with patch.object(chunks, "CHUNK", chunk):
            one = member(bytes(data))
            assert one.ahead(size + 1) == one.take(size) == Random(0).randbytes(size)
            with pytest.raises(Damage):
                one.more()

    @given(st.integers(0, 3000), st.integers(0, 3000), st.integers(1, 400))
    def test_rewinding_gives_the_same_bytes_again(self, there, back, chunk):
        data = Random(1).randbytes(3000)
        with patch.object(chunks, "CHUNK", chunk):
            one = member(gzip.compress(data))
            one.skip(there)
            one.rewind(min(there, back))
            assert one.position == min(there, back)
            assert one.take(3000 - one.position) == data[min(there, back) :]
            assert (one.more(), one.is_ended) == (False, True)

    def test_it_knows_where_the_chunk_began_that_it_still_holds(self):
        packed = gzip.compress(Random(2).randbytes(1000))
        with patch.object(chunks, "CHUNK", 100):
            one = member(packed)
            one.ahead(500)
            before = one.held_from
            one.skip(500)
            assert before == 0
            assert 300 <= one.held_from <= 600


class TestWhole:
    """A small member is inflated in one call, and only if that gives what step by step would come out."""

    PACKED = gzip.compress(b"abc" * 50, mtime=0)  # its bytes name tests

    def whole(self, data):
        source = Input(BytesIO(data))
        return Gzip().whole(source), source.offset

    @given(st.binary(min_size=1, max_size=3000), st.integers(1, 400), st.sampled_from([b"", PACKED]))
    def test_it_gives_the_bytes_that_were_packed(self, data, chunk, behind):
        packed = gzip.compress(data)
        with patch.object(chunks, "CHUNK", chunk):
            out, offset = self.whole(packed + behind)
        is_small = len(packed) < 8 * chunk
        assert (out, offset) == ((data, len(packed)) if is_small else (None, 0))

    @pytest.mark.parametrize("behind", [b"\0", b"\r\n", PACKED[9:], PACKED[-8:], PACKED[1:-4] + b"\xff\0\0\0"])
    def test_bytes_between_members_are_not_taken_for_a_part_of_one(self, behind):
        assert self.whole(self.PACKED + behind + self.PACKED) == (None, 0)
        assert self.whole(self.PACKED + behind) == (None, 0)

    @pytest.mark.parametrize("at", range(len(PACKED)))
    def test_a_wrong_byte_is_left_to_the_inflater(self, at):
        wrong = bytearray(self.PACKED)
        wrong[at] ^= 0x40
        out, _ = self.whole(bytes(wrong) + self.PACKED)
        by_steps = member(bytes(wrong))
        if out is not None:  # time, level, system, or bits behind the last code: nothing of what was packed
            assert out == by_steps.take(150) == b"abc" * 50

    @pytest.mark.parametrize("data", [b"", bytes(1 << 23), Random(3).randbytes(600_000)])
    def test_what_is_empty_or_large_is_left_to_the_inflater(self, data):
        assert self.whole(gzip.compress(data)) == (None, 0)

    def test_a_member_with_a_name_is_left_to_the_inflater(self):
        named = BytesIO()
        with gzip.GzipFile("name", "wb", fileobj=named) as out:
            out.write(b"abc")
        assert self.whole(named.getvalue()) == (None, 0)
        assert member(named.getvalue()).take(3) == b"abc"

    def test_a_magic_inside_of_a_member_is_left_to_the_inflater(self):
        packed = gzip.compress(b"abc" + self.PACKED, 0)
        assert self.whole(packed) == (None, 0)
        assert member(packed).take(3) == b"abc"
