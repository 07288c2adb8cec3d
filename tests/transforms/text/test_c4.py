"""C4's line rules: equal to plain Python, written as the paper and datatrove say."""

import itertools
import re
import time

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.transforms.text.test_sentences import reference as sentences
from transforms.text.c4 import C4Measures, C4Rules, c4_lines

CITATION = re.compile(r"\[\d*]|\[edit]|\[citation needed]")
POLICIES = ["terms of use", "privacy policy", "cookie policy", "uses cookies", "use of cookies", "use cookies"]
C4 = C4Rules()
OFF = C4Rules(0, False, False, 0, False, False)

WORDS = ["Foo", "bar", "x" * 999, "x" * 1000, "x" * 1001, "é" * 1001, "java", "JavaScript", "script", "Lorem", "ipsum"]
WORDS += [*POLICIES, *map(str.upper, POLICIES)]
WORDS += ["Terms of Use", "COO\u212aIE POLICY", "uses coo\u212aies", "use Cookies", "lorem ipsum", "\u0130"]
WORDS += ["Lorem \u0130psum", "cook", "ies", "cookie", "policy", "privacy", "use", "of", "uses", "\u017fcript", "ſ"]
MARKS = [*".?!\"'{}[]()0١", "...", "..", "…", "[1]", "[]", "[٣]", "[²]", "[edit]", "[Edit]", "[citation needed]", "[["]
SPACES = [" ", " ", " ", " ", "\t", "\xa0", "\u3000", "\x1f", "\u200b"]
BREAKS = ["\n", "\n", "\n", "\r\n", "\r", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029", "\n\r"]
ODD = ["\0", "中文", "א", "😀", "\u2026", "\u212a", "\xc2\x85", "\u2027", "\u202a", "Â", "X" * 199, "é" * 200]
SKEWED = st.lists(st.sampled_from(WORDS + MARKS + SPACES * 4 + BREAKS + ODD), max_size=40).map("".join)
LINES = st.lists(st.tuples(st.sampled_from(["", "[1] ", "\t"]), SKEWED, st.sampled_from([". a b.", "!", "?[2]", "\n"])))
LINED = LINES.map(lambda lines: "\n".join(map("".join, lines)))
ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
FLAG = st.booleans()
RULES = st.builds(C4Rules, st.sampled_from([0, 1, 3, 1000]), FLAG, FLAG, st.integers(0, 4), FLAG, FLAG)


def reference(text, rules):
    """Measures and new text, line by line."""
    counts = dict.fromkeys(C4Measures._fields, 0)
    counts["n_long_paragraphs"] = sum(len(line) >= 200 for line in text.split("\n"))
    kept = []
    for whole in map(str.strip, text.splitlines()):
        counts["n_lines"] += 1
        words = whole.split()
        if rules.max_word_chars and any(len(word) > rules.max_word_chars for word in words):
            continue
        line = CITATION.sub("", whole) if rules.removes_citations else whole
        if rules.needs_end_punctuation and (not line.endswith((".", "?", "!", '"', "'")) or line.endswith("...")):
            continue
        if len(words) < rules.min_words:
            continue
        counts["n_lorem_ipsum_lines"] += "lorem ipsum" in line.lower()
        if rules.drops_javascript and "javascript" in line.lower():
            continue
        counts["n_curly_bracket_lines"] += "{" in line
        if rules.drops_policies and any(policy in line.lower() for policy in POLICIES):
            continue
        counts["n_sentences"] += sum(bool(one.strip()) for one in sentences(line))
        kept.append(line)
    counts["n_kept_lines"] = len(kept)
    return counts, "\n".join(kept).strip()


def cleaned(*texts, rules=C4):
    """Measures and new text of each text, by the kernels, in one batch that starts inside its buffer."""
    parts = [text.encode() for text in texts]
    offsets = np.cumsum([3, *map(len, parts)], dtype=np.int64)
    data = np.frombuffer(b"{a." + b"".join(parts) + b".", np.uint8)
    measures, out, out_offsets = c4_lines(data, offsets, rules)
    columns = measures._asdict()
    news = [out[a:b].tobytes().decode() for a, b in itertools.pairwise(out_offsets)]
    return [({name: values[i].item() for name, values in columns.items()}, news[i]) for i in range(len(parts))]


def kept(text, rules=C4):
    return cleaned(text, rules=rules)[0][1]


def counted(text, name, rules=C4):
    return cleaned(text, rules=rules)[0][0][name]


class TestAgainstPlainPython:
    @settings(max_examples=300, deadline=None)
    @given(st.lists(st.one_of(ANY, LINED), max_size=4), RULES)
    @example(["", "a", ""], OFF)
    @example([" [1] \n[2]\n[3] a\n[4]b "], OFF._replace(removes_citations=True))
    def test_the_kernels_agree_exactly_under_any_rules(self, texts, rules):
        assert cleaned(*texts, rules=rules) == [reference(text, rules) for text in texts]

    @settings(max_examples=300, deadline=None)
    @given(st.lists(LINED, max_size=4))
    def test_the_kernels_agree_exactly_under_c4s_rules(self, texts):
        assert cleaned(*texts) == [reference(text, C4) for text in texts]

    def test_lower_case_of_no_other_character_is_in_a_phrase(self):
        lowered = {c for c in map(chr, range(128, 0x110000)) if any(x < "\x80" for x in c.lower())}
        assert lowered == {"\u212a", "\u0130"}  # the second becomes an i and a dot, which no phrase goes on with

    def test_every_character_may_part_lines_end_words_or_number_a_citation(self):
        characters = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]
        text = "".join(f"a{c}[{c}]b\n" for c in characters)
        rules = OFF._replace(removes_citations=True, min_words=2)
        [(counts, new)] = cleaned(text, rules=rules)
        assert counts["n_lines"] == len(text.splitlines())
        lines = [CITATION.sub("", line.strip()) for line in text.splitlines() if len(line.split()) >= 2]
        assert new == "\n".join(lines).strip()


