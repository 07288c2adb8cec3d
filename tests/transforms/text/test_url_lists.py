"""Measures of URLs against lists: equal to plain Python on any URL and any list, and to DCLM's own decisions."""

import json
import pickle
import random
import re
import time
from importlib.resources import files
from urllib.parse import urlparse

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT, SHARED
from transforms.text.url_lists import make_lists, measure_urls
from transforms.text.urls import host_of

GOLDEN = SHARED / "reference/dclm_golden/mappers"
DCLM = SHARED / "data/blocklist/dclm/mappers"
BANNED = DCLM / "banlists/refinedweb_banned_words_{}_reverse_engineered.txt"
LISTS = ROOT / "conf/lists"

PLAIN = ["a", "b", "ab", "abc", "bc", "A", "B", "1", "sex", "sexy", "_", "-", ".", "www", "WWW", "/", "?", "#", " "]
ODD = ["http://", "HTTPS://", "//", "x:", ":", ":80", "@", "[", "]", "[::1]", "%", "%2E", "\\", "&", "+", "..", ".org"]
ODD += ["é", "ß", "İ", "i̇", "ſ", "ſs", "\u212a", "K", "ΑΣ", "Σ", "中", "文", "א", "ا", "🖕", "e\u0301", "½", "٣", "ª"]
ODD += ["\0", "\n", "\t", "\x1f", "\x85", "\u2028", "\u200b", "／", "℀", "\ud800", "\udfff", "c++", "a.b", "a-b"]
URLS = st.builds(
    str.__add__,
    st.sampled_from(["http://", "https://", "http://www.", "HTTP://A.B", ""]),
    st.lists(st.sampled_from(PLAIN + ODD), max_size=14).map("".join) | st.text(max_size=12),
)
WORDS = st.lists(st.sampled_from([one for one in PLAIN + ODD if "/" not in one]), max_size=4).map("".join)
ENTRIES = st.lists(WORDS | st.sampled_from(PLAIN), max_size=8)


def reference(url, domains, strict, hard, soft):
    """Every measure by Python's own means: sets, ``in`` and a regular expression that tries long entries first."""
    domains, strict, hard, soft = ({one.lower() for one in some} - {""} for some in (domains, strict, hard, soft))
    try:
        netloc = urlparse(url).netloc.lower().replace("www", "")
    except ValueError:
        netloc = ""
    labels = host_of(url).split(".")
    squeezed = url.lower().replace("-", "").replace(".", "")
    return {
        "is_listed_domain": any(".".join(labels[i:]) in domains for i in range(len(labels))),
        "is_listed_netloc": netloc in domains,
        "n_strict": sum(one in squeezed for one in strict),
        "n_hard": len(words_in(url.lower(), hard)),
        "n_soft": len(words_in(url.lower(), soft)),
    }


def words_in(text, words):
    """Distinct words by ``\\b(?:…)\\b``. Two that match at one place are one another's beginnings: longest first."""
    either = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    return set(re.findall(rf"\b(?:{either})\b", text)) if words else set()


def measured(urls, *lists):
    """Every measure of each URL, in one batch."""
    columns = measure_urls(urls, make_lists(*lists))._asdict()
    return [{name: values[i].item() for name, values in columns.items()} for i in range(len(urls))]


def agree(urls, *lists):
    """Compare with the reference; gives its measures."""
    expected = [reference(url, *lists) for url in urls]
    assert measured(urls, *lists) == expected
    return expected


def lines(path):
    """Entries of a list file."""
    return [one for one in path.read_text(encoding="utf-8").splitlines() if one and not one.startswith("#")]


