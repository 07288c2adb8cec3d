"""Licences that pages link to: every spelling of a link, nothing else, and linear time."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.text.licences import MAX_IDS, MAX_LINKS, licence_hints, measure_licences

KINDS = ["by", "by-sa", "by-nc", "by-nd", "by-nc-sa", "by-nc-nd", "by-nd-nc", "nc", "nd", "sa", "nd-nc", "nc-sa"]
KINDS += ["sampling", "sampling+", "nc-sampling+"]
SLASHES = ["/", "\\/", "\\\\/", "\\\\\\/", "&#x2F;", "&#x2f;", "&#47;", "&sol;", "%2F", "%2f", "%252F", "\\u002F"]
SHAPE = re.compile(
    rf"cc-({'|'.join(map(re.escape, KINDS))})-([123]\.0|2\.[15])(-([a-z]{{2}}|scotland|igo))?|"
    rf"cc-({'|'.join(map(re.escape, KINDS))})-4\.0|cc0-1\.0|cc-pdm-1\.0|cc-publicdomain"
)

PARTS = ["//", "/", "www.", "creativecommons.org", "CreativeCommons.org", "/licenses/", "/publicdomain/", "by", "-nc"]
PARTS += [
    "sampling",
    "+",
    "zero",
    "mark",
    "publicdomain",
    "4.0",
    "3.0",
    "/1.0",
    "de",
    "deed.",
    "igo",
    " ",
    '"',
    ".",
    "1",
]
PARTS += ["//creativecommons.org/licenses/by", "/legalcode", *SLASHES]
PAGES = st.binary(max_size=200) | st.lists(st.sampled_from(PARTS), max_size=20).map("".join).map(str.encode)


def link(kind, version, jurisdiction="", slash="/", host="https://creativecommons.org"):
    path = [host, "licenses", kind, version, *([jurisdiction] if jurisdiction else [])]
    return "/".join(path).replace("/", slash).encode()


class TestHints:
    @pytest.mark.parametrize(
        ("page", "ids"),
        [
            (b"https://creativecommons.org/licenses/by/4.0/", ["cc-by-4.0"]),
            (b"http://www.creativecommons.org/licenses/by-nc-nd/2.5", ["cc-by-nc-nd-2.5"]),
            (b'href="//creativecommons.org/licenses/by-sa/3.0/de/deed.en"', ["cc-by-sa-3.0-de"]),
            (b"HTTPS://creativecommons.org/Licenses/BY-SA/3.0/DE", ["cc-by-sa-3.0-de"]),
            (b"https://creativecommons.org/licenses/by/3.0/deed.de", ["cc-by-3.0"]),
            (b"https://creativecommons.org/licenses/by/4.0/deed.de?x#y", ["cc-by-4.0"]),
            (b"https://creativecommons.org/licenses/by/4.0/legalcode.de", ["cc-by-4.0"]),
            (b"https://creativecommons.org/licenses/by/2.5/scotland/legalcode", ["cc-by-2.5-scotland"]),
            (b"https://creativecommons.org/licenses/by/3.0/igo/", ["cc-by-3.0-igo"]),
            (b"https://creativecommons.org/licenses/by/3.0/us", ["cc-by-3.0-us"]),
            (b"https://creativecommons.org/licenses/by/3.0/en/", ["cc-by-3.0"]),
            (b"https://creativecommons.org/licenses/by/4.0/de/", ["cc-by-4.0"]),
            (b"https://creativecommons.org/licenses/by-sa/3.0/de-x", ["cc-by-sa-3.0"]),
            (b"See https://creativecommons.org/licenses/by/4.0.", ["cc-by-4.0"]),
            (b"(https://creativecommons.org/licenses/by/3.0/at).", ["cc-by-3.0-at"]),
            (b"https://creativecommons.org/publicdomain/zero/1.0/", ["cc0-1.0"]),
            (b"https://creativecommons.org/publicdomain/mark/1.0/deed.fr", ["cc-pdm-1.0"]),
            (b"http://creativecommons.org/licenses/publicdomain/", ["cc-publicdomain"]),
            (b"http://creativecommons.org/licenses/sampling+/1.0/br/", ["cc-sampling+-1.0-br"]),
            (b"http://creativecommons.org/licenses/nc-sampling%2B/1.0/", ["cc-nc-sampling+-1.0"]),
            (b"http://creativecommons.org/licenses/sampling/1.0/", ["cc-sampling-1.0"]),
            (b"/share?u=https%3A%2F%2Fcreativecommons.org%2Flicenses%2Fby%2F3.0%2Fnl%2F&x", ["cc-by-3.0-nl"]),
            (b'{"license":"https:\\/\\/creativecommons.org\\/licenses\\/by\\/4.0\\/"}', ["cc-by-4.0"]),
            (b"\xff\xfe//creativecommons.org/licenses/by/4.0/\xff", ["cc-by-4.0"]),
        ],
    )
    def test_a_link_is_told_by_kind_version_and_jurisdiction(self, page, ids):
        assert licence_hints(page) == tuple(ids)

    @pytest.mark.parametrize(
        "page",
        [
            b"",
            b"creativecommons.org",
            b"https://creativecommons.org/",
            b"https://creativecommons.org/licenses/",
            b"https://creativecommons.org/licenses/by/",
            b"https://creativecommons.org/licenses/by/4",
            b"https://creativecommons.org/licenses/by/4.05/",
            b"https://creativecommons.org/licenses/by/4.0.1/",
            b"https://creativecommons.org/licenses/by/9.9/",
            b"https://creativecommons.org/licenses/foo/9.9/",
            b"https://creativecommons.org/licenses/byte/4.0/",
            b"https://creativecommons.org/licenses/by-sa-nc/4.0/",
            b"https://creativecommons.org/licenses/GPL/2.0/",
            b"https://creativecommons.org/publicdomain/zero/2.0/",
            b"https://creativecommons.org/publicdomain/by/1.0/",
            b"https://creativecommons.org/licenses/publicdomains",
            b"https://creativecommons.org/licenses/b\xc5\xbf/4.0/",
            b"https://notcreativecommons.org/licenses/by/4.0/",
            b"https://i.creativecommons.org/licenses/by/4.0/",
            b"https://example.org/creativecommons.org/licenses/by/4.0/",
            b"https://creativecommons.org.example/licenses/by/4.0/",
            b"https://creativecommonsXorg/licenses/by/4.0/",
            b"creativecommons.org/licenses/by/4.0/",
        ],
    )
    def test_anything_else_is_no_link_to_a_licence(self, page):
        assert licence_hints(page) == ()

    @pytest.mark.parametrize("slash", SLASHES)
    @pytest.mark.parametrize("kind", KINDS)
    def test_every_kind_is_known_however_slashes_are_written(self, kind, slash):
        assert licence_hints(link(kind, "2.0", "jp", slash)) == (f"cc-{kind}-2.0-jp",)

    def test_longest_escapes_in_front_of_the_first_link_are_seen(self):
        page = b"x &#x0000002f;&#x0000002f;www.creativecommons.org/licenses/by/4.0"
        assert licence_hints(page) == ("cc-by-4.0",)

    def test_they_are_sorted_and_each_is_told_once(self):
        page = b" ".join([link("by-sa", "3.0"), link("by", "4.0"), link("by-sa", "3.0", "de"), link("by", "4.0")])
        assert licence_hints(page) == ("cc-by-4.0", "cc-by-sa-3.0", "cc-by-sa-3.0-de")

    def test_of_a_list_of_licences_the_first_ones_are_told(self):
        pages = [link(kind, version) for version in ("4.0", "3.0") for kind in KINDS]
        found = licence_hints(b"\n".join(pages))
        assert len(found) == MAX_IDS
        assert found == tuple(sorted(licence_hints(page)[0] for page in pages[:MAX_IDS]))

    def test_links_are_looked_at_up_to_a_bound(self):
        pages = [link("by", "4.0")] * (MAX_LINKS - 1) + [link("by", "3.0"), link("by", "2.0")]
        assert licence_hints(b"\n".join(pages)) == ("cc-by-3.0", "cc-by-4.0")

    @settings(max_examples=400)
    @given(PAGES)
    def test_any_bytes_give_known_shapes_in_order(self, page):
        found = licence_hints(page)
        assert list(found) == sorted(set(found))
        assert all(SHAPE.fullmatch(one) for one in found)

    @given(st.sampled_from(KINDS), st.sampled_from(["1.0", "2.1", "3.0"]), st.sampled_from(["", "de"]), st.data())
    def test_a_link_is_found_in_any_surroundings(self, kind, version, jurisdiction, data):
        before, after = data.draw(st.binary(max_size=20)), data.draw(st.sampled_from([b"", b'"', b"/", b"/deed", b" "]))
        one = link(kind, version, jurisdiction, data.draw(st.sampled_from(SLASHES)))
        told = "-".join(["cc", kind, version, *([jurisdiction] if jurisdiction else [])])
        assert told in licence_hints(before + one + after)


class TestSpeed:
    @pytest.mark.parametrize(
        "piece",
        [
            b"//creativecommons.org/licenses/by/4.0 ",
            b"//creativecommons.org/licenses/by/3.0/d",
            b"//creativecommons.org/licenses/by-",
            b"creativecommons.org",
            b"creativecommons.or",
            b"&#x0000000",
            b"//",
            b"\\\\\\",
        ],
    )
    def test_ten_megabytes_of_anything_take_linear_time(self, piece):
        page = b"//creativecommons.org" + piece * (10_000_000 // len(piece))
        begun = time.process_time()
        licence_hints(page)
        assert time.process_time() - begun < 1  # 0.1 s where each is a licence, otherwise 0.02 s


def test_a_pages_kind_is_told_where_it_is_the_only_one():
    pages = [["cc-by-sa-3.0-de", "cc-by-sa-4.0"], ["cc0-1.0"], ["cc-by-4.0", "cc-by-nc-4.0"], [], ["cc-publicdomain"]]
    told = measure_licences([*pages, ["cc-sampling+-1.0"]])
    assert told.n_licences.tolist() == [2, 1, 2, 0, 1, 1]
    assert told.licence_kind == ["cc-by-sa", "cc0", None, None, "cc-publicdomain", "cc-sampling+"]
