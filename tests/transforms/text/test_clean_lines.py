"""Lines that are no prose: dropped or cut just as plain Python does it, and as DCLM's own code did."""

import json
import re
import time

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.conftest import SHARED
from tests.transforms.edits import ANY, HARD, LONG, left, pack, unpack
from transforms.text.blanks import squeeze_newlines
from transforms.text.cases import DECIMAL, DIGIT, UPPER, cases, folds
from transforms.text.cuts import apply, compose
from transforms.text.lines import LineRules, clean_lines
from transforms.text.links import remove_links
from transforms.text.phrases import ANYWHERE, DCLM_PHRASES, PREFIX, SUFFIX, Phrase
from transforms.text.unicode import SPACE

GOLDEN = SHARED / "reference/dclm_golden/mappers/golden.jsonl"
TLDS = SHARED / "data/blocklist/dclm/mappers/iana_tlds.txt"
DCLM = LineRules(0.5, 0.999999, True, 2, DCLM_PHRASES, 10)
UNITS = ["likes", "shares", "comments", "retweets", "reposts", "quotes", "bookmarks", "upvotes", "downvotes"]
UNITS += ["downloads", "views", "followers"]
COUNTER = re.compile(rf"^\W*\d(?:,|\.|\d)*(?:K|k|M|m|B|b)?\s+(?:{'|'.join(UNITS)})\W*$")

PIECES = [
    "\n",
    "\n",
    "\n",
    "\n\n",
    " ",
    " ",
    "  ",
    "\t",
    "\r",
    "\x85",
    "\u2028",
    "\u3000",
    "\xa0",
    "\x1c",
    "\0",
    "\u200b",
]
PIECES += [
    "A",
    "B",
    "É",
    "Ǆ",
    "ǅ",
    "Ⅷ",
    "Σ",
    "a",
    "word",
    "ß",
    "é",
    "中",
    "😀",
    "\u0301",
    "\u0307",
    "ا",
    "_",
    "-",
    ".",
    ",",
]
PIECES += [
    "1",
    "12",
    "3.4",
    "5,6",
    "²",
    "½",
    "٣",
    "१",
    "K",
    "k",
    "m",
    "B",
    "\u212a",
    "1.2K likes",
    "3 views!",
    "• 7 Shares",
]
PIECES += [
    "liKes",
    "li\u212aes",
    "\u0130",
    "\u0131",
    "\u017f",
    "\u017fhares",
    "9\u2028views",
    "٣ quotes",
    "4k_followers",
]
PIECES += [
    "items in cart",
    "ITEMS IN CART",
    "\u0130tem\u017f \u0131n cart",
    "items in car",
    "tems in cart",
    " items in cart",
]
PIECES += [
    "read more...",
    "Read More…!?",
    "READ MORE",
    "read moré...",
    "\nread more:中😀",
    "Continue read more...\n",
    "...",
]
PIECES += [
    "sign-in",
    "Sign-In ",
    "\u017f\u0130GN-\u0131N",
    "\nsign-in",
    "sign-in sign-in",
    "one two three four five",
    "x y z",
]
LINES = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


def phrase_pattern(phrase):
    text = re.escape(phrase.text) + "." * phrase.n_any
    forms = {ANYWHERE: rf"\s?(?:{text})", SUFFIX: rf"\s?(?:{text})$", PREFIX: rf"^(?:{text})\s?"}
    return re.compile(forms[phrase.place], re.IGNORECASE)


def without(text, phrase, max_words):
    pattern = phrase_pattern(phrase)
    for line in text.split("\n"):
        rest = pattern.sub("", line) if len(line.split()) <= max_words else line
        if rest.strip() or not line:
            yield rest


def reference(text, rules):
    """Every rule by Python's own string methods and ``re``, one after the other."""

    def keep(test):
        return "\n".join(line for line in text.split("\n") if not line or test(line))

    if rules.max_upper_ratio < 1:
        text = keep(lambda line: sum(map(str.isupper, line)) / len(line) <= rules.max_upper_ratio).strip()
    if rules.max_digit_ratio < 1:
        text = keep(lambda line: sum(map(str.isdigit, line)) / len(line) <= rules.max_digit_ratio).strip()
    if rules.drops_counters:
        text = keep(lambda line: not COUNTER.search(line.lower())).strip()
    text = keep(lambda line: len(line.split()) >= rules.min_words)
    for phrase in rules.phrases:
        text = "\n".join(without(text, phrase, rules.max_phrase_words)).strip()
    return text


