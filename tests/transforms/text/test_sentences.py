"""Sentences: equal to the rules of UAX #29 written one by one, and to uniseg but for what it does in SB8."""

import re
import time

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from transforms.text.sentence_breaks import (
    ATERM,
    CLOSE,
    CR,
    EXTEND,
    FORMAT,
    LF,
    LOWER,
    NUMERIC,
    OLETTER,
    OTHER,
    SCONTINUE,
    SEP,
    SP,
    STERM,
    UPPER,
    sentence_breaks,
)
from transforms.text.sentences import asked_bytes, count_sentences, next_sentence

# Each rule: what is before the place, what is behind it, and whether the text breaks there. A letter stands for
# a Sentence_Break (H CR, I LF, J Sep, K Sp, L Extend, M Format, N Lower, O Upper, P OLetter, Q Numeric, R ATerm,
# S SContinue, T STerm, U Close, G any other). Extend and Format are gone by SB5, but for the first behind H, I, J.
LETTERS = dict(zip((CR, LF, SEP, SP, EXTEND, FORMAT, LOWER, UPPER, OLETTER, NUMERIC), "HIJKLMNOPQ", strict=True))
LETTERS |= {ATERM: "R", SCONTINUE: "S", STERM: "T", CLOSE: "U", OTHER: "G"}
RULES = [
    ("H$", "I", False),  # SB3
    ("[HIJ]$", "", True),  # SB4
    ("R$", "Q", False),  # SB6
    ("[NO]R$", "O", False),  # SB7
    ("RU*K*$", "[^PONHIJRT]*N", False),  # SB8
    ("[RT]U*K*$", "[SRT]", False),  # SB8a
    ("[RT]U*$", "[UKHIJ]", False),  # SB9
    ("[RT]U*K*$", "[KHIJ]", False),  # SB10
    ("[RT]U*K*[HIJ]?$", "", True),  # SB11
    ("", "", False),  # SB998
]

ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
PIECES = [*".!?。…,;:-'\")(“”»’aAbBzZ19٣中éא😀 \t\n\r\x85\u2028\u0301\u200d\xad\xa0/=+$€\0\x1c\x1f"]
PIECES += ["\u212a", "\u0130", "\u017f"]
PIECES += ["\r\n", "Mr. ", "etc.) ", "U.S.A. ", "3.4", ". ", '." ']
SKEWED = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


def reference(text):
    """Sentences by the rules, each place on its own."""
    table = sentence_breaks()
    kinds = "".join(LETTERS[table[ord(c)]] for c in text)
    places = [i for i in range(len(kinds)) if i == 0 or kinds[i] not in "LM" or kinds[i - 1] in "HIJ"]
    left = "".join(kinds[i] for i in places)
    breaks = [0]
    for n, place in list(enumerate(places))[1:]:
        rules = (breaks_here for a, b, breaks_here in RULES if re.search(a, left[:n]) and re.match(b, left[n:]))
        if next(rules):
            breaks.append(place)
    return [text[a:b] for a, b in zip(breaks, [*breaks[1:], len(text)], strict=True) if text]


def cut(text, table=None):
    """Sentences by the kernel, and how many it counts."""
    table = sentence_breaks() if table is None else table
    data = np.frombuffer(b"." + text.encode() + b"a", np.uint8)[1:-1]
    at, found = 0, []
    while at < len(data):
        end = next_sentence(data, at, asked_bytes(data), table)
        found.append(data[at:end].tobytes().decode())
        at = end
    return found, count_sentences(data, table)


class TestSentences:
    @settings(max_examples=400, deadline=None)
    @given(st.one_of(ANY, SKEWED))
    @example("")
    @example("a.\u0301 \u0301B")
    @example("\n\u0301A.B. C")
    @example("a. = = b")
    @example("A\u0301\u200d.B")
    def test_they_are_those_of_the_rules(self, text):
        assert cut(text) == (reference(text), sum(bool(one.strip()) for one in reference(text)))

    # In SB8, the characters between the full stop and a lower-case letter may be of class Other too; uniseg
    # stops at those. So it does as the rules say where these characters are letters without case.
    @settings(max_examples=400, deadline=None)
    @given(st.one_of(ANY, SKEWED))
    def test_they_are_those_of_uniseg_with_its_own_sb8(self, text):
        uniseg = pytest.importorskip("uniseg.sentencebreak")
        table = sentence_breaks().copy()
        table[table == OTHER] = OLETTER
        assert cut(text, table)[0] == list(uniseg.sentences(text))

    def test_the_table_is_that_of_uniseg(self):
        uniseg = pytest.importorskip("uniseg.sentencebreak")
        from tests.house.unicode_tables import SENTENCE

        table = sentence_breaks()
        assert len(table) == 0x110000
        assert all(SENTENCE[table[code]] == uniseg.sentence_break(chr(code)).name for code in range(0x110000))

    def test_white_space_of_python_is_that_of_the_table_and_four_controls(self):
        spaces = {code for code in range(0x110000) if chr(code).isspace()}
        assert spaces == set(np.flatnonzero(np.isin(sentence_breaks(), [SP, CR, LF, SEP]))) | {0x1C, 0x1D, 0x1E, 0x1F}

    @pytest.mark.parametrize(
        ("text", "n"),
        [
            ("", 0),
            (" \n\t", 0),
            ("Hello", 1),
            ("Is it? Yes! Good.", 3),
            ("It is 3.4 or .5 of it.", 1),
            ("He said “Go.” Then he went.", 2),
            ("The U.S. Army and the U.S.A. is.", 2),
            ("etc. and so on", 1),
            ("one\n\n\ntwo\r\nthree", 3),
            ("一。二。", 2),
            ("...", 1),
            ("\u200d", 1),
            ("\x1c\x1d\x1e\x1f", 0),
        ],
    )
    def test_blank_ones_do_not_count(self, text, n):
        assert cut(text)[1] == n

    @pytest.mark.parametrize("piece", [".", ". ", ".)", ". (", ".= ", ".\u0301", "a", "=", "\n", "\u0301", ".A"])
    def test_a_million_of_anything_takes_linear_time(self, piece):
        n = 1_000_000 // len(piece)
        cut(piece)  # compiles
        data = np.frombuffer((piece * n + "x").encode(), np.uint8)
        begun = time.process_time()
        count_sentences(data, sentence_breaks())
        assert time.process_time() - begun < 1  # 0.01 s
