"""One record → one document or one reject: every reason, every field, and never an exception."""

import gzip
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.extract import Extract
from schemas.tables import DOCUMENTS, REJECTS
from tests.transforms.archives import DATE, arc, page, records, warc
from transforms.crawl_file import CrawlFile
from transforms.extract import page_reader
from transforms.pages import doc_id_of
from transforms.reading import Batches
from transforms.record_rows import rows_of
from transforms.records import Gap, Record
from transforms.rejects import gap

LIMIT = 10_000
PLACE = {"crawl": "sample", "unit": 3, "attempt": 2}
FILE = CrawlFile(PLACE, "crawl/a.warc.gz", "sha256:aa", page_reader(Extract().model_dump()), LIMIT)
HEADERS = {
    "warc-target-uri": "http://www.site.example/a",
    "warc-record-id": "<urn:uuid:1>",
    "warc-date": DATE,
    "warc-payload-digest": "sha1:ABC",
    "content-type": "application/http; msgtype=response",
}
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"


PAGE = HEAD + page(1)


def response(body=PAGE, **headers):
    """A response record; a header that is None is left out."""
    told = {**HEADERS, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return Record(100, 50, "response", {k: v for k, v in told.items() if v is not None}, body)


def alone(record, file=FILE):
    """Give the rows of a record in a file that holds nothing else."""
    [(found, rows)] = rows_of([record], file)
    assert found is record
    return rows


def given_document(record):
    [(kind, row)] = alone(record)
    assert kind == "document", row
    return row


def given_reject(record):
    [(kind, row)] = alone(record)
    assert kind == "reject"
    return row


class TestDocument:
    def test_it_holds_what_the_record_and_the_response_say(self):
        row = given_document(response())
        assert row.pop("text").startswith("Page 1: word")
        assert row == {
            "doc_id": "fa41504949957d906377e941ff4be85f",
            "url": "http://www.site.example/a",
            "host": "www.site.example",
            "domain": "site.example",
            **PLACE,
            "source_file": "crawl/a.warc.gz",
            "content_id": "sha256:aa",
            "record_offset": 100,
            "record_length": 50,
            "fetched_at": datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC),
            "http_status": 200,
            "content_type": "text/html",
            "charset": "utf-8",
            "charset_source": "http",
            "charset_declared": "utf-8",
            "n_replaced": 0,
            "digest": "sha1:ABC",
            "html_bytes": len(page(1)),
            "licences": [],
            "extractor": "resiliparse 2.0.1",
        }

    def test_its_columns_are_those_of_the_table(self):
        assert list(given_document(response())) == DOCUMENTS.schema.fieldNames()

    def test_a_status_other_than_200_is_written_and_not_judged(self):
        assert given_document(response(HEAD.replace(b"200 OK", b"404 No") + page(1)))["http_status"] == 404

    def test_a_packed_body_is_measured_unpacked(self):
        head = HEAD.replace(b"\r\n\r\n", b"\r\nContent-Encoding: gzip\r\n\r\n")
        assert given_document(response(head + gzip.compress(page(1))))["html_bytes"] == len(page(1))

    def test_the_licences_that_it_links_to_are_told_sorted(self):
        html = (
            b'<html><a href="//creativecommons.org/licenses/by/4.0/">CC</a> //creativecommons.org/licenses/by-sa/3.0/at'
        )
        assert given_document(response(HEAD + html + page(1)))["licences"] == ["cc-by-4.0", "cc-by-sa-3.0-at"]

    def test_angle_brackets_around_an_address_are_taken_off(self):
        assert given_document(response(warc_target_uri="<http://a.example/>"))["url"] == "http://a.example/"

    def test_a_resource_record_is_the_page_itself(self):
        record = Record(0, 9, "resource", {**HEADERS, "content-type": "text/html; charset=koi8-r"})
        record.body = "<html><p>Съешь же ещё</p></html>".encode("koi8-r")
        row = given_document(record)
        assert (row["text"].strip(), row["charset"], row["http_status"]) == ("Съешь же ещё", "koi8-r", None)

    def test_a_conversion_record_is_text_already(self):
        data = warc("Grüße <b>\nzwei".encode(), is_gzip=True, kinds=("conversion",))
        row = given_document(records(data)[0])
        assert (row["text"], row["charset"], row["http_status"]) == ("Grüße <b>\nzwei", "utf-8", None)
        assert row["extractor"] == "wet-file"

    def test_invalid_bytes_and_nul_do_not_reach_a_converted_text(self):
        record = Record(0, 9, "conversion", {**HEADERS, "content-type": "text/plain"}, b"a\xffb\x00c")
        assert given_document(record)["text"] == "a\ufffdbc"

    def test_nul_and_surrogates_do_not_reach_the_address(self):
        assert given_document(response(warc_target_uri="http://a.example/\x00\ud800b"))["url"] == "http://a.example/b"


class TestIdentity:
    def test_it_is_the_hash_of_the_record_id(self):
        # sha256 of '<urn:uuid:1>', by sha256sum
        assert given_document(response())["doc_id"] == "fa41504949957d906377e941ff4be85f"

    def test_the_same_record_in_another_file_is_the_same_document(self):
        assert doc_id_of(response(), "one") == doc_id_of(response(), "two")

    def test_without_a_record_id_it_depends_on_file_content_and_offset(self):
        first, second = response(warc_record_id=None), response(warc_record_id=None)
        second.offset = 101
        ids = {doc_id_of(first, "one"), doc_id_of(first, "two"), doc_id_of(second, "one"), doc_id_of(second, "two")}
        assert len(ids) == 4

    def test_it_is_128_bits_in_hex(self):
        assert re.fullmatch("[0-9a-f]{32}", doc_id_of(response(warc_record_id=None), "one"))


