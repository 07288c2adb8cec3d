"""Tokens of many texts as one sequence, and texts without runs of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.edits import ANY, HARD, LONG, check, pack, unpack
from tests.transforms.text import bff
from transforms.text.cuts import apply
from transforms.text.token_runs import count_tokens, tokens_of, without_runs

GAP = st.sampled_from([" ", "  ", "\n", " \n ", "\t", "\u3000"])
WORD = st.sampled_from(["a", "b", "cc", "don't", "é", "1,000", "中"])


def strings(texts):
    data, offsets = pack(texts)
    tokens = tokens_of(data, offsets)
    whole = data.tobytes()
    found = [whole[start:end].decode() for start, end in zip(tokens.starts, tokens.ends, strict=True)]
    return [found[i:j] for i, j in zip(tokens.firsts[:-1], tokens.firsts[1:], strict=True)]


@given(st.lists(ANY, max_size=4))
def test_tokens_are_those_of_bff_and_an_empty_one_behind_each_text(texts):
    assert strings(texts) == [[*bff.tokens(text), ""] for text in texts]
    assert count_tokens(*pack(texts)).tolist() == [len(bff.tokens(text)) for text in texts]


def removed(texts, goes):
    """What is left of texts whose tokens, all in a row, go where ``goes`` says so."""
    data, offsets = pack(texts)
    tokens = tokens_of(data, offsets)
    flags = np.zeros(len(tokens.starts), np.uint8)
    flags[tokens.starts < tokens.ends] = goes
    found = without_runs(data, offsets, tokens, flags)
    check(offsets, found.cuts)
    assert found.n_tokens.tolist() == count_tokens(data, offsets).tolist()
    return unpack(*apply(data, offsets, found.cuts)), found.n_removed.tolist()


def plain(head, parts, goes):
    """What is left of a text: its white space at the begin, then tokens, each with what is behind it."""
    words, gaps = [word for word, _ in parts], [head, *(gap for _, gap in parts)]
    if all(goes):
        return "" if words else head
    out, i = head, 0
    while i < len(words):
        j = i
        while j < len(words) and goes[j] == goes[i]:
            j += 1
        if not goes[i]:
            out += "".join(word + gap for word, gap in zip(words[i:j], gaps[i + 1 : j + 1], strict=True))
        elif i and (j == len(words) or not gaps[i] or ("\n" in gaps[j] and "\n" not in gaps[i])):
            out = out[: len(out) - len(gaps[i])] + gaps[j]  # what is behind the run is left
        i = j
    return out


PARTS = st.lists(st.tuples(WORD, GAP, st.booleans()), max_size=12)


@given(st.lists(st.tuples(st.sampled_from(["", " ", "\n"]), PARTS), max_size=4))
def test_runs_go_with_the_white_space_on_one_side(drawn):
    texts = [head + "".join(word + gap for word, gap, _ in parts) for head, parts in drawn]
    goes = [flag for _, parts in drawn for _, _, flag in parts]
    left, n_removed = removed(texts, goes)
    assert left == [plain(head, [part[:2] for part in parts], [part[2] for part in parts]) for head, parts in drawn]
    assert n_removed == [sum(part[2] for part in parts) for _, parts in drawn]


@pytest.mark.parametrize(
    ("text", "gone", "left"),
    [
        ("a b c d", "bc", "a d"),
        ("a b c d", "ab", "c d"),
        ("a b c d ", "cd", "a b "),
        (" a b ", "ab", ""),
        ("a\nb\nc", "b", "a\nc"),
        ("a b\nc", "b", "a\nc"),
        ("a\nb c", "b", "a\nc"),
        ("a\n\nb\nc", "b", "a\n\nc"),
        ("a (b) c", "b)", "a ( c"),
        ("a(b) c", "(b)", "a c"),
        ("中文字", "文", "中字"),
        ("a b c d e", "bd", "a c e"),
    ],
)
def test_what_is_left_beside_a_run(text, gone, left):
    assert removed([text], [token in gone for token in bff.tokens(text)])[0] == [left]


@pytest.mark.parametrize("text", [*HARD, *LONG])
def test_of_a_hard_text_without_its_tokens_nothing_is_left(text):
    n_tokens = int(count_tokens(*pack([text]))[0])
    assert removed(["x", text, "y"], [False, *[True] * n_tokens, False])[0] == ["x", "" if n_tokens else text, "y"]
