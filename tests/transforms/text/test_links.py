"""URLs and IP addresses in texts: cut just as Python's ``re`` does with DCLM's two expressions."""

import re
import time
from itertools import permutations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.conftest import SHARED
from tests.transforms.edits import ANY, HARD, LONG, left, pack, unpack
from transforms.text.cases import DECIMAL, DIGIT, UPPER, WORD, cases, folds
from transforms.text.cuts import apply
from transforms.text.links import remove_links
from transforms.text.unicode import SPACE, classes

LIST = SHARED / "data/blocklist/dclm/mappers/iana_tlds.txt"
TLDS = ("com", "co", "c", "th", "how", "museum", "sk", "xn--p1ai", "xn", "рф", "कॉम", "ישראל\u200e", "中国", "ss")
TAIL = r"[-a-zA-Z0-9()@:%_\+.~#?&//=]*"
ADDRESS = re.compile(rf"\s{{0,10}}\b((https?|ftp)://)?(?:[0-2]?[0-9]{{1,2}}\.){{3}}[0-2]?[0-9]{{1,2}}{TAIL}")

PIECES = [
    "http://",
    "https://",
    "ftp://",
    "hhttp://",
    "xhttps://",
    "http:/",
    "://",
    "//",
    "/",
    ".",
    ".",
    ".",
    "..",
    "…",
]
PIECES += [
    "com",
    "co",
    "COM",
    "Com",
    "th",
    "The",
    "museum",
    "xn--p1ai",
    "xn",
    "-",
    "рф",
    "कॉम",
    "म",
    "ישראל\u200e",
    "中国",
]
PIECES += ["a", "www", "é", "ß", "_", "@", ":", "%", "#", "?", "&", "=", "(", ")", "~", "+", ",", "\0", "😀", "\u0301"]
PIECES += ["1", "9", "12", "255", "299", "300", "0", "1234", "1.2.3.4", "10.0.0.1", "1.2.3", "٣", "²", "½"]
PIECES += [" ", "\n", "\t", "\x85", "\u2028", "\u3000", "\xa0", "\u200b", "\x1c", " " * 9, "\u3000" * 11, "\n" * 12]
PIECES += ["ſ", "\u212a", "K", "İ", "x" * 250, "y" * 257, "a." * 130, ".com" * 66, "example.com/a?b=(c)#d", "a.co.th"]
RICH = st.lists(st.sampled_from(PIECES), max_size=24).map("".join)


def reference(tlds):
    any_tld = "|".join(re.escape(tld) for tld in tlds)
    beginning = re.compile(any_tld, re.IGNORECASE)
    scheme = r"\s{0,10}(?:((https?|ftp)://))?"
    url = re.compile(rf"{scheme}[-a-zA-Z0-9@:%._\+~#=]{{1,256}}\.({any_tld})\b({TAIL})")

    def remove(text, mode):
        if mode == "corrected" or beginning.match(text):
            text = url.sub("", text)
        return ADDRESS.sub("", text)

    return remove


reference_of_all = reference(sorted(TLDS, key=len, reverse=True))


def removed(texts, mode, tlds=TLDS):
    return left(texts, lambda data, offsets: remove_links(data, offsets, tlds, mode))


