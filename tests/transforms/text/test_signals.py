"""RedPajama's quality signals: equal to plain Python's string methods on any text."""

import math
import re
import time
from collections import Counter
from unicodedata import category

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from schemas.signals import SignalMeasures
from tests.transforms.marks import MARKS
from transforms.text import text_rules
from transforms.text.sentence_breaks import sentence_breaks
from transforms.text.sentences import count_sentences
from transforms.text.word_tables import tables
from transforms.text.words import segments

STOP_WORDS = {"the", "be", "to", "of", "and", "that", "have", "with"}
BULLETS = ("\u2022", "\u2023", "\u25b6", "\u25c0", "\u25e6", "\u25a0", "\u25a1", "\u25aa", "\u25ab", "\u2013")

ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
PIECES = ["the", "The", "BE", "be", "a", "A", "AB", "aB", "1", "A1", "É", "ǅ", "ⓐ", "Ⓐ", "ª", "中", "א", "😀", "İ", "ı"]
PIECES += [
    "\u212a",
    "\u017f",
    "JAVASCRIPT",
    "JavaScript",
    "javascript:",
    "javascripts",
    "java\u017fcript",
    "JAVASCRI\0T",
]
PIECES += [
    "lorem ipsum",
    "Lorem Ipsum",
    "lorem  ipsum",
    "lorem",
    "ipsum",
    "llorem ipsu",
    "LORE\u2010M",
    "lorem\xa0ipsum",
]
PIECES += ["{", "}", "#", "...", "..", ".", "…", "!", "?", "”", '"', "‚", "•", "–", "-", "·", "▫", "½", "²", "٣", "一"]
PIECES += [
    " ",
    " ",
    " ",
    "\n",
    "\n",
    "\n\n",
    "\r\n",
    "\t",
    "\x0c",
    "\x1c",
    "\x85",
    "\u2028",
    "\u3000",
    "\0",
    "\u0301",
    "\u200d",
]
SKEWED = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


def words_of(text):
    """Cut by the splitter, which tests of its own hold against uniseg."""
    data = text.encode()
    return [data[row[0] : row[1]].decode() for row in segments(np.frombuffer(data, np.uint8), tables()).tolist()]


def sentences_of(text):
    """Count by the sentence rules, which have tests of their own."""
    data = np.frombuffer(text.encode(), np.uint8)
    return count_sentences(data, sentence_breaks())


def share(part, whole):
    """Divide; 0 of nothing is 0."""
    return part / whole if whole else 0.0


def entropy(words):
    """Add up in the order of first occurrence."""
    told = 0.0
    for n in Counter(words).values():
        told -= n / len(words) * math.log(n / len(words))
    return told


def mean_share(lines, is_counted):
    """Add up line by line: the order makes the last bit."""
    told = 0.0
    for line in lines:
        told += sum(map(is_counted, line)) / len(line)
    return share(told, len(lines))


def reference(text):
    """Every signal by Python's own string methods."""
    words = words_of(text)
    plain = [word for word in words if any(c not in MARKS for c in word)]
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    n, n_lines = len(words), len(lines)
    return SignalMeasures(
        n_sentences=sentences_of(text),
        unique_word_ratio=share(len(set(plain)), len(plain)),
        unigram_entropy=entropy(plain),
        upper_word_ratio=share(sum(map(str.isupper, words)), n),
        non_alpha_word_ratio=share(sum(not any(map(str.isalpha, word)) for word in words), n),
        stop_word_ratio=share(sum(word.lower() in STOP_WORDS for word in words), n),
        symbol_word_ratio=share(sum(map(text.count, ("#", "...", "…"))), n),
        curly_bracket_char_ratio=share(text.count("{") + text.count("}"), len(text)),
        lorem_ipsum_char_ratio=share(len(re.findall("lorem ipsum", text, re.ASCII | re.IGNORECASE)), len(text)),
        bullet_line_ratio=share(sum(line.startswith(BULLETS) for line in lines), n_lines),
        ellipsis_line_ratio=share(sum(line.endswith(("...", "…")) for line in lines), n_lines),
        punct_line_ratio=share(sum(line.endswith((".", "!", "?", "”")) for line in lines), n_lines),
        mean_line_upper_ratio=mean_share(lines, str.isupper),
        mean_line_digit_ratio=mean_share(lines, str.isdigit),
        n_javascript_words=sum(word.lower() == "javascript" for word in words),
    )


