"""Which files count as crawl files, and what their names have in common."""

import pytest

from jobs.common.sources import CRAWL_FILE, losing_twins, source_name


@pytest.mark.parametrize("packed", ["", ".gz", ".zst", ".lz4"])
@pytest.mark.parametrize("kind", ["warc", "arc", "wet", "wat"])
def test_every_kind_in_every_compression_is_a_crawl_file_and_named_by_its_source(kind, packed):
    assert CRAWL_FILE.search(f"x/CC-1.{kind}{packed}").group(1) == kind
    assert source_name(f"x/CC-1.{kind}{packed}") == "CC-1"


@pytest.mark.parametrize("name", ["a.zst", "a.warc.bz2", "a.warc.gz.part", "warc", "a.lz4"])
def test_other_files_are_none(name):
    assert not CRAWL_FILE.search(name)


def test_a_wet_file_and_its_warc_are_twins_whatever_their_compressions():
    assert losing_twins(["a/CC-1.warc.zst", "b/CC-1.warc.wet.gz"], "wet") == {"a/CC-1.warc.zst"}
