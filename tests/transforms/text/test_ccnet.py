"""CCNet's normaliser beside a plain Python one."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.edits import ANY, HARD, LONG, pack, unpack
from transforms.text.ccnet import MARKS, normalised, normalised_lines, sentence

FULL_OF_IT = st.text(
    [*MARKS, *" \t\n\0\x1f\x7f\x85\x9f\xa0\u3000", *"aAΑΣσİß0１٣²½①", *".,-()'\"", "中", "😀"], max_size=20
)


CODES = """ab b4 bb 2013 2014 2019 201c 201d 201e 2026 2236 2501 25ba 3001 3002 3008 3009 300a 300b 300c 300d 3010 3011
    ff01 ff05 ff08 ff09 ff0c ff0e ff11 ff1a ff1b ff1f ff5e"""


def drop(text):
    return "".join(c for c in text if c not in MARKS and not (ord(c) < 32 or 127 <= ord(c) < 160))


def plain(text):
    return drop(re.sub(r"\d", "0", text.strip().lower()))


def plain_lines(text):
    return "\n".join(drop(re.sub(r"\d", "0", line)) for line in text.lower().split("\n"))


def test_the_marks_are_those_of_ccnet():
    assert sorted(map(ord, MARKS)) == [int(code, 16) for code in CODES.split()]


@given(st.lists(ANY | FULL_OF_IT, max_size=5))
def test_texts_are_normalised_as_plain_python_does(texts):
    assert unpack(*normalised(*pack(texts))) == [plain(text) for text in texts]


@pytest.mark.parametrize("text", [*HARD, *LONG, MARKS, "".join(map(chr, range(0x3000)))])
def test_hard_texts_are_normalised_as_plain_python_does(text):
    assert unpack(*normalised(*pack([text, "x", text]))) == [plain(text), "x", plain(text)]


@given(st.lists(ANY | FULL_OF_IT, max_size=5))
def test_lines_stay_where_they_are(texts):
    assert unpack(*normalised_lines(*pack(texts))) == [plain_lines(text) for text in texts]


def test_texts_that_do_not_begin_at_the_first_byte_are_normalised_too():
    data, offsets = pack(["left out", "A 1", "b«2»"])
    assert unpack(*normalised(data, offsets[1:])) == ["a 0", "b0"]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("  Page 12 of 345\n", "page 00 of 000"),
        ("٣ ３ ३", "0 0 0"),
        ("x² ½ ①", "x² ½ ①"),  # digits to str.isdigit or isnumeric, and no decimals
        ("one\ntwo\tthree", "onetwothree"),
        ("“Quoted” – and… «so»！", "quoted  and so"),
        ("a.b, (c) 'd' - e", "a.b, (c) 'd' - e"),
        ("É è ñ", "é è ñ"),
        ("１", "0"),
        ("\0 a", " a"),
        ("…", ""),
    ],
)
def test_what_ccnet_does_to(text, left):
    assert unpack(*normalised(*pack([text]))) == [left] == [plain(text)]


TWINS = dict(
    zip(
        "，。、„”“«»１」「《》´∶：？！（）；–—．～’…━〈〉【】％►",
        [*',.,""""""""""\'::?!();-', " - ", ". ", *"~'", "...", *"-<>[]%-"],
        strict=True,
    )
)


def plain_sentence(line):
    """One rule after the other."""
    letters = [c for c in unicodedata.normalize("NFD", line.strip().lower()) if unicodedata.category(c) != "Mn"]
    digits = re.sub(r"\d", "0", "".join(letters))
    marks = "".join(TWINS.get(c, c) for c in digits)
    return "".join(c for c in marks if not (ord(c) < 32 or 127 <= ord(c) < 160))


@given(ANY | FULL_OF_IT | st.text([*MARKS, *"éÅḉ\u0301\u0323한각ｅ１\u037e"]))
def test_sentences_are_written_as_by_plain_python(line):
    assert sentence(line) == plain_sentence(line)


def test_every_character_is_written_as_by_plain_python():
    line = "".join(chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000)
    assert sentence(line) == plain_sentence(line)


@pytest.mark.parametrize(
    ("line", "written"),
    [
        ("  Déjà vu — 12 fois…\t", "deja vu  -  00 fois..."),
        ("«Ｗhat？»", '"ｗhat?"'),
        ("1.５km", "0.0km"),
        ("a\0b\x85", "ab"),
        ("", ""),
    ],
)
def test_how_a_sentence_is_written(line, written):
    assert sentence(line) == written
