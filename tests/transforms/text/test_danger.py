"""What the two looks at a page count, and which pages they let pass."""

import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.text.danger import MAX_OPENERS, MAX_STARTS, MAX_WIDE_BYTES, _counts, is_harmless
from transforms.text.markup import survey

PIECES = [
    b"<",
    b">",
    b"</",
    b"/>",
    b"<p>",
    b"</p>",
    b"<b>",
    b"</b>",
    b"<div ",
    b"<!--",
    b"-->",
    b"<!",
    b"=",
    b'"',
    b"'",
]
PIECES += [b" ", b"\n", b"x", b"a=b", b"<svg>", b"<script>", b"</script>", b"<td>", b"</table>", b"\xff", b"\0", b"]]>"]
ANY = st.lists(st.sampled_from(PIECES), max_size=60).map(b"".join)
LARGE = b"<p>text</p>\n" * (MAX_OPENERS + 1)
"""An orderly page that only the second look lets pass."""


def look(text):
    return survey(np.frombuffer(text.encode() if isinstance(text, str) else text, np.uint8))


def attributes(page_of_one_tag):
    return math.isqrt(page_of_one_tag.n_attribute_pairs)


class TestFirstLook:
    @settings(deadline=None)  # the first example waits for the compiler
    @given(st.one_of(ANY, st.binary(max_size=700)))
    def test_it_counts_what_plain_expressions_count(self, data):
        starts = re.findall(rb"(?s)(?=[\x00-\x20/\"'][^\x00-\x20/><])", data)
        openers = re.findall(rb"(?s)<(?=[^/])", data)
        assert _counts(np.frombuffer(data, np.uint8)) == (len(openers), len(starts), b"\0" in data)

    @settings(deadline=None)
    @given(st.integers(0, 600), st.data())
    def test_a_nul_is_found_wherever_it_is(self, size, data):
        at = data.draw(st.integers(0, size))
        assert _counts(np.frombuffer(b"a" * at + b"\0" + b"a" * (size - at), np.uint8))[2]

    @settings(deadline=None)
    @given(st.integers(0, 600))
    def test_the_end_of_a_page_is_counted_as_its_middle(self, size):
        assert _counts(np.frombuffer(b"<" * size, np.uint8))[0] == max(0, size - 1)

    def test_it_bounds_the_attributes_of_any_tag(self):
        # In `</a` one more attribute is called `<`, always the same.
        for separator in (b" a", b"/a", b"=''a", b"\n=x y", b" <a", b" </a", b'=""a'):
            data = b"<p x" + separator * 500 + b">x"
            n_attributes = attributes(look(data)) - data.count(b"</")
            assert sum(_counts(np.frombuffer(data, np.uint8))[:2]) >= n_attributes >= 499

    def test_a_page_without_markup_is_harmless_at_any_size(self):
        assert is_harmless(b"")
        assert is_harmless(b"w" * 10_000_000)


