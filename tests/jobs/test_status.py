"""``sluice status``: what is done, damaged, out of reach and still to come, at every moment of an ingest."""

import json
import shutil

import pytest

from jobs import ingest, status
from jobs.common.context import Inputs, open_context
from jobs.common.inputs import planned
from schemas.errors import RecipeError, SourceUnavailableError
from schemas.inputs import INPUTS
from schemas.tables import CRAWL_FILES, DOCUMENTS
from tests.conftest import edited

pytestmark = pytest.mark.spark
LOST = "nowhere://bucket/lost.warc.gz"


@pytest.fixture
def crawl(sample, tmp_path):
    """Three files of the sample, one of them cut off."""
    folder = tmp_path / "crawl"
    folder.mkdir()
    for path in sorted((sample / "warc").iterdir())[:3]:
        shutil.copy(path, folder)
    first = min(folder.iterdir())
    first.write_bytes(first.read_bytes()[:-30])
    return folder


def counts(row):
    return tuple(row[f"n_{name}"] for name in ("done", "damaged", "failed", "pending"))


def test_an_empty_warehouse_is_an_error(open_at):
    with pytest.raises(RecipeError, match="nothing was ever ingested"):
        status.run(open_at().warehouse)


def test_it_follows_an_ingest_from_plan_to_end(open_at, crawl, tmp_path, capsys):
    recipe = edited(tmp_path, ("files_per_unit = 8 ", "files_per_unit = 2 "))
    context = open_at([crawl, LOST], recipe)
    planned(context, {})
    [row], [fault] = status.run(context.warehouse)
    assert counts(row) == (0, 0, 1, 3)
    assert row["bytes_per_s"] is None
    assert (fault["uri"], fault["state"]) == (LOST, "failed")

    with pytest.raises(SourceUnavailableError):
        ingest.run(context)
    [row], faults = status.run(context.warehouse)
    assert counts(row) == (2, 1, 1, 0)
    assert row["bytes_per_s"] > 0
    assert row["n_documents"] == sum(file["n_documents"] for file in context.crawl_files().collect())
    assert [fault["state"] for fault in faults] == ["damaged", "failed"]
    assert "truncated" in faults[0]["error"]

    version = context.warehouse.version(INPUTS)
    with pytest.raises(SourceUnavailableError):
        ingest.run(context)
    assert context.warehouse.version(INPUTS) == version, "nothing new: nothing written"

    status.show([row], faults)
    shown = capsys.readouterr().out
    assert LOST in shown
    status.command(context.warehouse.root, is_json=True)
    assert counts(json.loads(capsys.readouterr().out)["crawls"][0]) == (2, 1, 1, 0)


@pytest.mark.slow
def test_damaged_files_are_read_again_only_when_asked(open_at, crawl, tmp_path):
    recipe = edited(tmp_path, ("files_per_unit = 8 ", "files_per_unit = 1 "))
    context = open_at([crawl], recipe)
    ingest.run(context)
    ingest.run(context)
    assert {row["attempt"] for row in context.crawl_files().collect()} == {1}
    again = open_context(str(recipe), context.warehouse.root, None, Inputs([str(crawl)], None, retries_damaged=True))
    before = context.live(DOCUMENTS).count()
    ingest.run(again)
    attempts = {row["status"]: row["attempt"] for row in context.warehouse.read(CRAWL_FILES).collect()}
    assert attempts == {"ok": 1, "damaged": 2}
    assert context.live(DOCUMENTS).count() == before
