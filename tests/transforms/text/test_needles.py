"""Bytes are found where ``bytes.find`` finds them."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from transforms.text.needles import find

FEW = st.sampled_from([b"a", b"b", b"ab", b"aab", b"c"])


@given(
    st.lists(FEW, max_size=900).map(b"".join), st.lists(FEW, min_size=1, max_size=6).map(b"".join), st.integers(0, 900)
)
@example(b"a" * 255 + b"b" + b"a" * 600, b"ba", 0)
@example(b"ab", b"abc", 0)
@example(b"abc", b"abc", 1)
def test_bytes_are_found_where_python_finds_them(data, needle, begin):
    begin = min(begin, len(data))
    assert find(data, needle, begin) == data.find(needle, begin)


@pytest.mark.parametrize("at", [0, 1, 254, 255, 256, 257, 511, 512, 981])
def test_a_needle_is_found_wherever_it_lies_between_blocks(at):
    data = bytearray(1000)
    data[at : at + 19] = b"creativecommons.org"
    assert find(bytes(data), b"creativecommons.org") == at


def test_a_place_that_three_bytes_fit_is_looked_at_whole():
    assert find(b"cretivvecommons.ork creavivxcommons.org creativecommons.org".ljust(700), b"creativecommons.org") == 40
