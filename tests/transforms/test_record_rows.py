"""Pages in groups: what each record gives does not depend on the others, and little is held at once."""

import gzip
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.test_pages import FILE, HEAD, PAGE, alone, response
from transforms.extract import PageRefused
from transforms.record_rows import rows_of
from transforms.records import Gap, Record

HARMFUL = b"harmful"
REFUSED = b"refused"


def read_page(body, declared):
    """Read a page as a recipe's reader does, but fail on some."""
    if HARMFUL in body:
        raise RecursionError("too deep")
    if REFUSED in body:
        raise PageRefused("page_too_slow", "10 s")
    return FILE.read_page(body, declared)


CAREFUL = replace(FILE, read_page=read_page)
KINDS = {
    "document": response,
    "no url": lambda: response(warc_target_uri=None),
    "too large": lambda: replace(response(), is_too_large=True),
    "not html": lambda: response(HEAD.replace(b"text/html", b"image/png") + b"\x89PNG"),
    "no text": lambda: response(HEAD + b"<html></html>"),
    "harmful": lambda: response(HEAD + HARMFUL),
    "refused": lambda: response(HEAD + REFUSED),
    "date that no table holds": lambda: response(warc_date="9999999-01-01T00:00:00Z"),
    "revisit": lambda: Record(7, 9, "revisit", {"warc-target-uri": "http://a.example/"}),
    "request": lambda: Record(7, 9, "request", {}),
    "bad wat": lambda: Record(7, 9, "metadata", {"content-type": "application/json"}, b"{"),
    "gap": lambda: Gap(7, 9, "bad_gzip"),
}


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(sorted(KINDS)), max_size=150))
def test_each_gives_once_what_it_gives_alone(names):
    found = [KINDS[name]() for name in names]
    given_rows = {id(one): rows for one, rows in rows_of(found, CAREFUL)}
    assert len(given_rows) == len(found)
    for one in found:
        assert given_rows[id(one)] == alone(one, CAREFUL)


def n_opened_before_the_first_is_read(body):
    """Count how many pages are taken out of an endless file before the first of them is read."""
    opened = 0

    def endless():
        nonlocal opened
        while True:
            opened += 1
            yield response(body)

    class FirstReadError(BaseException):
        pass

    def first(body, declared):
        raise FirstReadError

    with pytest.raises(FirstReadError):
        list(rows_of(endless(), replace(FILE, read_page=first, max_record_bytes=1 << 22)))
    return opened


PACKED = HEAD.replace(b"\r\n\r\n", b"\r\nContent-Encoding: gzip\r\n\r\n")


@pytest.mark.parametrize(
    ("body", "n"),
    [
        (PAGE, 64),
        (HEAD + b"<p>" + b"a" * 130_000, 9),
        (HEAD + b"<p>" + b"a" * 3_000_000, 1),
        (PACKED + gzip.compress(b"<p>" + b"a" * 3_000_000), 1),
    ],
)
def test_few_pages_are_held_and_what_counts_is_their_size_when_decoded(body, n):
    assert n_opened_before_the_first_is_read(body) == n


def test_what_is_not_a_page_waits_for_none():
    found = [response(), KINDS["request"](), KINDS["gap"](), response()]
    assert [one for one, _ in rows_of(iter(found), FILE)] == [found[1], found[2], found[0], found[3]]


def test_a_reader_that_cannot_have_a_process_is_no_fault_of_a_page():
    def fails(body, declared):
        raise ChildProcessError("no memory")

    with pytest.raises(ChildProcessError):
        list(rows_of([response()], replace(FILE, read_page=fails)))