def measured(*texts):
    """Every signal of each text, by the kernels, in one batch that starts inside its buffer."""
    parts = [text.encode() for text in texts]
    offsets = np.cumsum([2, *map(len, parts)], dtype=np.int64)
    batch = np.frombuffer(b"{." + b"".join(parts) + b"...", np.uint8)
    told = text_rules.measure(batch, offsets, ("signals",))["signals"]
    return [SignalMeasures(*row) for row in zip(*(values.tolist() for values in told.values()), strict=True)]


class TestAgainstPlainPython:
    @settings(max_examples=500, deadline=None)
    @given(st.lists(st.one_of(ANY, SKEWED), max_size=5))
    @example([])
    @example(["", "\n", "a", "\n\n", "a\na", "\0", "..", "…", "”"])
    def test_the_kernels_agree_exactly_on_any_batch(self, texts):
        assert measured(*texts) == list(map(reference, texts))

    def test_every_kind_of_character_is_measured_as_python_does(self):
        kinds = [(code, category(chr(code))) for code in range(0x110000)]
        codes = [c for c, kind in kinds if kind not in {"Cn", "Co", "Cs", "Lo"} or (kind == "Lo" and c % 16 == 0)]
        texts = ["".join(f"{chr(c)}A {chr(c)}\n" for c in codes[i : i + 4096]) for i in range(0, len(codes), 4096)]
        assert measured(*texts) == list(map(reference, texts))

    @settings(max_examples=100, deadline=None)
    @given(st.lists(st.sampled_from(["a", "b", "c", "dd", "ee"]), min_size=1, max_size=300).map(" ".join))
    def test_entropy_is_never_negative_and_at_most_that_of_equal_shares(self, text):
        told = measured(text)[0]
        assert told == reference(text)
        assert 0 <= told.unigram_entropy <= math.log(len(set(text.split()))) + 1e-12

    def test_kinds_are_whole_numbers_and_floats_as_the_family_says(self):
        told = measured("a. b")[0]
        assert [type(value) for value in told] == list(SignalMeasures.__annotations__.values())


class TestDefinitions:
    @pytest.mark.parametrize(
        ("text", "measure", "value"),
        [
            ("", "unigram_entropy", 0.0),
            ("One. Two! Three", "n_sentences", 3),
            ("a b a B .", "unique_word_ratio", 0.75),
            ("a a a a", "unigram_entropy", 0.0),
            ("a b .", "unigram_entropy", math.log(2)),
            ("NATO met. X1 Z", "upper_word_ratio", 0.6),
            ("ǅ Ⓐ ª 1", "upper_word_ratio", 0.25),
            ("a 1 . é", "non_alpha_word_ratio", 0.5),
            ("The cat, that", "stop_word_ratio", 0.5),
            ("#a ...... …", "symbol_word_ratio", 4 / 9),
            ("{é}", "curly_bracket_char_ratio", 2 / 3),
            ("Lorem ipsum LOREM IPSUM", "lorem_ipsum_char_ratio", 2 / 23),
            ("• a\n– b\n- c\n\n* d", "bullet_line_ratio", 0.5),
            ("a... \nb…\nc. . .\nd..", "ellipsis_line_ratio", 0.5),
            ('a.\nb”\nc"\nd!\t\n \ne?', "punct_line_ratio", 0.8),
            ("AB\n c1 ", "mean_line_upper_ratio", 0.5),
            ("12\nc1\n½一\n²", "mean_line_digit_ratio", 0.625),
            ("JavaScript: javascript; javascript:void", "n_javascript_words", 2),
        ],
    )
    def test_each_measure_counts_what_its_docstring_says(self, text, measure, value):
        assert getattr(measured(text)[0], measure) == value


class TestHostile:
    @pytest.mark.parametrize(
        "piece", ["a", " ", "\n", ".", "A\n", "l", "lorem ipsu", "\u3000", "\u0301", "Σ", "ab ac "]
    )
    def test_a_million_of_anything_takes_linear_time(self, piece):
        measured(piece)  # compiles
        text = piece * (1_000_000 // len(piece))
        begun = time.process_time()
        told = measured(text)[0]
        assert time.process_time() - begun < 1  # 0.1 s
        assert all(map(math.isfinite, told))
        assert all(0 <= value <= 1 for name, value in told._asdict().items() if name.endswith("_line_ratio"))
