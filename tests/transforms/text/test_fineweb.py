"""FineWeb's measures: equal to plain Python's string methods on any text."""

import hashlib
import time

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from transforms.text import text_rules
from transforms.text.marks import terminal_punctuation

DIGEST = "223fdebf0f76873809176fd2d6d8872e39bdc969664a293b233a45ce7fc396ab"
STOPS = tuple(map(chr, np.flatnonzero(terminal_punctuation())))

ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
PIECES = ["a", "Foo bar", "x" * 29, "x" * 30, "é" * 30, "😀" * 30, "é" * 31, "x" * 130, "中", "א", '."', "\r\n"]
PIECES += [*".!?。।…។៖⁇\u2024\u2cf9 \t\r\x85\u2028\n\n\n\n"]
PIECES += ["\x1c", "\u3000", "\u200b", "\0", "one line.\n", "one line.\n", "one line. \n", "\u212a", "\u0130", "\u017f"]
SKEWED = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


def reference(text, n_words):
    """Every measure by Python's own string methods."""
    lines = [line for line in text.split("\n") if line.strip()]
    repeated = sum(len(line) for i, line in enumerate(lines) if line in lines[:i])
    n_chars = len(text.replace("\n", ""))
    return {
        "n_lines": len(lines),
        "punct_line_ratio": sum(line.endswith(STOPS) for line in lines) / len(lines) if lines else 0.0,
        "short_line_ratio": sum(len(line) <= 30 for line in lines) / len(lines) if lines else 0.0,
        "dup_line_char_ratio": repeated / n_chars if n_chars else 0.0,
        "newline_word_ratio": text.count("\n") / n_words if n_words else 0.0,
    }


def measured(*texts):
    """Every measure of each text, by the kernels, in one batch that starts inside its buffer."""
    parts = [text.encode() for text in texts]
    offsets = np.cumsum([2, *map(len, parts)], dtype=np.int64)
    data = np.frombuffer(b".\n" + b"".join(parts) + b".", np.uint8)
    columns = text_rules.measure(data, offsets, ("fineweb",))["fineweb"]
    return [{name: values[i].item() for name, values in columns.items()} for i in range(len(parts))]


def n_words(text):
    """The number of words, which a family has that is tested elsewhere."""
    data = np.frombuffer(text.encode(), np.uint8)
    told = text_rules.measure(data, np.array([0, len(data)]), ("datatrove_quality",))
    return told["datatrove_quality"]["n_words"].item()


def expected(*texts):
    return [reference(text, n_words(text)) for text in texts]


class TestAgainstPlainPython:
    @settings(max_examples=500, deadline=None)
    @given(st.lists(st.one_of(ANY, SKEWED), max_size=5))
    @example([])
    @example(["", "\n", "a", "\n\n", "a\na", "\0"])
    def test_the_kernels_agree_exactly_on_any_batch(self, texts):
        assert measured(*texts) == expected(*texts)

    def test_every_character_ends_a_line_as_python_says(self):
        codes = [code for code in range(0x110000) if not 0xD800 <= code < 0xE000]
        texts = ["".join(f"a{chr(code)}\n" for code in codes[i : i + 512]) for i in range(0, len(codes), 512)]
        for got, text in zip(measured(*texts), texts, strict=True):
            lines = [line for line in text.split("\n") if line.strip()]
            assert got["n_lines"] == len(lines)
            assert got["punct_line_ratio"] == sum(line.endswith(STOPS) for line in lines) / len(lines)

    def test_terminal_punctuation_is_datatroves(self):
        # 159 characters; the hash is of TERMINAL_PUNCTUATION of datatrove 0.10, sorted.
        assert (len(STOPS), hashlib.sha256("".join(STOPS).encode()).hexdigest()) == (159, DIGEST)


class TestDefinitions:
    @pytest.mark.parametrize(
        ("text", "measure", "value"),
        [
            ("a\n \n\nb", "n_lines", 2),
            ("a\rb\u2028c", "n_lines", 1),
            ("a.\nb. \nc!\n", "punct_line_ratio", 2 / 3),
            ('a."', "punct_line_ratio", 0.0),
            ("a.\r\nb", "punct_line_ratio", 0.0),
            ("é" * 30 + "\n" + "é" * 31, "short_line_ratio", 0.5),
            ("ab\ncd\nab\nab", "dup_line_char_ratio", 0.5),
            ("ab\nab ", "dup_line_char_ratio", 0.0),
            ("éé\néé\n", "dup_line_char_ratio", 0.5),
            (" \n \n \n", "dup_line_char_ratio", 0.0),
            ("a\nb\n\n", "newline_word_ratio", 1.5),
            ("\n\n", "newline_word_ratio", 0.0),
        ],
    )
    def test_each_measure_counts_what_its_docstring_says(self, text, measure, value):
        assert measured(text) == expected(text)
        assert measured(text)[0][measure] == value


class TestHostile:
    @pytest.mark.parametrize("piece", ["a", " ", "\n", "a\n", " \n", ".\n", "\u3000", "\u0301", "ab\nac\n"])
    def test_a_million_of_anything_takes_linear_time(self, piece):
        measured(piece)  # compiles
        text = piece * (1_000_000 // len(piece))
        data = np.frombuffer(text.encode(), np.uint8)
        begun = time.process_time()
        text_rules.measure(data, np.array([0, len(data)]), ("fineweb",))
        assert time.process_time() - begun < 1  # 0.03 s

    def test_different_long_lines_take_linear_time(self):
        text = "".join(f"{'x' * 1000}{i}\n" for i in range(10_000))
        begun = time.process_time()
        assert measured(text)[0]["dup_line_char_ratio"] == 0
        assert time.process_time() - begun < 1
