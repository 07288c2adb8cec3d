"""Words of a list: equal to plain Python on any text, in any script; and the lists that are shipped."""

import re
import time
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from uniseg.wordbreak import word_break

from transforms.text.listed import make_word_sets, measure_listed

FOLDER = Path(__file__).parents[3] / "conf" / "lists" / "stop_words"
FILES = sorted(FOLDER.glob("*.txt"))
LETTERS = {"ALETTER", "HEBREW_LETTER", "NUMERIC", "EXTENDNUMLET"}
MARKS = {"EXTEND", "FORMAT", "ZWJ"}

ENTRIES = ["a", "ab", "The", "of the", "don't", "é", "ÉA", "'n", "l", "c++", "i\u0307", "k", "ss", "ος", "σ", "_", "1"]
ENTRIES += [
    "中",
    "中文",
    "文字",
    "の",
    "ビデオ",
    "ที่",
    "ก",
    "है",
    "한",
    "и",
    "של",
    "😀",
    "a\u0301",
    "\u0301b",
    " ",
    "",
    "s\u0301\u0302",
]
PIECES = [
    *ENTRIES,
    *"aAbBéÉİIıK\u212aſßẞΣΟς中文字のビデオทกहै한иИל😀 .,'-_0\n\0\u0301\u200d\u200c\u200f\xad\xa0\u3000\x85\u2028",
]
PIECES += ["the", "THE", " ", " ", "of", "ab c", "+", "Ⓐ", "ª", "ค่ำ", "ကို"]
SKEWED = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)
ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
CHOSEN = st.lists(st.sampled_from(ENTRIES) | st.text(st.sampled_from("aAbé中ที \u0301'"), max_size=4), max_size=8)


def bounds(text):
    """Say of every place, the end too, whether a word may begin or end there."""
    told, base = [], None
    for c in text:
        kind = word_break(c).name
        told.append(kind not in MARKS and not (kind in LETTERS and base in LETTERS))
        base = base if kind in MARKS else kind
    return [*told, True]


def reference(text, entries):
    """Count matches and different ones, place by place."""
    text, found, i = text.lower(), [], 0
    entries = {entry.strip().lower() for entry in entries} - {""}
    may = bounds(text)
    while i < len(text):
        ends = [i + len(e) for e in entries if text.startswith(e, i) and may[i] and may[i + len(e)]]
        found += [text[i : max(ends)]] if ends else []
        i = max(ends, default=i + 1)
    return len(found), len(set(found))


def measured(texts, languages, lists):
    """Count by the kernels, in one batch that starts inside its buffer."""
    parts = [text.encode() for text in texts]
    offsets = np.cumsum([1, *map(len, parts)], dtype=np.int64)
    data = np.frombuffer(b"a" + b"".join(parts) + b"a", np.uint8)
    told = measure_listed(data, offsets, languages, make_word_sets(lists))
    return list(zip(*(values.tolist() for values in told), strict=True))


class TestAgainstPlainPython:
    @settings(max_examples=700, deadline=None)
    @given(st.lists(st.one_of(SKEWED, ANY), max_size=4), CHOSEN | st.just(ENTRIES))
    @example(["", "a", ""], ["a"])
    @example(["ab", "a", "b a"], ["a", "ab", "b"])  # neighbours must not leak into each other
    def test_the_kernels_agree_exactly_on_any_batch(self, texts, entries):
        expected = [(*reference(text, entries), True) for text in texts]
        assert measured(texts, ["xx"] * len(texts), {"xx": entries}) == expected

    def test_every_character_parts_words_or_not_as_its_class_says(self):
        codes = [c for c in range(0x110000) if unicodedata.category(chr(c)) not in {"Cn", "Co", "Cs"} and c % 3 == 0]
        codes += [*range(0x3000), *range(0xFE00, 0x10000)]
        texts = [
            "".join(f"a{chr(c)} {chr(c)}a{chr(c)}\n" for c in codes[i : i + 256]) for i in range(0, len(codes), 256)
        ]
        assert [row[:2] for row in measured(texts, ["xx"] * len(texts), {"xx": ["a"]})] == [
            reference(text, ["a"]) for text in texts
        ]


class TestDefinitions:
    @pytest.mark.parametrize(
        ("text", "entries", "n"),
        [
            ("The cat, the hat; other", ["the"], 2),
            ("L'homme d’hier", ["l", "d"], 2),
            ("don't do", ["don't", "do"], 2),
            ("of the OF THE of", ["of the", "of"], 3),
            ("banal arts", ["anal", "art"], 0),
            ("a_b a1 1a a-b", ["a"], 1),
            ("我的书，是的app", ["的", "是"], 3),
            ("中文字", ["中文", "文字", "字"], 2),
            ("ビデオカメラ", ["ビデオ"], 1),
            ("ที่ ที", ["ที"], 1),
            ("में मैं", ["म", "में"], 1),
            ("한국 한", ["한"], 1),
            ("\u200fשל\u200f של", ["של"], 1),
            ("ΤΟΥΣ τους", ["τους"], 2),
            ("İ", ["i"], 0),
            ("\u212a", ["k"], 1),
        ],
    )
    def test_an_entry_counts_where_its_docstring_says(self, text, entries, n):
        assert measured([text], ["xx"], {"xx": entries})[0][0] == n == reference(text, entries)[0]

    def test_each_text_is_held_against_the_list_of_its_language(self):
        lists = {"en": ["the", "of"], "de": ["der"], "nl": []}
        texts = ["the der", "the of the", "der", "the", "der the", "der"]
        rows = measured(texts, ["de", "en", "nl", None, "fr", "de"], lists)
        assert rows == [(1, 1, True), (3, 2, True), (0, 0, True), (0, 0, False), (0, 0, False), (1, 1, True)]

    def test_no_texts_and_no_lists_give_nothing(self):
        assert measured([], [], {"en": ["a"]}) == []
        assert measured(["a"], ["en"], {}) == [(0, 0, False)]


class TestHostile:
    @pytest.mark.parametrize("piece", ["a", "A ", "ab", "的", "\u0301", "a\u0301", "a b ", "İ", " "])
    def test_a_million_of_anything_takes_linear_time(self, piece):
        lists = {"xx": ["a", "ab", "a b", "的", "a" * 30, "a b " * 8, "a\u0301" * 9]}
        text = piece * (1_000_000 // len(piece))
        begun = time.process_time()
        assert measured([text], ["xx"], lists)[0][2]
        assert time.process_time() - begun < 1  # 0.05 s


class TestShippedLists:
    def test_there_are_lists_of_two_dozen_languages_and_more(self):
        assert len(FILES) >= 24
        assert {"ar", "de", "el", "en", "es", "fr", "he", "hi", "it", "ja", "ko", "pt", "ru", "th", "zh"} <= {
            f.stem for f in FILES
        }

    @pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
    def test_a_list_is_valid(self, file):
        head, *words = file.read_bytes().decode("utf-8").removesuffix("\n").split("\n")
        assert re.fullmatch("[a-z]{2}", file.stem)
        assert head.startswith("# ")
        assert len(words) == len(set(words)) >= 8
        for word in words:
            assert word
            assert word == word.strip() == word.lower() == unicodedata.normalize("NFC", word)
            assert not re.search(r"[\s#]", word)
        # Every word is found, none as a part of another.
        text = " ".join(words).upper() if file.stem == "en" else " ".join(words)
        assert measured([text], [file.stem], {file.stem: words}) == [(len(words), len(words), True)]
