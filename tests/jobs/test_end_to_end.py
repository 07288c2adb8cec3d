"""The sample crawl through all jobs, held against what its generator knows of each page."""

import json
from collections import Counter

import pytest
from pyspark.sql import functions as F

from jobs.common.snapshots import decided, published_id, row_of
from schemas.registry import FUNNEL, GATE_RESULTS
from schemas.tables import CRAWL_FILES, CURATED, DOCUMENTS, DUPLICATES, REJECTS
from tests.sample.make import load_truth
from transforms.digests import digest
from transforms.pages import doc_id_of
from transforms.records import Record

pytestmark = [pytest.mark.spark, pytest.mark.matrix]

# Of every decided document of the sample crawl; the same on every Spark, classic or Connect. A change
# of the sample, the recipe or a measure may move it: then say in the commit why.
SAMPLE_DIGEST = "492:f2500b71c6996d9455d6b2025518535d"


@pytest.fixture(scope="module")
def truth(sample):
    return load_truth(sample)


@pytest.fixture(scope="module")
def snapshot(published):
    return row_of(published.warehouse, published_id(published.warehouse, "tiny"))


def doc_id(page):
    return doc_id_of(Record(0, 0, "response", {"warc-record-id": page.record_id}), "")


def test_the_digest_is_the_same_on_every_spark(snapshot):
    assert snapshot["digest"] == SAMPLE_DIGEST


def test_every_page_became_what_the_sample_says(published, truth):
    found = {row["url"] for row in published.warehouse.live(DOCUMENTS).select("url").collect()}
    assert found == {page.url for page in truth if page.outcome == "document"}


def test_every_reject_has_its_reason(published, truth):
    rejects = published.warehouse.live(REJECTS).where("kind = 'record'").select("url", "reason").collect()
    expected = {(page.url, page.reject_reason) for page in truth if page.outcome == "reject"}
    assert {(row["url"], row["reason"]) for row in rejects} == expected
    assert len(rejects) == len(expected)


def test_damage_costs_only_its_own_bytes(published, truth):
    gaps = published.warehouse.live(REJECTS).where("kind = 'gap'").collect()
    expected = Counter((page.file.split("/")[-1], page.reject_reason) for page in truth if page.outcome == "gap")
    assert Counter((row["source_file"].split("/")[-1], row["reason"]) for row in gaps) == expected
    damaged = published.warehouse.read(CRAWL_FILES).where("status = 'damaged'").collect()
    assert sum(row["skipped_bytes"] for row in damaged) == sum(row["record_length"] for row in gaps)
    assert all(row["n_documents"] >= 4 for row in damaged), "the neighbours survive"


def test_every_document_is_kept_or_says_why(published, snapshot, truth):
    rows = decided(published.warehouse, snapshot["snapshot_id"]).select("url", "reasons").collect()
    first = {row["url"]: (row["reasons"] or [None])[0] for row in rows}
    assert first == {page.url: page.first_reason for page in truth if page.outcome == "document"}


def test_languages_and_charsets_are_recognised(published, snapshot, truth):
    documents = published.warehouse.live(DOCUMENTS).select("url", "charset", "charset_source", "n_replaced").collect()
    assert {row["charset_source"] for row in documents} >= {"http", "meta", "format"}
    assert [row["url"] for row in documents if row["n_replaced"]] == []
    charsets = {page.url: page.charset for page in truth if page.outcome == "document" and page.charset}
    assert {row["url"]: row["charset"] for row in documents if row["url"] in charsets} == charsets
    kept = decided(published.warehouse, snapshot["snapshot_id"]).where("is_kept").select("url", "language").collect()
    languages = {page.url: page.language for page in truth}
    assert [row["url"] for row in kept if row["language"] != languages[row["url"]]] == []


def test_duplicates_point_to_their_original(published, truth):
    rows = published.warehouse.read(DUPLICATES).select("doc_id", "survivor_id").collect()
    original = {
        page.group: doc_id(page)
        for page in truth
        if (page.group or "").startswith("exact-") and page.first_reason is None
    }
    copies = [page for page in truth if page.first_reason == "dedup:exact"]
    assert {row["doc_id"]: row["survivor_id"] for row in rows} == {doc_id(p): original[p.group] for p in copies}


def test_the_ledger_balances_to_the_byte(published, sample):
    files = published.warehouse.read(CRAWL_FILES).collect()
    sizes = {str(path): path.stat().st_size for path in sample.rglob("*.gz") if path.name != "warc.paths.gz"}
    assert {row["uri"]: row["read_bytes"] + row["skipped_bytes"] for row in files} == sizes
    for row in files:
        assert row["n_records"] == row["n_documents"] + row["n_rejected_records"] + row["n_skipped_records"]
    assert published.warehouse.live(DOCUMENTS).count() == sum(row["n_documents"] for row in files)


def test_every_gate_holds_and_the_pointer_moved(published, snapshot):
    gates = published.warehouse.read(GATE_RESULTS).where(F.col("snapshot_id") == snapshot["snapshot_id"]).collect()
    assert [row["gate"] for row in gates if not row["is_held"]] == []
    assert (snapshot["status"], snapshot["is_published"]) == ("published", True)


def test_the_funnel_runs_from_all_documents_to_the_kept_ones(published, snapshot):
    rows = published.warehouse.read(FUNNEL).orderBy("position").collect()
    assert rows[0]["n_entered"] == snapshot["n_documents"]
    assert rows[-1]["n_left"] == snapshot["n_kept"]
    assert all(row["n_entered"] - row["n_dropped"] == row["n_left"] for row in rows)


def test_the_curated_texts_are_the_kept_documents(published, snapshot):
    path = published.warehouse.snapshot_path(snapshot["snapshot_id"])
    curated = published.warehouse.read(CURATED, f"{path}/curated").withColumn("text_sha256", F.sha2("text", 256))
    kept = decided(published.warehouse, snapshot["snapshot_id"]).where("is_kept")
    told = ["doc_id", "url", "language", "text_sha256"]
    assert digest(curated.select(*told)) == digest(kept.select(*told))
    manifest = json.loads(open(f"{path}/MANIFEST.json").read())
    assert (manifest["digest"], manifest["status"]) == (snapshot["digest"], "published")
    assert manifest["files"]
