"""Revisits and WAT files through ingest: their tables, the ledger, and which document a revisit stands for."""

import gzip
import json

import pytest

from jobs import ingest
from schemas.asides import IMAGES, REVISITS
from schemas.tables import DOCUMENTS

pytestmark = pytest.mark.spark

PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html><body><p>%b</p></body></html>"
URL = "http://site.example/"


def record(number, kind, url, body=b"", **fields):
    head = {
        "WARC-Type": kind,
        "WARC-Record-ID": f"<urn:uuid:{number}>",
        "WARC-Target-URI": url,
        "WARC-Date": "2024-05-06T07:08:09Z",
        **{f"WARC-{name.replace('_', '-')}": value for name, value in fields.items() if name != "media"},
        "Content-Type": fields.get("media", "application/http; msgtype=response"),
        "Content-Length": str(len(body)),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    return gzip.compress(f"WARC/1.1\r\n{lines}\r\n".encode() + body + b"\r\n\r\n", mtime=0)


def page(number, url, digest, text):
    return record(number, "response", url, PAGE % text, Payload_Digest=digest)


@pytest.fixture
def crawl(tmp_path):
    """Two WARCs in units of their own, one of them with a repeated id, and a WAT file."""
    folder = tmp_path / "crawl"
    folder.mkdir()
    (folder / "a.warc.gz").write_bytes(
        page(1, URL + "a", "sha1:A", b"First.")
        + page(2, URL + "b", "sha1:A", b"First.")
        + record(3, "revisit", URL + "b", Payload_Digest="sha1:A")
        + record(4, "revisit", URL + "x", Payload_Digest="sha1:Z", Refers_To="<urn:uuid:6>")
    )
    (folder / "b.warc.gz").write_bytes(
        page(6, URL + "c", "sha1:C", b"Third.")
        + page(1, URL + "again", "sha1:A", b"First.")
        + record(7, "revisit", URL + "gone", Payload_Digest="sha1:NONE")
    )
    links = [{"path": "IMG@/src", "url": "cat.jpg", "alt": "A <cat>"}, {"path": "IMG@/src", "url": "dog.jpg"}]
    told = {"Envelope": {"Payload-Metadata": {"HTTP-Response-Metadata": {"HTML-Metadata": {"Links": links}}}}}
    (folder / "c.warc.wat.gz").write_bytes(
        record(8, "metadata", URL + "a", json.dumps(told).encode(), media="application/json")
        + record(9, "metadata", URL + "b", b"{", media="application/json")
    )
    return folder


def test_each_has_its_table_the_ledger_balances_and_revisits_find_their_documents(open_at, crawl):
    context = open_at([crawl])
    ingest.run(context)
    ids = {row["url"]: row["doc_id"] for row in context.warehouse.read(DOCUMENTS).collect()}
    found = {row["url"]: row["original_id"] for row in context.live(REVISITS).collect()}
    assert found == {URL + "b": ids[URL + "b"], URL + "x": ids[URL + "c"], URL + "gone": None}
    images = context.live(IMAGES).orderBy("position").collect()
    assert [(row["image_url"], row["alt"]) for row in images] == [(URL + "cat.jpg", "A <cat>"), (URL + "dog.jpg", None)]
    files = {row["uri"].rpartition("/")[2]: row.asDict() for row in context.crawl_files().collect()}
    wat = files["c.warc.wat.gz"]
    assert (wat["n_records"], wat["n_rejected_records"], wat["n_skipped_records"], wat["n_images"]) == (2, 1, 1, 2)


@pytest.mark.slow
def test_a_file_that_changed_takes_its_revisits_along(open_at, crawl):
    context = open_at([crawl])
    ingest.run(context)
    (crawl / "b.warc.gz").write_bytes(page(6, URL + "c", "sha1:NONE", b"Third."))
    ingest.run(context)
    assert sorted(row["url"] for row in context.live(REVISITS).collect()) == [URL + "b", URL + "x"]
    assert context.live(IMAGES).count() == 2