class TestAgainstPlainPython:
    @settings(max_examples=600, deadline=None)
    @given(st.lists(URLS, max_size=5), ENTRIES, ENTRIES, ENTRIES, ENTRIES)
    @example(["", "a", ""], ["a"], ["a"], ["a"], ["a"])
    @example(["ab", "c", "abc"], [], ["abc", "bc"], ["abc", "bc", "b"], ["ab", "c"])  # neighbours must not leak
    def test_any_urls_and_lists(self, urls, domains, strict, hard, soft):
        agree(urls, domains, strict, hard, soft)

    @settings(max_examples=600, deadline=None)
    @given(st.lists(URLS, max_size=5), st.integers(0, 3))
    def test_hosts_and_netlocs_are_those_of_urllib(self, urls, n):
        """Lists made of the hosts that urllib finds: what is not found by us is not listed."""
        hosts = [host_of(url).split(".", n)[-1] for url in urls]
        agree(urls, hosts, [], [], [])
        agree(urls, [netloc(url) for url in urls], [], [], [])

    def test_every_code_point_bounds_words_as_it_does_for_re(self):
        """Sixty-four words a URL, each behind another character, found where that is no ``\\w``."""
        codes = [code for code in range(0x110000) if not 0xD800 <= code < 0xE000]
        urls = [
            "".join(f"{chr(code)}a{n:02} " for n, code in enumerate(codes[i : i + 64]))
            for i in range(0, len(codes), 64)
        ]
        told = agree(urls, [], [], [f"a{n:02}" for n in range(64)], [])
        assert {0, 64} < {one["n_hard"] for one in told}

    @pytest.mark.parametrize(
        ("url", "words", "n"),
        [
            ("/sex/", ["sex"], 1),
            ("/sexy/", ["sex"], 0),
            ("/sex_a/", ["sex"], 0),
            ("SEX-sex.Sex", ["sex"], 1),  # distinct
            ("ab-cd", ["ab", "ab-cd", "cd"], 1),  # the longest, and nothing of what it covers
            ("ab-cde", ["ab", "ab-cd", "cde"], 2),  # no boundary behind the longest: the next longest
            ("ab-cd-ef", ["ab-cd", "cd-ef"], 1),
            ("ab-cd-ef", ["b-cd", "cd-ef"], 1),
            ("c++", ["c++"], 0),  # no word boundary between + and the end
            ("c++x", ["c++"], 1),
            ("🖕", ["🖕"], 0),
            ("a🖕b 🖕", ["🖕"], 1),
            ("/中文/中", ["中文", "中"], 2),
            ("中文字", ["中文"], 0),
            ("e\u0301", ["e"], 1),  # a combining accent is no \w
            ("ÀB", ["àb"], 1),
            ("\u212aa", ["ka"], 1),  # KELVIN SIGN in lower case is k
            ("ſex", ["sex"], 0),  # LONG S is lower case already
            ("İ", ["i\u0307"], 0),
            ("İx", ["i\u0307x"], 1),
            ("a\0b", ["b"], 1),
            ("a\0b", ["a\0b"], 1),
            ("anything", [""], 0),
            ("anything", [], 0),
            ("", ["a"], 0),
        ],
    )
    def test_words(self, url, words, n):
        [told] = agree([url], [], [], words, words)
        assert told["n_hard"] == told["n_soft"] == n

    @pytest.mark.parametrize(
        ("url", "strict", "n"),
        [
            ("http://x.org/p-o.rn", ["porn"], 1),
            ("http://x.org/popornx", ["porn"], 1),
            ("http://a.b/", ["orgx", "ab"], 1),
            ("-.-", ["-", ".", "a-b"], 0),  # such entries match nothing
            ("aaa", ["a", "aa", "aaa", "aaaa"], 3),
            ("abcd", ["bc", "abcd", "cde", "bcd"], 3),
            ("É中🖕", ["é", "中🖕", "🖕中"], 2),
            ("abc", ["", "ABC"], 1),
        ],
    )
    def test_substrings(self, url, strict, n):
        assert agree([url], [], strict, [], [])[0]["n_strict"] == n

    @pytest.mark.parametrize(
        ("url", "domain", "as_netloc"),
        [
            ("http://bad.org", True, True),
            ("https://BAD.org?x", True, True),
            ("http://www.bad.org/", True, False),  # DCLM's trap: ".bad.org"
            ("http://wwwbad.org/", False, True),
            ("http://badwww.org/", False, True),
            ("http://bad.org:80/", True, False),
            ("http://bad.org./", True, False),
            ("http://me@bad.org/", True, False),
            ("http://bad.org#@good.org", True, True),
            ("http://bad.org\\@good.org", False, False),
            ("http://a.b.bad.org/", True, False),
            ("http://notbad.org/", False, False),
            ("http://bad.org.uk/", False, False),
            ("http://bad.org%2e/", False, False),
            ("http://ba\td.org/", True, True),  # urllib drops tabs and line ends
            (" http://bad.org", True, True),
            ("//bad.org/", True, True),
            ("bad.org/", False, False),
            ("http://[bad.org/", False, False),
            ("http://bad.org]/", False, False),
            ("http://bad.org／x", False, False),  # urllib refuses what NFKC makes a slash
            ("http://[2001:DB8::1]:80/", True, False),
            ("http://[2001:DB8::1]/", True, True),
            ("", False, False),
        ],
    )
    def test_domains(self, url, domain, as_netloc):
        listed = ["Bad.org", "", "2001:db8::1", "[2001:db8::1]"]
        [told] = agree([url], listed, [], [], [])
        assert (told["is_listed_domain"], told["is_listed_netloc"]) == (domain, as_netloc)


