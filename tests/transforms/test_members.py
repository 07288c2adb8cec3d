"""Gzip members: what was packed comes out, up to the damage, and the damage is told."""

import gzip
from io import BytesIO
from random import Random
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms import frames
from transforms.frames import Damage, Input
from transforms.gzip_members import Gzip
from transforms.members import Member


def member(data):
    return Member(Input(BytesIO(data)), Gzip())


class TestMember:
    @given(st.binary(max_size=3000), st.integers(1, 400))
    def test_it_gives_the_bytes_that_were_packed(self, data, chunk):
        with patch.object(frames, "CHUNK", chunk):
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
        with patch.object(frames, "CHUNK", chunk):
            one = member(bytes(data))
            assert one.ahead(size + 1) == one.take(size) == Random(0).randbytes(size)
            with pytest.raises(Damage):
                one.more()

    @given(st.integers(0, 3000), st.integers(0, 3000), st.integers(1, 400))
    def test_rewinding_gives_the_same_bytes_again(self, there, back, chunk):
        data = Random(1).randbytes(3000)
        with patch.object(frames, "CHUNK", chunk):
            one = member(gzip.compress(data))
            one.skip(there)
            one.rewind(min(there, back))
            assert one.position == min(there, back)
            assert one.take(3000 - one.position) == data[min(there, back) :]
            assert (one.more(), one.is_ended) == (False, True)

    def test_it_knows_where_the_chunk_began_that_it_still_holds(self):
        packed = gzip.compress(Random(2).randbytes(1000))
        with patch.object(frames, "CHUNK", 100):
            one = member(packed)
            one.ahead(500)
            before = one.held_from
            one.skip(500)
            assert before == 0
            assert 300 <= one.held_from <= 600
