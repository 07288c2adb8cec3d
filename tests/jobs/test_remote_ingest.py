"""Ingest from S3 through faults: the same documents as from disk, and nothing lost when a prefix is out of reach."""

import shutil
from pathlib import Path

import fsspec
import pytest

from jobs import ingest
from jobs.common import files
from schemas.errors import SourceUnavailableError
from schemas.tables import DOCUMENTS, REJECTS
from tests.faults.buckets import BUCKET, KEY, SECRET, bucket_of, s3_options
from tests.faults.proxy import Plan, proxied
from transforms.crawl_file import CrawlFile
from transforms.extract import page_reader
from transforms.reading import Batches, Ledger, read_rows
from transforms.records import read_records

pytestmark = pytest.mark.spark
pytest.importorskip("s3fs")
# What names the file; everything else is the page's own.
OF_THE_FILE = {"crawl", "unit", "attempt", "source_file", "content_id"}


@pytest.fixture(scope="module")
def crawl(sample, tmp_path_factory):
    """Five files under two prefixes."""
    folder = tmp_path_factory.mktemp("crawl")
    for at, path in enumerate(sorted((sample / "warc").iterdir())[18:23]):
        below = folder / ("open" if at < 4 else "closed")
        below.mkdir(exist_ok=True)
        shutil.copy(path, below)
    return folder


def comparable(rows):
    """Give rows without what names the file, as texts in a fixed order; times as seconds, which no zone changes."""
    plain = [{k: v.timestamp() if hasattr(v, "timestamp") else v for k, v in row.items()} for row in rows]
    return sorted(repr(sorted((k, v) for k, v in row.items() if k not in OF_THE_FILE)) for row in plain)


def from_disk(context, folder):
    """Read files as a worker does, but from disk and without Spark; gives documents, rejects and ledgers."""
    place = {"crawl": "x", "unit": 0, "attempt": 1}
    read_page, limit = page_reader(context.recipe.extract.model_dump()), context.recipe.ingest.max_record_bytes
    found, ledgers = {"document": [], "reject": []}, []
    for path in sorted(folder.iterdir()):
        batches, ledger = Batches(), Ledger()
        with files.open_binary(str(path)) as stream:
            read = [
                *read_rows(
                    read_records(stream, limit), CrawlFile(place, str(path), "", read_page, limit), ledger, batches
                )
            ]
        rows = [row for batch in [*read, *batches.flush()] for row in batch.to_pylist()]
        for kind, held in found.items():
            held.extend(row[kind] for row in rows if row[kind])
        ledgers.append((path.name, ledger.read_bytes, ledger.skipped_bytes, ledger.n_documents, ledger.n_gaps))
    return comparable(found["document"]), comparable(found["reject"]), ledgers


def test_ingest_from_s3_through_faults_gives_what_the_disk_gives(open_at, crawl, monkeypatch, capfd):
    plan = Plan(rate=0.3, stall=0.6, seed=2, always={f"/{BUCKET}/closed/": "expired"})
    with bucket_of(crawl) as server, proxied(server, plan) as address:
        # The shared session's workers may have started long ago: only what goes with the task reaches them.
        # One request a try: botocore's own pauses are long.
        once = {"config_kwargs": {"retries": {"mode": "standard", "total_max_attempts": 1}}}
        monkeypatch.setattr(fsspec.config, "conf", {"s3": s3_options(address) | once})
        monkeypatch.setenv("SLUICE_READ_STALL", "0.3")
        monkeypatch.setenv("SLUICE_READ_PAUSE", "0.01")
        context = open_at([f"s3://{BUCKET}/open", f"s3://{BUCKET}/closed"])
        with pytest.raises(SourceUnavailableError, match=r"1 inputs could not be reached: .*access refused") as error:
            ingest.run(context)
    assert error.value.exit_code == 75
    assert plan.given.total() - plan.given[None] - plan.given["expired"] > 5, "there were faults"
    ledgers = [row.asDict() for row in context.crawl_files().collect()]
    documents = [row.asDict() for row in context.warehouse.live(DOCUMENTS).collect()]
    rejects = [row.asDict() for row in context.warehouse.live(REJECTS).collect()]
    wanted_documents, wanted_rejects, wanted_ledgers = from_disk(context, crawl / "open")
    assert len(wanted_documents) > 20
    assert comparable(documents) == wanted_documents
    assert comparable(rejects) == wanted_rejects
    numbers = ("read_bytes", "skipped_bytes", "n_documents", "n_gaps")
    there = sorted((row["uri"].rpartition("/")[2], *(row[name] for name in numbers)) for row in ledgers)
    assert there == wanted_ledgers, "all files within reach are committed"
    told = "".join(capfd.readouterr()) + str(error.value) + repr(ledgers)
    told += "".join(path.read_text() for path in (Path(context.warehouse.root) / "tables").rglob("*.json"))
    assert KEY not in told
    assert SECRET not in told
