"""One line: what Python's own strip and splitlines give."""

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from transforms.columns import Texts
from transforms.text.one_line import one_line

BREAKS = [*"\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029\x1f\xa0\u3000\t", "\r\n"]
PIECES = st.lists(st.sampled_from([*BREAKS, " ", "a", "word", "ß", "漢字", "😀", ""]), max_size=12).map("".join)


def in_one_line(texts):
    batch = Texts.of(pa.array(texts, pa.string()))
    return Texts(*one_line(batch.data, batch.offsets)).strings


@settings(deadline=None)  # compiling
@given(st.lists(PIECES | st.text(st.characters(exclude_categories=["Cs"]), max_size=30), max_size=6))
@example(["", "\n", "a\r\nb\n", "\x85a\u2028b", "a\n\nb"])
def test_it_is_what_python_gives(texts):
    assert in_one_line(texts) == [" ".join(text.strip().splitlines()) for text in texts]


@pytest.mark.parametrize("char", ["a", "\n", " ", "\u2028"])
def test_ten_million_of_one_character_take_linear_time(char):
    text = char * 10_000_000
    assert in_one_line([text]) == [" ".join(text.strip().splitlines())]