def cleaned(texts, rules=DCLM):
    return left(texts, lambda data, offsets: clean_lines(data, offsets, rules))


class TestAgainstPlainPython:
    @settings(max_examples=600, deadline=None)
    @given(st.lists(st.one_of(LINES, LINES, ANY), max_size=3))
    @example(["items in ", "cart\nsign-", "in a", "", "\n"])  # neighbours must not leak into each other
    @example(["1\n 2\n3 a"])  # the first line is stripped only after it was looked at
    @example(["a items in cart items in cartitems in cart"])
    @example(["A\n\nb c", "\n\n", "read more...\n\n"])
    def test_all_rules_together(self, texts):
        assert cleaned(texts) == [reference(text, DCLM) for text in texts]

    @settings(max_examples=500, deadline=None)
    @given(
        st.lists(LINES, max_size=3),
        st.builds(
            LineRules,
            max_upper_ratio=st.sampled_from([0.0, 0.25, 1 / 3, 0.5, 1.0]),
            max_digit_ratio=st.sampled_from([0.0, 0.5, 2 / 3, 0.999999, 1.0]),
            drops_counters=st.booleans(),
            min_words=st.integers(0, 4),
            phrases=st.lists(
                st.builds(Phrase, st.sampled_from(["x", "kis", "read more"]), st.integers(0, 2), st.integers(0, 3)),
                max_size=2,
            ).map(tuple),
            max_phrase_words=st.integers(0, 12),
        ),
    )
    def test_any_limits(self, texts, rules):
        assert cleaned(texts, rules) == [reference(text, rules) for text in texts]

    @pytest.mark.parametrize(
        "form", ["{0}", "a{0}B", "1{0}", "{0}7{0} views{0}", "7{0}views", "x {0}sign-in", "{0}sign-in{0}a"]
    )
    def test_every_code_point_of_a_class_in_a_line(self, form):
        special = cases() & (SPACE | UPPER | DIGIT | DECIMAL) != 0
        special |= folds() != np.arange(0x110000)
        codes = [
            chr(c) for c in range(0x110000) if (special[c] or c % 997 == 0 or c < 256) and not 0xD800 <= c < 0xE000
        ]
        texts = ["z y\n" + "\n".join(map(form.format, codes)), *map(form.format, codes)]
        assert cleaned(texts) == [reference(text, DCLM) for text in texts]

    @pytest.mark.parametrize("letter", "itemsncarrdogk")
    def test_every_letter_of_a_phrase_in_every_case(self, letter):
        same = [c for c in map(chr, range(0x250)) if re.match(letter, c, re.IGNORECASE)] + [
            "\u017f",
            "\u212a",
            "\u1e9e",
        ]
        texts = [
            f"a b c {p.text.replace(letter, c)}...\n{p.text.replace(letter, c)}" for p in DCLM_PHRASES for c in same
        ]
        assert cleaned(texts) == [reference(text, DCLM) for text in texts]

    @pytest.mark.parametrize(
        "number", ["1", "1.2", "1,,.", "12k", "12\u212a", "1kk", "k", ".5", "٣", "²", "1 2", "1 k"]
    )
    def test_counters(self, number):
        units = [
            *UNITS,
            "like",
            "LIKES",
            "li\u212aes",
            "\u017fhares",
            "views_",
            "viewsé",
            "views !",
            "views 1",
            "v\u0130ews",
        ]
        texts = [
            f"a b\n{mark}{number}{space}{unit}\nc d"
            for mark in ("", "\u2028• ", "x ")
            for space in (" ", "\t\xa0", "")
            for unit in units
        ]
        assert cleaned(texts) == [reference(text, DCLM) for text in texts]

    def test_hard_texts(self):
        texts = [*HARD, *LONG, *(text.replace("a", "A") for text in LONG), "\n".join(["items in cart"] * 1000)]
        assert cleaned(texts) == [reference(text, DCLM) for text in texts]


