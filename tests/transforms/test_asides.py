"""Revisit and WAT records → rows; records that are neither page nor aside give none."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.asides import IMAGES, REVISITS
from tests.transforms.archives import DATE
from tests.transforms.test_pages import FILE, alone
from transforms.fields import id_of
from transforms.reading import Batches
from transforms.records import Record

URL = "http://www.site.example/a/page.html"


def wat(links=(), base=None, body=None, **headers):
    html = {"Links": list(links)} | ({"Head": {"Base": base}} if base else {})
    told = {"Envelope": {"Payload-Metadata": {"HTTP-Response-Metadata": {"HTML-Metadata": html}}}}
    fields = {"warc-target-uri": URL, "content-type": "application/json", **headers}
    return Record(7, 9, "metadata", fields, json.dumps(told).encode() if body is None else body)


def revisit(**headers):
    fields = {"warc-target-uri": URL, "warc-date": DATE, **{k.replace("_", "-"): v for k, v in headers.items()}}
    return Record(7, 9, "revisit", fields)


def images(record):
    return [row for kind, row in alone(record) if kind == "image"]


def reject(record):
    [(kind, row)] = alone(record)
    assert kind == "reject"
    return row


class TestRevisit:
    def test_it_says_what_it_refers_to(self):
        [(kind, row)] = alone(
            revisit(
                warc_payload_digest="sha1:AA",
                warc_profile="http://netpreserve.org/warc/1.0/revisit/identical-payload-digest",
                warc_refers_to="<urn:uuid:1>",
                warc_refers_to_target_uri="http://other.example/",
                warc_refers_to_date="2020-01-02T03:04:05Z",
            ),
        )
        assert kind == "revisit"
        assert sorted(row) == sorted(REVISITS.schema.names)
        assert (row["url"], row["digest"], row["refers_to_id"]) == (URL, "sha1:AA", id_of("<urn:uuid:1>"))
        assert row["refers_to_at"] == datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)
        assert (row["source_file"], row["record_offset"], row["original_id"]) == (FILE.uri, 7, None)

    def test_one_that_refers_to_nothing_is_recorded_as_such(self):
        [(kind, row)] = alone(revisit())
        assert (kind, row["digest"], row["refers_to_id"], row["refers_to_at"]) == ("revisit", None, None, None)


class TestWat:
    def test_it_lists_images_with_absolute_addresses_and_alternative_texts_in_page_order(self):
        links = [
            {"path": "IMG@/src", "url": "/cat.jpg", "alt": "A cat"},
            {"path": "A@/href", "url": "/other.html", "text": "x"},
            {"path": "IMG@/src", "url": "dog.jpg"},
            {"path": "IMG@/src"},
        ]
        rows = images(wat(links))
        assert sorted(rows[0]) == sorted(IMAGES.schema.names)
        assert [(r["position"], r["image_url"], r["alt"]) for r in rows] == [
            (0, "http://www.site.example/cat.jpg", "A cat"),
            (1, "http://www.site.example/a/dog.jpg", None),
        ]
        assert {(r["page_url"], r["host"]) for r in rows} == {(URL, "www.site.example")}

    def test_a_base_of_the_page_counts(self):
        [row] = images(wat([{"path": "IMG@/src", "url": "cat.jpg"}], base="http://cdn.example/x/"))
        assert row["image_url"] == "http://cdn.example/x/cat.jpg"

    @pytest.mark.parametrize("url", ["http://[bad/x.jpg", "data:image/gif;base64,AA"])
    def test_an_address_that_cannot_be_joined_stays_as_written(self, url):
        assert images(wat([{"path": "IMG@/src", "url": url}]))[0]["image_url"] == url

    @pytest.mark.parametrize(
        "path", [{"Envelope": {"Payload-Metadata": {}}}, {"Envelope": {"Payload-Metadata": {}}, "x": 1}]
    )
    def test_one_about_a_request_lists_none(self, path):
        assert alone(wat(body=json.dumps(path).encode())) == []

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"{",
            b"[]",
            b'{"Envelope": 1}',
            b"[" * 100_000,
            b'{"Envelope": {"Payload-Metadata": {"HTTP-Response-Metadata": 3}}}',
            b"\xff",
        ],
    )
    def test_one_that_is_not_what_wat_files_hold_is_a_reject(self, body):
        assert reject(wat(body=body))["reason"] == "bad_wat"

    def test_one_over_the_limit_is_a_reject(self):
        record = wat()
        record.is_too_large = True
        assert reject(record)["reason"] == "record_too_large"

    @settings(deadline=None)
    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(),
            lambda x: (
                st.lists(x) | st.dictionaries(st.sampled_from(["path", "url", "alt", "Links", "Head", "Base"]), x)
            ),
        )
    )
    def test_any_json_in_its_place_gives_rows_that_the_tables_can_hold(self, value):
        told = {"Envelope": {"Payload-Metadata": {"HTTP-Response-Metadata": {"HTML-Metadata": value}}}}
        batches = Batches()
        for kind, row in alone(wat(body=json.dumps(told).encode())):
            list(batches.add(kind, row))
        list(batches.flush())


@pytest.mark.parametrize(
    ("kind", "media"), [("metadata", "application/warc-fields"), ("request", None), ("warcinfo", None)]
)
def test_other_records_give_no_row(kind, media):
    assert alone(Record(0, 1, kind, {"content-type": media} if media else {}, b"{}")) == []
