"""Ids of equal byte ranges: equal to what a Python dict gives."""

import time

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numba import njit

from transforms.text import ids

ITEMS = st.lists(st.one_of(st.binary(max_size=20), st.sampled_from([b"", b"a", b"\0", b"\0\0", b"x" * 8, b"x" * 9])))


def reference(items):
    """Number items in order of first occurrence, by a dict."""
    seen = {}
    return [seen.setdefault(item, len(seen)) for item in items], len(seen)


def numbered(data, starts, ends):
    """The kernel's ids as a list, and how many there are."""
    given_ids, n = ids.distinct(np.frombuffer(data, np.uint8), np.array(starts, np.int64), np.array(ends, np.int64))
    return given_ids.tolist(), n


def numbered_items(items):
    ends = np.cumsum([len(item) for item in items], dtype=np.int64)
    starts = ends - np.array([len(item) for item in items], np.int64)
    return numbered(b"".join(items), starts, ends)


@njit
def hashed(data, start, end):
    return ids.hash_bytes(data, start, end, np.uint64(0x9E3779B97F4A7C15))


class TestDistinct:
    @settings(max_examples=400, deadline=None)
    @given(ITEMS)
    @example([])
    @example([b""])
    @example([b"abcdefgh", b"abcdefgh\0", b"abcdefg", b"abcdefgh"])
    @example([b"\0" * k for k in range(40)] * 2)
    def test_ids_are_those_of_a_dict(self, items):
        assert numbered_items(items) == reference(items)

    @settings(max_examples=300, deadline=None)
    @given(st.lists(st.sampled_from([b"ab", b"a", b"b", b"abababab"]), max_size=30).map(b"".join), st.data())
    def test_items_may_overlap_and_reach_the_end_of_the_data(self, data, draw):
        cut = st.tuples(st.integers(0, len(data)), st.integers(0, len(data))).map(sorted)
        cuts = draw.draw(st.lists(cut, max_size=40))
        assert numbered(data, [a for a, _ in cuts], [b for _, b in cuts]) == reference([data[a:b] for a, b in cuts])

    def test_items_of_equal_hash_are_told_apart_by_their_bytes(self):
        # Whatever the multiplier: the first byte undoes what the length makes different, 7 ^ 0 == 8 ^ 15.
        items = [b"abcdefg", b"\x0fabcdefg"]
        data = np.frombuffer(b"".join(items) + b".", np.uint8)
        assert hashed(data, 0, 7) == hashed(data, 7, 15)
        assert numbered_items(items * 2) == ([0, 1, 0, 1], 2)

    def test_a_million_equal_items_have_one_id(self):
        starts = np.arange(1_000_000)
        assert numbered(b"a" * 1_000_000, starts, starts + 1) == ([0] * 1_000_000, 1)

    def test_every_item_of_a_million_may_be_different(self):
        data = np.arange(1_000_000, dtype="<u4").tobytes()
        starts = np.arange(1_000_000) * 4
        assert numbered(data, starts, starts + 4) == (list(range(1_000_000)), 1_000_000)

    @pytest.mark.parametrize("stride", [1 << 3, 1 << 8, 1 << 20, 1 << 44])
    def test_items_alike_in_most_of_their_bits_do_not_slow_it_down(self, stride):
        data = (np.arange(50_000, dtype=np.uint64) * np.uint64(stride)).tobytes()
        n = len({data[i : i + 8] for i in range(0, len(data), 8)})
        starts = np.arange(50_000) * 8
        numbered(data, starts[:10], starts[:10] + 8)  # compiles
        begun = time.process_time()
        assert numbered(data, starts, starts + 8)[1] == n
        assert time.process_time() - begun < 1  # 0.01 s; every item against every other would be 5 s

    def test_long_items_that_differ_in_the_last_byte_are_told_apart(self):
        long = b"x" * 1_000_000
        assert numbered_items([long + b"a", long + b"b", long + b"a", long]) == ([0, 1, 0, 2], 3)
