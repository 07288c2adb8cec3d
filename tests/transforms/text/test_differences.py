"""Where two texts differ: all of it in short texts, a bounded part of long ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.text.differences import MOST_CHARS, Piece, differences

WORDS = st.lists(st.sampled_from(["a", "b", "c", "word", "今", "日", "x\u0301"]), max_size=8)


def same(words):
    return Piece(words, words, True)


def test_a_word_in_place_of_another_stands_between_its_neighbours():
    words = [f"w{n}" for n in range(40)]
    told = differences(" ".join(words), " ".join([*words[:20], "other", *words[21:]]))
    before, after = " ".join(words[12:20]) + " ", " ".join(words[21:29]) + " "
    assert told.regions == ((same(before), Piece("w20 ", "other ", False), same(after)),)
    assert (told.n_regions, told.is_cut) == (1, False)


def test_without_spaces_between_words_characters_are_compared():
    [region] = differences("今日は天気が良い", "今日は天気が悪い").regions
    assert region == (same("今日は天気が"), Piece("良", "悪", False), same("い"))


@pytest.mark.parametrize("text", ["", "one", "many  words\n\tand lines " * 50])
def test_texts_with_the_same_words_show_their_beginning(text):
    told = differences(text, "  " + text.replace(" ", " \n"))
    assert told.n_regions == 0
    [[piece]] = told.regions
    assert piece.is_same
    assert piece.left.split() == text.split()[:16]


@given(WORDS, WORDS)
def test_of_short_texts_every_word_is_told_once_and_in_order(left, right):
    told = differences(" ".join(left), "\n".join(right))
    assert told.n_regions == (left != right)
    [region] = told.regions
    assert "".join(piece.left for piece in region).rstrip() == " ".join(left)
    assert "".join(piece.right for piece in region).rstrip() == " ".join(right)
    for piece in region:
        assert (piece.left.rstrip() == piece.right.rstrip()) == piece.is_same


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_two_texts_can_be_compared_either_way_round(left, right):
    told, back = differences(left, right), differences(right, left)
    assert (told.n_regions == 0) == (back.n_regions == 0)
    assert told.n_regions > 0 or "".join(left.split()) == "".join(right.split())


def test_only_the_first_regions_are_told_and_all_are_counted():
    words = [f"w{n}" for n in range(600)]
    other = ["x" if n % 100 == 50 else word for n, word in enumerate(words)]
    told = differences(" ".join(words), " ".join(other), most_regions=2)
    assert (told.n_regions, len(told.regions)) == (6, 2)
    assert [piece.left for region in told.regions for piece in region if not piece.is_same] == ["w50 ", "w150 "]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("x" * 300_000, "y" * 300_000),
        (" ".join(str(n % 9) for n in range(40_000)), " ".join(str(n % 7) for n in range(40_000))),
        (" ".join(f"a{n}" for n in range(9000)), " ".join(f"a{n + n % 2}" for n in range(9000))),
    ],
    ids=["one long word", "few words again and again", "every other word"],
)
def test_long_texts_that_differ_everywhere_tell_a_bounded_part(left, right):
    told = differences(left, right)
    n_chars = sum(len(piece.left) + len(piece.right) for region in told.regions for piece in region)
    assert told.is_cut
    assert 0 < n_chars < 20_000


def test_what_lies_beyond_the_part_looked_at_is_said_to_be_left():
    text = "word " * (MOST_CHARS // 5)
    assert not differences(text, text).is_cut
    told = differences(text, text + "more")
    assert (told.n_regions, told.is_cut) == (0, True)