class TestSecondLook:
    @pytest.mark.parametrize(
        ("page", "depth"),
        [
            ("<div><div></div></div><div></div>", 2),
            ("<ul><li>a<li>b<li>c</ul><ul></ul>", 2),
            ("<p>a<p>b<p>c", 1),
            ("<table><tr><td>a<td>b<tr><td>c</table>", 3),
            ("<dl><dt>a<dd>b<dt>c</dl>", 2),
            ("<select><option>a<option>b</select>", 2),
            ("<img><br><input><hr>" * 9, 0),
            ("<svg><path/><g><path/></g></svg>", 2),
            ("<DIV><Div></dIV></DIV><div></div>", 2),
            ("<div><span></div><div><span></div>", 2),
            ("<div>" * 50 + "</x>" * 50, 50),
            ("<div><table><td></div></table></td>" * 50, 52),
            ("<div/>" * 50, 50),
            ("<svg><p></svg>" + "<g/>" * 50, 52),
            ("<br1><brx>" * 20, 40),
        ],
    )
    def test_depth_follows_tags_that_nest_and_is_never_less(self, page, depth):
        assert look(page).max_depth >= depth
        if "x>" not in page:
            assert look(page).max_depth == depth

    def test_formats_that_something_else_closed_are_left(self):
        assert look("<p><b>x</b></p>" * 40).n_formats_left == 1
        assert look("<div><b>x</div>" * 40).n_formats_left == 40
        assert look("<p><font a=1>x</p>" * 40).n_formats_left == 40

    @pytest.mark.parametrize(
        ("tag", "n"),
        [
            ("<p>", 0),
            ("<p >", 0),
            ("<p a>", 1),
            ("<p a=1 b='2' c=\"3\" d>", 4),
            ("<p a = 1 b\n=\n'2'>", 2),
            ("<p a='>' b=\"<p c d>\">", 2),
            ("<p/a/b/>", 2),
            ("<p a=1/b>", 1),
            ("<p =a = b>", 1),
            ("<p a=''b=''>", 2),
            ("<p a=>", 1),
            ("<p <a <b>", 2),
        ],
    )
    def test_attributes_are_counted_as_a_tokeniser_does(self, tag, n):
        found = look(tag + "x")
        assert (attributes(found), found.n_tags) == (n, 1)

    @pytest.mark.parametrize(
        "page",
        [
            "<!-- <p> -->",
            "<!--><p>-->"[:5],
            "<!-- <p> --!>",
            "<!doctype html>",
            "<?php <p ?>",
            "<script>'<p>'</script><style><p></style>",
            "<textarea><p></textarea>",
            "<title><p></p></title>",
            "<script><p></scriptx><p></script>",
            "a < b <3 <",
        ],
    )
    def test_what_is_text_holds_no_tags(self, page):
        assert look(page).n_tags == 2 * (page.count("</script>") + page.count("</style>") + page.count("</t"))

    def test_a_comment_may_end_where_it_begins(self):
        assert look("<!--><p>").n_tags == look("<!---><p>").n_tags == look("<!-- --!><p>").n_tags == 1

    @pytest.mark.parametrize(
        "page",
        [
            "<svg><![CDATA[><!--]]>",
            "<plaintext>",
            "<svg><style><p>",
            "<math><title><p>",
            "<select><title><p>",
            "<script><!--<script></script>",
            "<div>" * 9000,
        ],
    )
    def test_what_a_parser_may_read_in_another_way_is_odd(self, page):
        assert look(page).is_odd

    def test_a_title_in_an_icon_is_not_odd(self):
        assert not look("<svg><title>Search</title><path d=M0/></svg>").is_odd

    @settings(max_examples=300, deadline=None)
    @given(ANY)
    def test_nothing_makes_it_fail_and_no_count_is_beyond_the_bytes(self, data):
        found = look(data)
        assert all(0 <= number <= len(data) for number in found._replace(n_attribute_pairs=0))
        assert found.n_attribute_pairs <= len(data) ** 2


class TestHarmless:
    def test_a_large_orderly_page_is(self):
        assert is_harmless(LARGE)

    @pytest.mark.parametrize(
        "body",
        [
            b"<div>" * 5000,
            b"<select>" + b"<option>x</option>" * 10_000,
            b"<p" + b"".join(b" a%d" % i for i in range(30_000)) + b">x",
            (b"<p" + b"".join(b" a%d" % i for i in range(4000)) + b">x") * 20,
            b"".join(b"<body a%d=1>" % i for i in range(20_000)),
            b"".join(b"<p><font a=%d>x</p>" % i for i in range(1500)),
            b"<p>x</p>" * 60_000,
            b"<!--" + b"<p>" * 3000 + b"-->" + LARGE,
        ],
        ids=[
            "deep",
            "options",
            "attributes",
            "attributes of several",
            "body attributes",
            "formats",
            "many tags",
            "hidden",
        ],
    )
    def test_each_kind_of_harm_is_seen(self, body):
        assert not is_harmless(body)

    @pytest.mark.parametrize("charset", ["utf-16-le", "utf-16-be", "utf-32-le"])
    def test_wide_characters_hide_nothing(self, charset):
        assert not is_harmless(("<div>" * 5000).encode(charset))
        assert not is_harmless(("<p" + " \u0120" * MAX_WIDE_BYTES + ">").encode(charset))
        assert is_harmless("<p>small</p>".encode(charset))

    def test_escape_sequences_hide_nothing(self):
        hidden = "<p>" + "㌃" * 10  # JIS X 0208 has characters whose bytes are `<!--`
        assert not is_harmless(hidden.encode("iso2022_jp", "ignore") + b"\x1b$B<!\x1b(B" + LARGE)

    def test_the_limits_of_the_first_look_leave_normal_pages_room(self):
        page = b"<p class=x>some text of a normal page</p>\n" * 2000
        openers, starts, _ = _counts(np.frombuffer(page, np.uint8))
        assert openers < MAX_OPENERS
        assert starts < MAX_STARTS
