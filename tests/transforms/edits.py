"""Texts as kernels take them, what an edit leaves of them, and texts that are hard for every edit."""

from itertools import pairwise

import numpy as np
from hypothesis import strategies as st

from transforms.text.cuts import apply

ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
HARD = ["", "\0", "\n", " ", "\u202eעברית", "中文字", "😀", "\x85", "\u2028", "\u212a", "\u0130", "\u017f", "\ufeff"]
LONG = [piece * (100_000 // len(piece)) for piece in ["\n", " ", "a", ".", "1", "1.", "a.com", "é", "\u3000", "A\n"]]


def pack(texts):
    """All texts as one read-only array, and where each begins and ends."""
    parts = [text.encode() for text in texts]
    return np.frombuffer(b"".join(parts), np.uint8), np.cumsum([0, *map(len, parts)], dtype=np.int64)


def unpack(data, offsets):
    content = data.tobytes()
    return [content[i:j].decode() for i, j in pairwise(offsets)]


def left(texts, edit):
    """What an edit, a function of data and offsets, leaves of some texts; its cuts are what ``Cuts`` promises."""
    data, offsets = pack(texts)
    cuts = edit(data, offsets)
    check(offsets, cuts)
    return unpack(*apply(data, offsets, cuts))


def check(offsets, cuts):
    """Cuts lie in their text, are not empty, sorted, and do not touch."""
    assert len(cuts.firsts) == len(offsets)
    assert cuts.firsts[0] == 0
    assert cuts.firsts[-1] == len(cuts.starts) == len(cuts.ends)
    for (start, end), (first, last) in zip(pairwise(offsets), pairwise(cuts.firsts), strict=True):
        starts, ends = cuts.starts[first:last], cuts.ends[first:last]
        assert (start <= starts).all()
        assert (starts < ends).all()
        assert (ends <= end).all()
        assert (ends[:-1] < starts[1:]).all()