class TestFetchedAt:
    @pytest.mark.parametrize(
        ("date", "expected"),
        [
            ("2024-05-06T07:08:09.123456Z", datetime(2024, 5, 6, 7, 8, 9, 123456, tzinfo=UTC)),
            ("2024-05-06T09:08:09+02:00", datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)),
            ("2024-05-06T07:08:09", datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)),
            ("20080203040506", datetime(2008, 2, 3, 4, 5, 6, tzinfo=UTC)),
            ("20080203040506123", datetime(2008, 2, 3, 4, 5, 6, tzinfo=UTC)),
            ("200802030405", datetime(2008, 2, 3, 4, 5, tzinfo=UTC)),
            ("2008020304050", None),
            ("2008", None),
            ("20089903040506", None),
            ("²0080203040506", None),
            ("0001-01-01T00:00:00+14:00", None),
            ("9999-12-31T23:59:59-14:00", None),
            ("yesterday", None),
            (None, None),
        ],
    )
    def test_warc_and_arc_dates_are_read_and_others_are_null(self, date, expected):
        assert given_document(response(warc_date=date))["fetched_at"] == expected

    def test_an_arc_record_becomes_a_document(self):
        row = given_document(records(arc(HEAD + page(1)))[1])
        assert (row["url"], row["http_status"]) == ("http://old.example/0", 200)
        assert row["fetched_at"] == datetime(2008, 2, 3, 4, 5, 6, tzinfo=UTC)


class TestReject:
    def test_a_record_over_the_limit_is_record_too_large(self):
        record = records(warc(page(1, "x", 20_000), is_gzip=True), limit=LIMIT)[0]
        told = given_reject(record)
        assert (told["reason"], told["detail"]) == ("record_too_large", f"{record.headers['content-length']} bytes")

    def test_a_bomb_is_body_too_large(self):
        head = HEAD.replace(b"\r\n\r\n", b"\r\nContent-Encoding: gzip\r\n\r\n")
        assert given_reject(response(head + gzip.compress(bytes(LIMIT + 1))))["reason"] == "body_too_large"

    @pytest.mark.parametrize("url", [None, "", "<>", "\x00"])
    def test_a_record_without_address_is_no_url(self, url):
        assert given_reject(response(warc_target_uri=url))["reason"] == "no_url"

    def test_a_response_without_body_is_empty_body(self):
        assert given_reject(response(HEAD))["reason"] == "empty_body"

    @pytest.mark.parametrize("html", [b"<html><body><script>a</script></body></html>", b" \n"])
    def test_a_page_that_shows_nothing_is_no_text(self, html):
        assert given_reject(response(HEAD + html))["reason"] == "no_text"

    def test_another_media_type_is_not_html_and_named(self):
        told = given_reject(response(HEAD.replace(b"text/html", b"image/png") + b"\x89PNG"))
        assert (told["reason"], told["detail"]) == ("not_html", "image/png")

    def test_a_response_record_of_another_protocol_is_not_html(self):
        assert given_reject(response(b"20240506\na 1 b", content_type="text/dns"))["reason"] == "not_html"

    def test_an_undeclared_body_that_is_no_html_is_not_html(self):
        assert given_reject(response(b"HTTP/1.1 200 OK\r\n\r\n%PDF-1.7"))["reason"] == "not_html"

    def test_a_surprise_in_the_parser_is_extraction_failed_and_told(self):
        def fails(body, declared):
            raise RuntimeError("boom " * 100)

        [(_, told)] = alone(response(), replace(FILE, read_page=fails))
        assert told["reason"] == "extraction_failed"
        assert told["detail"].startswith("RuntimeError: boom")
        assert len(told["detail"]) == 200

    def test_it_says_where_the_record_is_and_shows_its_first_bytes(self):
        told = given_reject(response(HEAD))
        assert list(told) == REJECTS.schema.fieldNames()
        assert (told["kind"], told["record_offset"], told["record_length"]) == ("record", 100, 50)
        assert told["url"] == "http://www.site.example/a"
        assert bytes.fromhex(told["first_bytes"]) == HEAD[:64]


class TestGap:
    @pytest.mark.parametrize(("in_file", "kind"), [(True, "gap"), (False, "record")])
    def test_it_is_a_gap_in_the_file_and_a_record_inside_an_intact_member(self, in_file, kind):
        row = gap(Gap(7, 9, "bad_gzip", b"\x1f\x8b" * 50, in_file), FILE)
        assert (row["kind"], row["reason"], row["record_offset"], row["record_length"]) == (kind, "bad_gzip", 7, 9)
        assert bytes.fromhex(row["first_bytes"]) == b"\x1f\x8b" * 32
        assert list(row) == REJECTS.schema.fieldNames()


HEADER_VALUES = st.text(max_size=30) | st.text(st.characters(categories=["Cc", "Lu"]), max_size=5)
BODIES = st.binary(max_size=200) | st.builds(
    lambda head, body: b"HTTP/1.1 200 OK\r\n" + head + b"\r\n\r\n<html>" + body,
    st.sampled_from([b"Content-Type: text/html", b"Transfer-Encoding: chunked", b"Content-Encoding: gzip", b"\xff"]),
    st.binary(max_size=100),
)


@settings(max_examples=300, deadline=None)
@given(
    kind=st.sampled_from(["response", "resource", "conversion"]),
    headers=st.dictionaries(st.sampled_from(sorted(HEADERS)), HEADER_VALUES),
    body=st.none() | BODIES,
)
def test_any_record_gives_one_row_that_its_table_can_hold(kind, headers, body):
    [(kind, row)] = alone(Record(0, 1, kind, headers, body))
    batches = Batches()
    assert list(batches.add(kind, row)) == []
    assert [batch.num_rows for batch in batches.flush()] == [1]
