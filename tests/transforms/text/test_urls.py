"""URL → host and registered domain."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.text.urls import domain_of, host_of


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://example.org", "example.org"),
        ("https://user:pass@WWW.Example.ORG:8080/a?b#c", "www.example.org"),
        ("http://example.org./", "example.org"),
        ("http://[2001:DB8::1]:80/", "2001:db8::1"),
        ("//example.org/a", "example.org"),
        ("http://bücher.example/", "bücher.example"),
        ("http://xn--bcher-kva.example/", "xn--bcher-kva.example"),
        ("example.org/a", ""),
        ("mailto:a@example.org", ""),
        ("http://[::1/", ""),
        ("http:///path", ""),
        ("", ""),
    ],
)
def test_the_host_is_lower_case_and_bare(url, host):
    assert host_of(url) == host


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("www.example.org", "example.org"),
        ("example.org", "example.org"),
        ("a.b.c.co.uk", "c.co.uk"),
        ("someone.github.io", "someone.github.io"),
        ("co.uk", "co.uk"),
        ("localhost", "localhost"),
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::1"),
        ("www.example.xn--p1ai", "example.xn--p1ai"),
        ("a.unknowntld", "a.unknowntld"),
        ("", ""),
    ],
)
def test_the_domain_is_the_public_suffix_and_one_label(host, domain):
    assert domain_of(host) == domain


PIECES = st.sampled_from([*"aK-.:8/?#@[]%\t\n\\_é\x00 ", "www.x.org", "://", "http://", "HTTPS://"])


@given(st.sampled_from(["http://", "https://", ""]), st.lists(PIECES, max_size=8))
def test_the_short_way_gives_what_the_library_gives(scheme, pieces):
    url = scheme + "".join(pieces)
    try:
        host = (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        host = ""
    assert host_of(url) == host


@given(st.text(max_size=40))
def test_no_url_makes_them_raise(url):
    host = host_of(f"http://{url}")
    assert host.endswith(domain_of(host))
