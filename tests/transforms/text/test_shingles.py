"""Sets of shingles: the numbers that plain Python gives, and the sets that a reader would expect."""

import random
import time
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.transforms.edits import ANY, HARD, LONG, pack
from tests.transforms.text.shingled import hash_shingle, hashes, shingles, words
from transforms.text.shingles import Shingling, known_shingles, shingle_sets

CHINESE = "他们在一九四九年以后逐步建立了新的学校，孩子们每天早上走路去上课。"
THAI = "ภาษาไทยเป็นภาษาที่ไม่มีช่องว่างระหว่างคำ แต่มีช่องว่างระหว่างประโยค"
PIECES = st.sampled_from(
    [*"aAbéÉ \u3000\xa0\n\x85\u2028—中文あー。กำမཀ་한я𠀀\U00011005😀İ\u212aʞ˪", "word", "Longer-Word", "x\0", "[Z@`{"]
)
TEXTS = st.lists(st.one_of(st.lists(PIECES, max_size=16).map("".join), ANY, st.sampled_from(HARD)), max_size=8)


def sets(texts, unit, size):
    """Each text's hashes as a list."""
    found, offsets = shingle_sets(*pack(texts), unit, size)
    assert found.dtype == np.uint64
    assert offsets.dtype == np.int64
    assert offsets[0] == 0
    assert offsets[-1] == len(found)
    return [found[start:end].tolist() for start, end in pairwise(offsets)]


class TestSets:
    @settings(max_examples=300, deadline=None)
    @given(TEXTS, st.sampled_from(["words", "characters"]), st.integers(1, 7))
    @example([*LONG, CHINESE, THAI, "abcdefgh", "ABCDEFGH", "abcdefg", "a" * 17 + "中"], "words", 5)
    @example([LONG[7], CHINESE, THAI, "abcdefgh", "ABCDEFGH", " a \t\n b "], "characters", 3)
    @example(["", "中", "\xa0中\xa0", "中a", "a中", "é中é"], "words", 1)
    def test_hashes_are_those_of_plain_python(self, texts, unit, size):
        assert sets(texts, unit, size) == [hashes(text, size, unit) for text in texts]

    def test_every_character_is_cut_as_plain_python_does(self):
        # All of them, alone between letters, so that no kind is told wrongly of its bytes.
        characters = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]
        texts = [f"a{char}b" for char in characters]
        _, offsets = shingle_sets(*pack(texts), "words", 1)
        expected = [len(set(words(text))) for text in texts]
        assert np.diff(offsets).tolist() == expected

    @pytest.mark.parametrize(
        ("text", "unit", "size", "expected"),
        [
            ("The cat sat", "words", 2, {("the", "cat"), ("cat", "sat")}),
            ("a a a a", "words", 2, {("a", "a")}),
            ("two words", "words", 5, {("two", "words")}),
            ("", "words", 5, set()),
            (" \n\u3000\x85 ", "characters", 2, set()),
            ("ÉTÉ Été", "words", 1, {("ÉtÉ",), ("Été",)}),
            ("我爱pandas。", "words", 2, {("我", "爱"), ("爱", "pandas。")}),
            (" Ab\n\n c ", "characters", 2, {("a", "b"), ("b", " "), (" ", "c")}),
            ("abc", "characters", 24, {("a", "b", "c")}),
        ],
    )
    def test_shingles_are_what_one_expects(self, text, unit, size, expected):
        assert shingles(text, size, unit) == expected
        assert sets([text], unit, size) == [sorted(hash_shingle(one, unit) for one in expected)]

    @pytest.mark.parametrize("text", [CHINESE, THAI])
    def test_each_run_of_five_characters_is_a_shingle_of_a_text_without_spaces(self, text):
        characters = text.replace(" ", "").replace("。", "")
        n = len(characters)
        [found] = sets([text], "words", 5)
        assert len(found) == len({characters[i : i + 5] for i in range(n - 4)}) + ("。" in text)
        [other] = sets([text[:6] + text[7:]], "words", 5)
        assert len(found) - 5 <= len(set(found) & set(other)) < len(found)  # one character less

    def test_a_text_of_its_own_and_one_among_others_have_one_set(self):
        texts = ["a b c d e f", CHINESE, "", "a b c d e f g", "é " * 9]
        assert sets(texts, "words", 3) == [sets([text], "words", 3)[0] for text in texts]

    def test_no_two_of_a_million_shingles_are_taken_for_one(self):
        texts = [" ".join(f"{a}x{b}" for b in range(1000)) for a in range(1000)]
        found, _ = shingle_sets(*pack(texts), "words", 1)
        assert len(np.unique(found)) == 1_000_000
        bits = np.unpackbits(found.view(np.uint8)).reshape(-1, 64).mean(axis=0)
        assert np.abs(bits - 0.5).max() < 0.003  # six times the deviation

    @pytest.mark.parametrize("piece", ["a˪", "a中", "˪", "a ", "a\xa0", "中\u2028"])
    def test_there_is_room_for_the_most_words_that_a_text_can_have(self, piece):
        for n in (1, 2, 3, 100_000):
            assert sets([piece * n], "words", 3) == [hashes(piece * n, 3)]

    def test_no_texts_have_no_sets(self):
        assert sets([], "words", 5) == []

    @pytest.mark.parametrize("piece", ["word{} ", "{}", "{}中", "中", "a", " "])
    @pytest.mark.parametrize("unit", ["words", "characters"])
    def test_a_megabyte_takes_less_than_a_second(self, piece, unit):
        drawn = random.Random(0)
        text = "".join(piece.format(drawn.randrange(10**6)) for _ in range(1_000_000 // len(piece.encode())))
        text = text.encode()[:1_000_000].decode(errors="ignore")
        sets(["warm"], unit, 5)
        begun = time.process_time()
        [found] = sets([text], unit, 5)
        assert time.process_time() - begun < 1
        assert len(found) == len(shingles(text, 5, unit))


class TestErrors:
    @pytest.mark.parametrize("size", [0, -1])
    def test_a_size_below_one_is_an_error(self, size):
        with pytest.raises(ValueError, match=f"given {size}; allowed: 1 or more"):
            known_shingles(Shingling("words", size))

    def test_an_unknown_unit_is_an_error_that_names_the_known(self):
        with pytest.raises(ValueError, match="given 'bytes'; allowed: words, characters"):
            shingle_sets(*pack(["a"]), "bytes", 5)
