"""Lower case: equal to ``str.lower`` of each text."""

import time
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from transforms.text.lowering import lower_texts

ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
PIECES = [
    *"aAzZ@[`{09 \n\0",
    "x" * 15,
    "X" * 17,
    *"éÉßẞﬀǅİıIiſ\u212aΩΣΣσςΑα\u0345\u0301\xad\u200d.':·ʰªⓐⒶ中א😀𐐀Ⱥ\u0130",
]
SKEWED = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


def lowered(*texts):
    """Lower by the kernel, in one batch that starts inside its buffer."""
    parts = [text.encode() for text in texts]
    offsets = np.cumsum([3, *map(len, parts)], dtype=np.int64)
    data, offsets = lower_texts(np.frombuffer("AΣ".encode() + b"".join(parts) + "Σ".encode(), np.uint8), offsets)
    return [data[i:j].tobytes().decode() for i, j in pairwise(offsets)]


@settings(max_examples=600, deadline=None)
@given(st.lists(st.one_of(ANY, SKEWED), max_size=5))
@example(["", "A", "Σ", "", "ΑΣ", "Α", "ΣΑ", "ΑΣ'", "'Α", "ΑΣ.Α", "\u0345Σ", "Α\u0345Σ"])
def test_each_text_is_lowered_as_python_does(texts):
    assert lowered(*texts) == [text.lower() for text in texts]


def test_every_character_is_lowered_alone_and_beside_a_sigma():
    codes = [code for code in range(0x110000) if not 0xD800 <= code < 0xE000]
    text = "".join(f"{chr(c)} A{chr(c)}Σ {chr(c)}Σ AΣ{chr(c)} AΣ{chr(c)}A\n" for c in codes)
    assert lowered(text) == [text.lower()]


@pytest.mark.parametrize("piece", ["A", "Σ", "AΣ....", "Α\u0301", "İ", "Ⱥ", "中", "é ", "Σ'"])
def test_a_million_of_anything_takes_linear_time(piece):
    lowered(piece)  # compiles
    for text in (piece * (1_000_000 // len(piece)), "Σ" + piece[-1] * 1_000_000 + "Σ"):
        begun = time.process_time()
        assert lowered(text) == [text.lower()]
        assert time.process_time() - begun < 1  # 0.05 s