def netloc(url):
    try:
        return urlparse(url).netloc.replace("www", "")
    except ValueError:
        return ""


class TestBatches:
    def test_an_empty_batch_gives_empty_arrays_of_the_right_kinds(self):
        told = measure_urls([], make_lists(["a"], ["a"], ["a"], ["a"]))
        assert [(len(values), values.dtype) for values in told] == [(0, bool)] * 2 + [(0, np.int64)] * 3

    def test_lists_travel_to_other_processes(self):
        lists = pickle.loads(pickle.dumps(make_lists(["a.b"], ["a"], ["b"], ["http"])))
        assert [values.tolist() for values in measure_urls(["http://a.b"], lists)] == [[True], [True], [1], [1], [1]]

    @pytest.mark.parametrize("repeated", ["a", "-", ".", "a.", "aaaaaaaa-", "http://", "中", "İ", "🖕", "[", ":", "@"])
    def test_a_million_characters_take_no_quadratic_time(self, repeated):
        lists = make_lists(["a." * 30 + "a"], ["a" * 30], ["a-" * 9 + "b", "a" * 30], ["中" * 30 + "b"])
        measure_urls(["x"], lists)
        started = time.process_time()
        many = (repeated * 1_000_000)[:1_000_000]
        measure_urls([many, f"http://{many}"], lists)
        assert time.process_time() - started < 5


