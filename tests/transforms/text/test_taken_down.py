"""What is taken down is found again by its hashes, in whatever way it is written, and nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.text.taken_down import TakenDown, keyed, normal_host, normal_url
from transforms.text.taken_things import Thing, disallowed, listed, thing_of

KEY = b"k" * 32
DOC = "0123456789abcdef" * 2


def taken(**named):
    """What tells pages that are named: kind → things as people write them."""
    things = [thing_of(kind, one) for kind, told in named.items() for one in told]
    lengths = sorted({len(thing.value) for thing in things if thing.kind == "prefix"})
    hashes = frozenset(keyed(KEY, *thing) for thing in things)
    return TakenDown(KEY, hashes, frozenset(thing.kind for thing in things), tuple(lengths))


@pytest.mark.parametrize(
    ("kind", "named", "gone", "stays"),
    [
        (
            "url",
            "https://Site.Example/a?b=1#top",
            ["http://site.example/a?b=1", "https://u@SITE.example:443/a?b=1#c", "http://site.example./a?b=1"],
            ["https://site.example/a", "https://site.example/A?b=1", "https://www.site.example/a?b=1"],
        ),
        ("url", "http://site.example", ["https://site.example/"], ["https://site.example/a"]),
        ("url", "http://site.example:8080/a", ["http://site.example:8080/a"], ["http://site.example/a"]),
        (
            "prefix",
            "https://site.example/private/*",
            ["https://site.example/private/", "http://site.example/private/x/y?z"],
            ["https://site.example/private", "https://site.example/public/"],
        ),
        (
            "prefix",
            "https://site.example/u",
            ["https://site.example/users"],
            ["https://site.example/", "https://u.example/u"],
        ),
        (
            "host",
            "WWW.site.example.",
            ["https://www.site.example/a", "http://www.site.example:81/"],
            ["https://site.example/", "https://a.www.site.example/"],
        ),
        (
            "domain",
            "site.example",
            ["https://site.example/", "https://a.b.site.example/x"],
            ["https://mysite.example/", "https://site.example.org/", "https://example/"],
        ),
        (
            "domain",
            "bücher.example",
            ["https://shop.xn--bcher-kva.example/", "https://BÜCHER.example/"],
            ["https://b.example/"],
        ),
        ("domain", "192.0.2.7", ["http://192.0.2.7/a"], ["http://192.0.2.70/a"]),
    ],
)
def test_a_page_is_known_by_what_names_it(kind, named, gone, stays):
    told = taken(**{kind: [named]})
    assert [url for url in gone if not told.has_page(url)] == []
    assert [url for url in stays if told.has_page(url)] == []


def test_one_document_is_known_by_its_id():
    told = taken(doc_id=[DOC.upper()])
    assert told.has_page("https://any.example/", DOC)
    assert not told.has_page("https://any.example/", DOC[::-1])
    assert not told.has_page("https://any.example/")


def test_hashes_say_nothing_without_the_key_and_differ_by_key_and_kind():
    hashes = {keyed(key, kind, "site.example") for key in (KEY, b"l" * 32) for kind in ("host", "domain")}
    assert len(hashes) == 4
    assert all(len(one) == 32 for one in hashes)


def test_names_in_bytes_are_seen():
    told = taken(domain=["site.example"], url=["https://other.example/secret"])
    assert told.is_told_in(b"HTTP/1.1 301\r\nLocation: //a.site.example/x")
    assert told.is_told_in(b"see http://other.example/secret\r\n")
    assert told.is_told_in(b"Location: http://a.sit", is_cut=True)
    assert told.is_told_in(b"Location: http://", is_cut=True)
    assert not told.is_told_in(b"Location: http://a.sit ", is_cut=True)
    assert not told.is_told_in(b"see http://other.example/open and site.exampleX or \xff\xfe..")


@given(st.text(), st.binary())
def test_no_address_and_no_bytes_are_an_error(url, data):
    told = taken(url=["https://a.example/"], prefix=["https://a.example/b"], domain=["b.example"])
    assert told.has_page(url) in (True, False)
    assert told.is_told_in(data) in (True, False)
    assert normal_url(url) == normal_url(url)
    assert normal_host(normal_host(url)) == normal_host(url)


@pytest.mark.parametrize(
    ("kind", "given_", "why"),
    [
        ("url", "site.example/a", "begins with http"),
        ("url", "ftp://site.example/", "begins with http"),
        ("prefix", "https://a.example/*/c", r"\* at its end only"),
        ("host", "https://a.example", "without scheme or path"),
        ("host", "", "without scheme or path"),
        ("domain", "co.uk", "somebody owns"),
        ("domain", "com", "somebody owns"),
        ("doc_id", "12", "32 hex digits"),
    ],
)
def test_what_is_no_such_thing_is_refused(kind, given_, why):
    with pytest.raises(ValueError, match=why):
        thing_of(kind, given_)


def test_an_opt_out_list_holds_domains_addresses_starts_and_ids():
    text = f"# who\n\nsite.example\n*.wild.example\nsite.example/a/*\nhttps://one.example/x?y#z\n{DOC}\n"
    assert list(listed(text)) == [
        (3, Thing("domain", "site.example")),
        (4, Thing("domain", "wild.example")),
        (5, Thing("prefix", "site.example/a/")),
        (6, Thing("url", "one.example/x?y")),
        (7, Thing("doc_id", DOC)),
    ]
    with pytest.raises(ValueError, match="line 2: given 'not a host'"):
        list(listed("site.example\nnot a host\n"))


ROBOTS = """
User-agent: *          # everybody
Disallow: /
User-agent: GPTBot
User-agent: ccbot
Crawl-delay: 2
Disallow: /private/
Disallow: /drafts*
Disallow:
Allow: /private/open

User-agent: CCBot
Disallow: /more
"""


def test_a_robots_txt_names_what_it_disallows_to_one_crawler():
    site = "https://site.example"
    named = [one.value for one in disallowed(ROBOTS, site, "CCBot")]
    assert named == ["site.example/private/", "site.example/drafts", "site.example/more"]
    assert [one.value for one in disallowed(ROBOTS, site, "Other")] == ["site.example/"]
    assert list(disallowed("User-agent: CCBot\nDisallow:\n", site, "CCBot")) == []
    assert list(disallowed("", site, "CCBot")) == []
    with pytest.raises(ValueError, match=r"Disallow: /\*\.pdf\$: has \* or \$ inside"):
        list(disallowed("User-agent: *\nDisallow: /*.pdf$\n", site, "CCBot"))
