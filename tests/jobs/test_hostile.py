"""Every hostile page ends in time and in memory, as a document or as a reject, and harms no other page."""

import resource
import sys
import time
from pathlib import Path

import pytest

from jobs.common import sandbox
from jobs.common.child import Limits
from jobs.common.sandbox import guarded
from schemas.recipe import Extract, Ingest
from tests.transforms.hostile import CONSTRUCTIONS, SIZES, TRUTH, http
from transforms.crawl_file import CrawlFile
from transforms.extract import page_reader
from transforms.record_rows import rows_of
from transforms.records import Record

OPTIONS = Extract().model_dump()
DEFAULTS = Ingest()
REASONS = {
    "page_too_slow",
    "page_too_large_in_memory",
    "parser_crashed",
    "body_too_large",
    "record_too_large",
    "http_head_too_large",
    "extraction_failed",
    "no_text",
    "empty_body",
}
START_SECONDS = 2.5  # starting a child on a busy machine, twice where one could not read the page
NORMAL = http(b"<html><body><main><p>A normal page, before and after.</p></main></body></html>")

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs resource limits")


def crawl_file(max_seconds):
    limits = Limits(max_seconds, DEFAULTS.max_page_memory_bytes)
    place = {"crawl": "c", "unit": 0, "attempt": 1}
    return CrawlFile(place, "a.warc.gz", "sha256:aa", guarded(page_reader, OPTIONS, limits), DEFAULTS.max_record_bytes)


def read(block, file):
    headers = {"warc-target-uri": "http://a.example/", "content-type": "application/http; msgtype=response"}
    headers["content-length"] = str(len(block))
    [(_, [(kind, row)])] = rows_of([Record(0, len(block), "response", headers, block)], file)
    return (row, None) if kind == "document" else (None, row)


def peak_bytes():
    """The most memory that this process held since the last call; all of its life where that cannot be told."""
    status, references = Path("/proc/self/status"), Path("/proc/self/clear_refs")
    if not references.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    references.write_text("5")
    return int(line.split()[1]) << 10


def check(name, size, file):
    """Read one construction between two normal pages; gives what became of it, and its seconds."""
    block = CONSTRUCTIONS[name](size)
    before, _ = read(NORMAL, file)
    peak_bytes()
    held = peak_bytes()
    started = time.monotonic()
    row, reject = read(block, file)
    seconds = time.monotonic() - started
    grown = peak_bytes() - held
    after, _ = read(NORMAL, file)
    assert before["text"].strip() == "A normal page, before and after."
    assert after == before
    assert grown < DEFAULTS.max_page_memory_bytes
    assert (row is None) != (reject is None)
    if reject is not None:
        assert reject["reason"] in REASONS, reject
    return (reject["reason"] if reject else "document"), seconds


def sweep(sizes, max_seconds):
    file = crawl_file(max_seconds)
    read(http(TRUTH + b"<div>" * 4000), file)  # kernels are compiled and a child has started
    told = []
    try:
        for size in sizes:
            for name in CONSTRUCTIONS:
                fate, seconds = check(name, size, file)
                told.append((seconds, fate, name, size))
    finally:
        sandbox._CHILDREN.stop()
    for seconds, fate, name, size in sorted(told, reverse=True)[:10]:
        print(f"{seconds:6.2f} s  {fate:26s} {name}, {size >> 10} KB")
    for seconds, fate, name, size in told:
        if fate not in ("document", "no_text"):
            print(f"refused: {fate:26s} {name}, {size >> 10} KB, {seconds:.2f} s")
    slow = [one for one in told if one[0] > max_seconds + START_SECONDS]
    assert slow == []
    return told


def test_there_are_enough_of_them():
    assert len(CONSTRUCTIONS) >= 40


@pytest.mark.parametrize("name", CONSTRUCTIONS)
def test_a_construction_has_about_the_size_that_was_asked_for(name):
    # A body that is packed, or in another charset, is as large as its construction makes it.
    sizes = [len(CONSTRUCTIONS[name](size)) for size in (10 << 10, 100 << 10)]
    assert sizes[1] < 300 << 10
    if "bomb" not in name and name not in ("nested gzip", "chunk of huge length"):
        assert sizes[0] > 5 << 10
        assert sizes[1] > 50 << 10


def test_small_hostile_pages_end_in_time_and_harm_no_other():
    told = sweep(SIZES[1:2], max_seconds=1.5)
    assert "document" in {fate for _, fate, _, _ in told}


@pytest.mark.slow
def test_all_hostile_pages_end_in_time_and_harm_no_other():
    told = sweep(SIZES, max_seconds=DEFAULTS.max_page_seconds)
    assert {fate for _, fate, _, _ in told} >= {"document", "page_too_slow", "page_too_large_in_memory"}