class TestDefaults:
    """The lists in conf/lists."""

    @pytest.fixture(scope="class")
    def lists(self):
        return [lines(LISTS / f"{name}.txt") for name in ("domains", "url_strict", "url_hard", "url_soft")]

    @pytest.mark.parametrize("name", ["domains", "url_strict", "url_hard", "url_soft", "tlds"])
    def test_entries_are_lower_case_ascii_without_blanks_and_each_there_once(self, name):
        entries = lines(LISTS / f"{name}.txt")
        assert len(set(entries)) == len(entries) >= 20
        assert [one for one in entries if not re.fullmatch("[a-z0-9.-]+", one)] == []

    def test_a_strict_entry_can_match(self, lists):
        assert [one for one in lists[1] if "-" in one or "." in one] == []

    @pytest.mark.parametrize(
        "path",
        [
            "essex-video-camera-chat", "second-hand-jobs", "when-taiwan-votes", "canals-explored", "linux-videos",
            "olives-export", "specialist", "milford", "popcorn-stars", "middlesex", "scunthorpe", "via-granada",
            "super-bowl-xxx", "moro-milf-peace", "sussex", "analysis", "breast-cancer", "poker", "sex-education",
        ],
    )  # fmt: skip
    def test_honest_pages_stay(self, lists, path):
        [told] = agree([f"https://www.example.org/{path}.html"], *lists)
        assert (told["is_listed_domain"], told["n_strict"], told["n_hard"], told["n_soft"] < 2) == (False, 0, 0, True)

    def test_others_do_not(self, lists):
        urls = ["http://m.pornhub.com/", "http://x.org/fre-e.porn", "http://x.org/porn", "http://x.org/nude/webcam"]
        told = agree(urls, *lists)
        assert told[0]["is_listed_domain"]
        assert (told[1]["n_strict"], told[2]["n_hard"], told[3]["n_soft"]) == (1, 1, 2)

    def test_the_top_level_domains_are_those_of_the_public_suffix_list(self):
        """All but a few: the package is renewed daily, and the list when somebody does it."""
        text = files("publicsuffixlist").joinpath("public_suffix_list.dat").read_text(encoding="utf-8")
        icann = text.split("===BEGIN ICANN DOMAINS===")[1].split("===END ICANN DOMAINS===")[0]
        rules = [line for line in icann.splitlines() if line and not line.startswith("//")]
        names = {rule.rsplit(".", 1)[-1].encode("idna").decode() for rule in rules}
        ours = lines(LISTS / "tlds.txt")
        assert ours == sorted(ours)
        assert len(names ^ set(ours)) < 30
        assert {"com", "uk", "ck", "xn--p1ai"} <= set(ours)


@pytest.mark.skipif(not DCLM.exists(), reason=f"DCLM's lists are not here: {DCLM}")
class TestDclmLists:
    def test_urls_made_of_listed_words_measure_as_re_says(self):
        lists = [lines(BANNED.with_name(BANNED.name.format(kind))) for kind in ("strict", "hard", "soft")]
        every = [word for words in lists for word in words]
        chance = random.Random(11)
        joins = ["-", ".", "/", "_", "", "?q=", "%20", " ", "中", "s"]

        def url():
            pieces = [chance.choice(every) + chance.choice(joins) for _ in range(chance.randint(1, 5))]
            return f"http://{chance.choice(['www.', ''])}{''.join(pieces)}"

        told = agree([url() for _ in range(2000)], ["badsite.com"], *lists)
        for name in ("n_strict", "n_hard", "n_soft"):
            assert {0, 1, 2} <= {one[name] for one in told}


VERDICTS = {
    "1:url_substring_filter": lambda m: not m["is_listed_netloc"],
    "2:url_substring_filter": lambda m: m["n_strict"] == 0,
    "3:url_substring_filter": lambda m: m["n_hard"] == 0,
    "4:url_substring_filter": lambda m: m["n_soft"] < 2,
}


@pytest.mark.skipif(
    not (GOLDEN.exists() and DCLM.exists()), reason=f"DCLM's decisions or lists are not here: {GOLDEN}, {DCLM}"
)
class TestAgainstDclm:
    @pytest.mark.parametrize("step", VERDICTS)
    def test_each_step_keeps_and_drops_what_dclm_keeps_and_drops(self, step):
        rows = [json.loads(line) for line in (GOLDEN / "golden.jsonl").read_bytes().split(b"\n") if line]
        stub = json.loads((GOLDEN / "META.json").read_text())["domain_banlist"].removeprefix("STUB: ").split(", ")
        words = [lines(BANNED.with_name(BANNED.name.format(kind))) for kind in ("strict", "hard", "soft")]
        told = agree([row["url"] for row in rows], stub, *words)
        differ = [
            row["id"] for row, m in zip(rows, told, strict=True) if row["solo"][step]["keep"] != VERDICTS[step](m)
        ]
        assert differ == []
