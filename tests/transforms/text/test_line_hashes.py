"""Lines as hashes, and texts without some of their lines, beside plain Python."""

import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.edits import ANY, HARD, LONG, check, pack, unpack
from tests.transforms.text.test_ccnet import drop
from transforms.text.cuts import apply
from transforms.text.line_hashes import Comparing, LineHashes, line_hashes, line_sets, without_lines

LINE = st.sampled_from(
    ["a", " a ", "A", "ab", "a1", "a2", "", " ", "\u3000", "«a»", "é", "b\r", "a\u2028b", "long " * 9]
)
TEXTS = st.lists(st.lists(LINE, max_size=8).map("\n".join) | ANY, max_size=5)
COMPARING = st.builds(Comparing, st.sampled_from(["none", "ccnet"]), st.integers(1, 3))


def compared(line, comparing):
    """What of a line is compared, empty if it does not count."""
    if comparing.normaliser == "ccnet":
        line = drop(re.sub(r"\d", "0", line.lower()))
    return line.strip() if len(line.strip()) >= comparing.min_chars else ""


def split(values, offsets):
    return [values[i:j].tolist() for i, j in pairwise(offsets)]


def packed(sets):
    """Lists of hashes as kernels take them."""
    flat = np.array([one for values in sets for one in sorted(values)], np.int64)
    return LineHashes(flat, np.cumsum([0, *map(len, sets)], dtype=np.int64))


@given(TEXTS, COMPARING)
def test_lines_share_a_hash_if_and_only_if_they_are_equal(texts, comparing):
    found = split(*line_hashes(*pack(texts), comparing))
    plain = [[compared(line, comparing) for line in text.split("\n")] for text in texts]
    assert [len(lines) for lines in found] == [len(lines) for lines in plain]
    told = {(line, told) for pair in zip(plain, found, strict=True) for line, told in zip(*pair, strict=True)}
    assert len(told) == len({line for line, _ in told}) == len({hash_ for _, hash_ in told})
    assert all((line == "") == (hash_ == 0) for line, hash_ in told)


@given(TEXTS, COMPARING)
def test_a_set_has_each_line_that_counts_once(texts, comparing):
    lines = line_hashes(*pack(texts), comparing)
    assert split(*line_sets(lines)) == [sorted({*hashes} - {0}) for hashes in split(*lines)]


@given(TEXTS, COMPARING, st.data())
def test_what_is_left_is_the_other_lines(texts, comparing, data):
    packed_texts = pack(texts)
    lines = line_hashes(*packed_texts, comparing)
    hashes = split(*lines)
    known = sorted({one for values in hashes for one in values} | {7})
    sets = [data.draw(st.sets(st.sampled_from(known))) for _ in texts]
    cuts, n_removed = without_lines(*packed_texts, lines, packed(sets))
    check(packed_texts[1], cuts)
    stay = [
        [line for line, one in zip(text.split("\n"), told, strict=True) if one == 0 or one not in gone]
        for text, told, gone in zip(texts, hashes, sets, strict=True)
    ]
    assert unpack(*apply(*packed_texts, cuts)) == ["\n".join(lines) for lines in stay]
    assert n_removed.tolist() == [len(told) - len(lines) for told, lines in zip(hashes, stay, strict=True)]


@pytest.mark.parametrize("text", [*HARD, *LONG])
def test_hard_texts_lose_all_lines_that_count(text):
    data, offsets = pack(["x", text, "y\n" + text])
    lines = line_hashes(data, offsets, Comparing())
    cuts, _ = without_lines(data, offsets, lines, line_sets(lines))
    check(offsets, cuts)
    blank = "\n".join(line for line in text.split("\n") if not line.strip())
    assert unpack(*apply(data, offsets, cuts)) == ["", blank, blank]


def test_hashes_stay_the_same_in_all_versions():
    found = line_hashes(*pack(["Home\n\nÜber uns 12"]), Comparing()).hashes.tolist()
    assert found == [-3271370845801211403, 0, 1814948952607155996]
    assert line_hashes(*pack(["Über uns 12"]), Comparing("ccnet")).hashes.tolist() == [4763116471710452319]


def test_texts_that_do_not_begin_at_the_first_byte_lose_their_lines_too():
    data, offsets = pack(["left\nout", "menu\nwords", "words\nmenu"])
    lines = line_hashes(data, offsets[1:], Comparing())
    cuts, n_removed = without_lines(data, offsets[1:], lines, packed([lines.hashes[:1].tolist()] * 2))
    assert unpack(*apply(data, offsets[1:], cuts)) == ["words", "words"]
    assert n_removed.tolist() == [1, 1]


@pytest.mark.parametrize("wrong", [Comparing("nfkc"), Comparing("none", 0)])
def test_what_cannot_be_compared_is_refused(wrong):
    with pytest.raises(ValueError, match="allowed"):
        line_hashes(*pack(["a"]), wrong)