class TestRules:
    def test_no_rule_changes_no_text(self):
        texts = ["  A\n1\n\n 2 likes \nsign-in  ", ""]
        assert cleaned(texts, LineRules()) == texts

    @pytest.mark.parametrize(
        ("rules", "text", "expected"),
        [
            (LineRules(max_upper_ratio=0.5), " \nAB\nABc\nAbcD\n\n a \n", "AbcD\n\n a"),
            (LineRules(max_digit_ratio=0.999999), "12\n1 2\n²\n½\n", "1 2\n½"),
            (LineRules(drops_counters=True), "1.2K likes\n12 views!\nabout 3 views", "about 3 views"),
            (LineRules(min_words=2), "a\n\na b\n \n", "\na b\n"),
            (LineRules(phrases=DCLM_PHRASES), "Sign-In\nto see\n2 ITEMS IN CART now Read more!!!", "to see\n2 now"),
            (LineRules(phrases=DCLM_PHRASES), "a b c d e f g h items in cart", "a b c d e f g h items in cart"),
            (DCLM, "HOME\n12\n3 likes\nword\n\nread more...", ""),
        ],
    )
    def test_each_rule_drops_what_it_says(self, rules, text, expected):
        assert cleaned([text], rules) == [expected]

    def test_a_line_of_megabytes_takes_no_longer_per_byte(self):
        pieces = [
            "i",
            "items in car",
            "1,",
            "A",
            " ",
            "\n",
            "sign-in",
            "1 likes\n",
            "a b\n",
            "\u2028",
            "\n ",
            "items in cart",
        ]
        texts = [piece * (1_000_000 // len(piece)) for piece in pieces]
        started = time.process_time()
        cleaned(texts)
        assert time.process_time() - started < 5


STEPS = {
    "18:uppercase_ratio_line_modifier": LineRules(max_upper_ratio=DCLM.max_upper_ratio),
    "19:numeric_ratio_line_modifier": LineRules(max_digit_ratio=DCLM.max_digit_ratio),
    "20:counter_line_modifier": LineRules(drops_counters=True),
    "21:line_length_modifier": LineRules(min_words=DCLM.min_words),
    "22:substring_line_modifier": LineRules(phrases=DCLM_PHRASES[:1]),
    "23:substring_line_modifier": LineRules(phrases=DCLM_PHRASES[1:2]),
    "24:substring_line_modifier": LineRules(phrases=DCLM_PHRASES[2:]),
}


@pytest.mark.skipif(not GOLDEN.exists(), reason=f"DCLM's golden texts are not here: {GOLDEN}")
class TestAgainstDclm:
    @pytest.fixture(scope="class")
    def rows(self):
        return [json.loads(line) for line in GOLDEN.read_bytes().split(b"\n") if line]

    @pytest.fixture(scope="class")
    def edits(self):
        tlds = TLDS.read_text(encoding="utf-8").splitlines()
        edits = {step: lambda *texts, rules=rules: clean_lines(*texts, rules) for step, rules in STEPS.items()}
        edits["5:url_removal_modifier"] = lambda *texts: remove_links(*texts, tlds, "faithful")
        edits["6:newline_removal_modifier"] = lambda *texts: squeeze_newlines(*texts, 2)
        return edits

    @pytest.mark.parametrize("step", ["5:url_removal_modifier", "6:newline_removal_modifier", *STEPS])
    def test_each_step_alone_leaves_what_dclms_step_left(self, step, rows, edits):
        ours = left([row["text"] for row in rows], edits[step])
        theirs = [row["solo"][step] for row in rows]
        # A text that DCLM drops here has nothing left; one that it did not change is not repeated in the file.
        expected = [one.get("text", row["text"]) if one["keep"] else "" for row, one in zip(rows, theirs, strict=True)]
        assert [row["id"] for row, a, b in zip(rows, ours, expected, strict=True) if a != b] == []
        assert any("text" in one for one in theirs)

    def test_all_steps_leave_the_final_text_byte_for_byte(self, rows, edits):
        kept = [row for row in rows if row["removed_at"] is None]
        assert len(kept) > 90
        data, offsets = pack([row["text"] for row in kept])
        rest, rest_offsets = data, offsets
        total = None
        for edit in (
            edits["5:url_removal_modifier"],
            edits["6:newline_removal_modifier"],
            lambda *t: clean_lines(*t, DCLM),
        ):
            cuts = edit(rest, rest_offsets)
            rest, rest_offsets = apply(rest, rest_offsets, cuts)
            total = cuts if total is None else compose(offsets, total, cuts)
        assert unpack(rest, rest_offsets) == [row["final_text"] for row in kept]
        assert unpack(*apply(data, offsets, total)) == [row["final_text"] for row in kept]
