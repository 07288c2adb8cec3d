"""Repetition and datatrove's counts: equal to plain Python on any text, word for word of the one splitter."""

import re
from collections import Counter

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.transforms.marks import MARKS
from transforms.text import text_rules
from transforms.text.word_tables import tables
from transforms.text.words import segments

STOP_WORDS = {"the", "be", "to", "of", "and", "that", "have", "with"}
PIECES = [
    "the",
    "be",
    "The",
    "word",
    "a",
    "bc",
    "ab",
    "c",
    "b",
    "...",
    "…",
    "..",
    "-",
    "•",
    "#",
    ". . .",
    " ",
    " ",
    " ",
]
PIECES += [
    "\n",
    "\n\n",
    "\r\n",
    "\x85",
    "\u2028",
    "é",
    "中文",
    "😀",
    "don't",
    "1.5",
    "x_y",
    ", ",
    "\u0301",
    "a b c d e ",
]
SKEWED = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)
FEW = st.lists(st.sampled_from(["a", "b", " ", "\n", "bc", "abc. "]), max_size=80).map("".join)
ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


def words_of(text):
    """Cut by the splitter, which tests of its own hold against uniseg."""
    data = text.encode()
    return [data[row[0] : row[1]].decode() for row in segments(np.frombuffer(data, np.uint8), tables()).tolist()]


def share(part, whole):
    """Divide; 0 of nothing is 0."""
    return part / whole if whole else 0.0


def copies(parts):
    """Shares of parts, and of their characters, that have an equal one."""
    seen = Counter(parts)
    again = [part for part in parts if seen[part] > 1]
    return share(len(again), len(parts)), share(sum(map(len, again)), sum(map(len, parts)))


def ngrams(words, n):
    """All n-grams, in order."""
    return [tuple(words[i : i + n]) for i in range(len(words) - n + 1)]


def repetition(text):
    """Every measure as DCLM counts it."""
    lines, paragraphs = ([p.strip() for p in text.split(cut) if p.strip()] for cut in ("\n", "\n\n"))
    words = [word for word in words_of(text) if word[0].isalnum()]
    total = sum(map(len, words))
    told = [len(lines), *copies(lines), *copies(paragraphs)]
    for n in range(2, 5):
        seen = Counter(ngrams(words, n))
        most = max(seen.values(), default=1)
        longest = max((sum(map(len, gram)) for gram, count in seen.items() if count == most), default=0)
        told.append(share(most * longest, total) if most > 1 else 0.0)
    for n in range(5, 11):
        grams = ngrams(words, n)
        seen = Counter(grams)
        covered = {i + k for i, gram in enumerate(grams) if seen[gram] > 1 for k in range(n)}
        told.append(share(sum(len(words[i]) for i in covered), total))
    return told


def extra(parts, n_chars):
    """Shares of parts that repeat an earlier one, and of their characters in the text."""
    seen, again = set(), []
    for part in parts:
        again += [part] if part in seen else []
        seen.add(part)
    return len(again) / len(parts), sum(map(len, again)) / n_chars


def greedy(words, n):
    """Characters of n-grams that repeat an earlier one, without overlaps."""
    seen, total, i = set(), 0, 0
    while i <= len(words) - n:
        gram = "".join(words[i : i + n])
        total += len(gram) if gram in seen else 0
        i += n if gram in seen else 1
        seen.add(gram)
    return total


def datatrove_repetition(text):
    """Every measure as datatrove counts it."""
    if not text:
        return [0.0] * 13
    words, n_chars = words_of(text), len(text)
    told = [*extra(re.split("\n+", text), n_chars), *extra(re.split("\n{2,}", text.strip()), n_chars)]
    for n in range(2, 5):
        seen = Counter(" ".join(gram) for gram in ngrams(words, n)).most_common(1)
        told.append(len(seen[0][0]) * seen[0][1] / n_chars if seen else 0.0)
    return told + [greedy(words, n) / n_chars for n in range(5, 11)]


def datatrove_quality(text):
    """The same of the quality measures."""
    words, lines = words_of(text), text.splitlines()
    plain = [word for word in words if any(c not in MARKS for c in word)]
    symbols = (text.count("#"), text.count("...") + text.count("…"))
    bullets = sum(line.lstrip().startswith(("•", "-")) for line in lines)
    ends = sum(line.rstrip().endswith(("...", "…")) for line in lines)
    n_alpha = sum(any(map(str.isalpha, word)) for word in words)
    return [
        len(words),
        len(plain),
        share(sum(map(len, plain)), len(plain)),
        *(share(n, len(words)) for n in symbols),
        share(bullets, len(lines)),
        share(ends, len(lines)),
        share(n_alpha, len(words)),
        len(STOP_WORDS & set(words)),
    ]


REFERENCES = {
    "repetition": repetition,
    "datatrove_quality": datatrove_quality,
    "datatrove_repetition": datatrove_repetition,
}


def measured(texts):
    """Every family of every text, by the kernels, in one batch."""
    parts = [text.encode() for text in texts]
    offsets = np.cumsum([0, *map(len, parts)], dtype=np.int64)
    return text_rules.measure(np.frombuffer(b"".join(parts), np.uint8), offsets, text_rules.CUT_FAMILIES)


@settings(max_examples=500, deadline=None)
@given(st.lists(st.one_of(SKEWED, FEW, ANY), min_size=1, max_size=5))
@example(["", " \n\n ", "a b c d e f a b c d e f g a b c d e", "\nx\nx\n\nx\n\n\nx"])
@example(["one two three four five six seven eight nine ten eleven " * 4])
@example(["a bc d e f g h i j k l m n ab c d e f g h i j k l m n"])
def test_every_family_agrees_exactly_with_plain_python(texts):
    found = measured(texts)
    for family, reference in REFERENCES.items():
        rows = list(zip(*(values.tolist() for values in found[family].values()), strict=True))
        assert rows == [tuple(reference(text)) for text in texts], family


def test_only_what_is_asked_is_measured():
    assert list(text_rules.measure(np.frombuffer(b"ab", np.uint8), np.array([0, 2]), ["repetition"])) == ["repetition"]


@pytest.mark.parametrize("unit", ["a ", "ab.", "\n", "a\n", "x" * 100 + " ", "中", "😀 ", "a b c d e f g h i j "])
def test_shares_stay_shares_on_hostile_repetition(unit):
    found = measured([unit * (600_000 // len(unit))])
    for family in ("repetition", "datatrove_repetition"):
        for name, values in found[family].items():
            assert np.isfinite(values).all()
            assert values[0] >= 0
            if name.startswith("dup_"):
                assert values[0] <= 1