class TestAgainstPlainPython:
    @settings(max_examples=800, deadline=None)
    @given(st.lists(st.one_of(RICH, RICH, ANY), max_size=3), st.sampled_from(["faithful", "corrected"]))
    @example(["a http://", "b.com c"], "corrected")  # neighbours must not leak into each other
    @example(["1.2.", "3.4 5.6.7.8"], "corrected")
    @example(["see x.com\x0c1.2.3.4 and http://1.2.3.4.com/"], "corrected")
    def test_the_kernels_cut_what_the_expressions_match(self, texts, mode):
        assert removed(texts, mode) == [reference_of_all(text, mode) for text in texts]

    @pytest.mark.parametrize("prefix", ["", "http://", "x", " ", "é"])
    @pytest.mark.parametrize("n", [1, 255, 256, 257, 300, 600])
    @pytest.mark.parametrize("host", ["a", "a.", ".com", "a.co.", "http://a"])
    def test_hosts_around_256_characters(self, prefix, n, host):
        hosts = (host * n)[:n]
        texts = [f"{prefix}{hosts}.com", f"{prefix}{hosts}.com{hosts}.th", f"x.com {prefix}{hosts}.co.uk/a b"]
        assert removed(texts, "corrected") == [reference_of_all(text, "corrected") for text in texts]

    @pytest.mark.parametrize("space", [" ", "\n", "\u3000", "\x1c", "\x85", "\u200b"])
    def test_white_space_goes_up_to_ten_characters(self, space):
        texts = [f"a{space * n}{link} b" for n in range(13) for link in ("x.com", "http://x.com", "1.2.3.4", ".com")]
        assert removed(texts, "corrected") == [reference_of_all(text, "corrected") for text in texts]

    def test_every_code_point_of_a_class_beside_a_link(self):
        space = classes() & SPACE != 0
        codes = [chr(c) for c in range(0x110000) if (space[c] or c % 97 == 0 or c < 512) and not 0xD800 <= c < 0xE000]
        texts = [f"{c}x.com{c}.कॉम{c} {c}1.2.3.4{c}" for c in codes]
        assert removed(texts, "corrected") == [reference_of_all(text, "corrected") for text in texts]

    @pytest.mark.parametrize("mode", ["faithful", "corrected"])
    def test_hard_texts(self, mode):
        assert removed(HARD, mode) == HARD
        shorter = [text[:3000] for text in LONG]  # what follows a match is quadratic in `re` only
        assert removed(shorter, mode) == [reference_of_all(text, mode) for text in shorter]

    def test_a_text_of_a_million_dots_takes_no_longer_per_byte(self):
        texts = [
            piece * (1_000_000 // len(piece))
            for piece in (".", "a.", "1.", ".com", "x.com ", "http://", " ", "1.2.3.4 ")
        ]
        started = time.process_time()
        removed(texts, "corrected")
        assert time.process_time() - started < 5


class TestModes:
    @pytest.mark.parametrize("first", ["The", "tHat", "How", "COM", "ſS", "S\u212a", "РФ", "中国", "c"])
    def test_faithful_cuts_urls_where_the_text_begins_like_a_domain(self, first):
        assert re.match("|".join(TLDS), first, re.IGNORECASE)
        assert removed([f"{first} at x.com now"], "faithful") == [f"{first} at now"]

    @pytest.mark.parametrize("first", ["We", "Zebra", " The", "\u0130", ""])
    def test_faithful_leaves_the_urls_of_all_other_texts(self, first):
        text = f"{first} at x.com now 1.2.3.4/a."
        assert removed([text], "faithful") == [f"{first} at x.com now"]
        assert removed([text], "corrected") == [f"{first} at now"]

    def test_a_domain_in_upper_case_is_no_url(self):
        assert removed(["x.COM x.com x.Com"], "corrected") == ["x.COM x.Com"]

    def test_the_second_expression_sees_what_the_first_leaves(self):
        assert removed(["1.2.x.com(/a)\u00b73.4"], "corrected") == ["\u00b73.4"]
        assert removed(["1.2 x.com/\u201c.3.4"], "corrected") == ["1.2\u201c.3.4"]

    def test_without_domains_only_addresses_go(self):
        assert removed(["x.com 1.2.3.4"], "corrected", ()) == ["x.com"]


class TestDomains:
    def test_the_longest_that_a_boundary_follows_is_taken_whatever_the_order(self):
        texts = [
            "x.xn--p1ai/b",
            "x.xn-y",
            "x.co.th",
            "x.com_",
            "x.coma",
            "x.c",
            "x.कॉम.",
            "x.ישראל\u200ea",
            "x.ישראל\u200e ",
        ]
        for tlds in permutations(["xn--p1ai", "xn", "com", "co", "c"]):
            remove = reference((*tlds, "कॉम", "ישראל\u200e"))
            assert removed(texts, "corrected", (*tlds, "कॉम", "ישראל\u200e")) == [remove(t, "corrected") for t in texts]

    @pytest.mark.skipif(not LIST.exists(), reason=f"DCLM's list of domains is not here: {LIST}")
    def test_with_dclms_own_list_order_does_not_matter_and_all_domains_are_found(self):
        tlds = LIST.read_text(encoding="utf-8").splitlines()
        known = set(tlds)
        word = re.compile(r"\w")
        pairs = [(tld, n) for tld in tlds for n in range(1, len(tld)) if tld[:n] in known]
        assert not [tld for tld, n in pairs if bool(word.match(tld[n - 1])) != bool(word.match(tld[n]))]
        texts = [f"The http://www.{tld}.{tld}{after} end" for tld in tlds for after in ("/", "", "a", "\u0903")]
        remove = reference(tlds)
        assert removed(texts[::7], "faithful", tlds) == [remove(text, "faithful") for text in texts[::7]]


class TestCases:
    def test_bits_are_what_str_and_re_say(self):
        everything = "".join(map(chr, range(0x110000)))
        table = cases()
        for bit, expression in ((WORD, r"\w"), (DECIMAL, r"\d")):
            assert {chr(c) for c in np.flatnonzero(table & bit)} == set(re.findall(expression, everything))
        assert {chr(c) for c in np.flatnonzero(table & 1)} == set(re.findall(r"\s", everything))
        for bit, test in ((UPPER, str.isupper), (DIGIT, str.isdigit)):
            assert {chr(c) for c in np.flatnonzero(table & bit)} == {c for c in everything if test(c)}
        assert ((table & classes()) == classes()).all()

    def test_letters_fold_as_re_ignores_case(self):
        table = folds()
        cased = [chr(c) for c in range(0x110000) if chr(c).lower() != chr(c) or chr(c).upper() != chr(c)]
        everything = "".join(cased)
        groups = {}
        for character in cased:
            groups.setdefault(table[ord(character)], set()).add(character)
        for character in cased:
            assert set(re.findall(re.escape(character), everything, re.IGNORECASE)) == groups[table[ord(character)]]
        others = np.setdiff1d(np.arange(0x110000), list(map(ord, cased)))
        assert (table[others] == others).all()


def test_a_batch_that_starts_inside_its_buffer_is_cut_from_there():
    data, offsets = pack(["x.com The x.com 1.2.3.4 z"])
    offsets = np.array([6, 10, offsets[-1]])
    assert unpack(*apply(data, offsets, remove_links(data, offsets, TLDS, "faithful"))) == ["The ", "x.com z"]