class TestRules:
    @pytest.mark.parametrize(
        ("line", "new"),
        [
            ("Foo bar baz.", "Foo bar baz."),
            ("Foo bar baz", ""),
            ("Foo bar baz...", ""),
            ("Foo bar baz....", ""),
            ("Foo bar baz…", ""),
            ("Foo bar baz..", "Foo bar baz.."),
            ('Foo bar "baz"', 'Foo bar "baz"'),
            ("Foo bar.", ""),
            ("Foo bar. [1]", ""),  # no white space is stripped after the citation is gone
            ("Foo bar baz.[1][23]", "Foo bar baz."),
            ("Foo bar [1].", "Foo bar ."),  # the citation counts as a word
            ("[1] Foo bar.", "Foo bar."),
            ("Foo bar baz[[1]1].", "Foo bar baz[1]."),
            ("Foo bar baz[²].", "Foo bar baz[²]."),
            ("Foo bar baz[Edit].", "Foo bar baz[Edit]."),
            ("Please enable java[edit]script now.", ""),
            ("USE COOKIES, and enjoy.", ""),
            ("Our COO\u212aIE POLICY is here.", ""),
            ("Our cook\u0130e policy is here.", "Our cook\u0130e policy is here."),
            ("Java\u017fcript is not it.", "Java\u017fcript is not it."),
            ("Terms\0of use are here.", "Terms\0of use are here."),
            ("Foo bar " + "x" * 1000 + ".", ""),
            ("Foo bar " + "é" * 999 + ".", "Foo bar " + "é" * 999 + "."),
        ],
    )
    def test_what_stays_of_a_line(self, line, new):
        assert kept(line) == reference(line, C4)[1] == new

    def test_a_line_of_dots_alone_ends_as_any_other(self):
        assert kept("..\n...\n.\n", OFF._replace(needs_end_punctuation=True)) == "..\n."

    def test_any_line_break_becomes_a_new_line(self):
        assert kept("One two three.\r\n\u2028Four five six.\x85Seven eight nine.\n") == (
            "One two three.\nFour five six.\nSeven eight nine."
        )

    def test_lorem_ipsum_and_brackets_are_counted_where_earlier_rules_keep_the_line(self):
        text = "Lorem Ipsum {it} is.\nLorem ipsum\nJavascript has { in it.\nUse of {} here.\n"
        assert counted(text, "n_lorem_ipsum_lines") == 1
        assert counted(text, "n_curly_bracket_lines") == 2

    def test_sentences_are_those_of_kept_lines_each_on_its_own(self):
        assert counted("One two. Three four!\nfive six seven.\nNo end", "n_sentences") == 3

    def test_long_paragraphs_are_cut_at_new_lines_only_and_counted_in_characters(self):
        text = "é" * 200 + "\n" + "é" * 199 + "\n" + "x" * 100 + "\r" + "x" * 99 + "\n" + "x" * 199
        assert counted(text, "n_long_paragraphs") == 2


HOSTILE = ["a", " ", "[", "[1", "[1]", "\n", "\r", "a.\n", ".", "k", "\u212a", "\x85", "a b c.\n", "{", "coo", "x ."]


class TestHostile:
    @pytest.mark.parametrize("piece", HOSTILE)
    def test_a_million_of_anything_takes_linear_time(self, piece):
        cleaned(piece)  # compiles
        text = piece * (1_000_000 // len(piece))
        for rules in (C4, OFF):
            begun = time.process_time()
            cleaned(text, rules=rules)
            assert time.process_time() - begun < 1  # 0.02 s
