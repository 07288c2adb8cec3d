"""An opened file → staged rows and its ledger: nothing is counted twice, nothing is left out."""

from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import pytest

from schemas.extract import Extract
from schemas.tables import CRAWL_FILES
from tests.transforms.archives import layouts, members, page, plain_record, warc
from transforms import reading
from transforms.crawl_file import CrawlFile
from transforms.extract import page_reader
from transforms.pieces import Piece
from transforms.reading import Batches, Ledger, read_rows, records_of
from transforms.units import PlannedFile

PLACE = {"crawl": "sample", "unit": 0, "attempt": 1}
READ_AT = datetime(2024, 5, 6, tzinfo=UTC)
HTTP = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"

CLEAN = layouts(page(0), b"", page(2))
INNER_GAP = members(
    plain_record(0, HTTP + page(0)) + plain_record(1, HTTP + page(1), "-1") + plain_record(2, HTTP + page(2))
)[0]
MIXED = b"".join(
    [
        warc(b"about", b"GET /", page(2), b"", is_gzip=True, kinds=("warcinfo", "request", "response", "response")),
        b"damage",
        warc(page(4), page(5), b"x", is_gzip=True, kinds=("response", "response", "metadata")),
        INNER_GAP,
        members(plain_record(9, b"?", kind=""))[0],
        warc(page(9), is_gzip=True)[:-9],
    ]
)


def read(data, limit=1 << 20, spans=None):
    """Read a file; gives its ledger row, and its staged rows as (kind, row)."""
    file = CrawlFile(PLACE, "a.warc.gz", "sha256:aa", page_reader(Extract().model_dump()), limit)
    piece = Piece(PlannedFile("a.warc.gz", len(data), "1", "sha256:aa"))
    ledger, batches = Ledger(), Batches()
    found = [*read_rows(records_of(BytesIO(data), piece, spans, limit), file, ledger, batches), *batches.flush()]
    rows = [next((k, v) for k, v in row.items() if v) for batch in found for row in batch.to_pylist()]
    return ledger.row(piece, spans, PLACE, None), rows


class TestLedger:
    @pytest.mark.parametrize("data", [*CLEAN.values(), MIXED, INNER_GAP, b"", b"<html>"])
    def test_records_are_documents_rejects_and_skipped(self, data):
        row, _ = read(data)
        assert row["n_records"] == row["n_documents"] + row["n_rejected_records"] + row["n_skipped_records"]

    @pytest.mark.parametrize("data", [*CLEAN.values(), MIXED, INNER_GAP, b"", b"<html>"])
    def test_bytes_read_and_skipped_are_the_size(self, data):
        row, _ = read(data)
        assert row["read_bytes"] + row["skipped_bytes"] == row["size_bytes"] == len(data)

    def test_a_mixed_file_is_counted_by_hand(self):
        row, _ = read(MIXED)
        assert row["n_documents"] == 5
        assert row["n_rejected_records"] == 2  # an empty body, and a length of -1 in an intact member
        assert row["n_skipped_records"] == 4  # warcinfo, request, metadata, and one of no type
        assert row["n_gaps"] == 2  # damage, and the cut end
        types = {"warcinfo": 1, "request": 1, "response": 6, "metadata": 1, "unknown": 1}
        assert dict(row["records_by_type"]) == types

    def test_each_count_has_as_many_rows(self):
        row, staged = read(MIXED)
        kinds = [(kind, one.get("kind")) for kind, one in staged]
        assert kinds.count(("document", None)) == row["n_documents"]
        assert kinds.count(("reject", "record")) == row["n_rejected_records"]
        assert kinds.count(("reject", "gap")) == row["n_gaps"]
        assert len(kinds) == row["n_documents"] + row["n_rejected_records"] + row["n_gaps"]

    def test_a_clean_file_is_ok_and_has_no_error(self):
        row, _ = read(CLEAN["plain"])
        assert (row["status"], row["error"]) == ("ok", None)

    def test_a_damaged_file_names_its_first_fault(self):
        row, _ = read(MIXED)
        assert (row["status"], row["error"]) == ("damaged", f"not_gzip at {MIXED.index(b'damage')}")

    def test_an_inner_gap_alone_makes_a_file_damaged(self):
        assert read(INNER_GAP)[0]["status"] == "damaged"

    def test_a_rejected_page_alone_does_not(self):
        assert read(warc(b"", is_gzip=True))[0]["status"] == "ok"

    @pytest.mark.parametrize("skip", ["copy", "twin"])
    def test_a_file_that_is_not_read_is_skipped_whole(self, skip):
        row = Ledger().row(Piece(PlannedFile("b", 77, "1", "c", skip)), None, PLACE, None)
        assert (row["status"], row["read_bytes"], row["skipped_bytes"], row["n_records"]) == (skip, 0, 77, 0)

    def test_a_file_out_of_reach_says_so_even_when_it_was_damaged(self):
        ledger = replace(Ledger(), first_fault="bad_gzip at 0")
        row = ledger.row(Piece(PlannedFile("b", 77, "1", "c")), None, PLACE, "OSError: gone")
        assert (row["status"], row["error"]) == ("unreachable", "OSError: gone")

    def test_its_columns_are_those_of_the_table(self):
        row = read(CLEAN["plain"])[0] | {"step_id": "s", "seconds": 0.1, "read_at": READ_AT}
        assert set(row) == {*CRAWL_FILES.schema.fieldNames(), "piece", "began", "asked_bytes"}

    def test_a_ledger_row_fits_into_a_batch(self):
        row = read(MIXED)[0] | {"step_id": "s", "seconds": 0.1, "read_at": READ_AT}
        batches = Batches()
        list(batches.add("file", row))
        staged = next(batches.flush()).to_pylist()[0]
        assert staged["document"] is None
        assert staged["reject"] is None
        assert {k: dict(v) if k == "records_by_type" else v for k, v in staged["file"].items()} == {
            **row,
            "records_by_type": dict(row["records_by_type"]),
        }


def flushed(*texts):
    """Rows of each batch that leaves while texts are added, and of the rest."""
    batches = Batches()
    full = [batch.num_rows for text in texts for batch in batches.add("document", {"text": text})]
    return full, [batch.num_rows for batch in batches.flush()]


class TestBatches:
    def test_a_batch_leaves_at_its_last_row(self):
        assert flushed(*["t"] * (2 * reading.MAX_ROWS + 1)) == ([reading.MAX_ROWS] * 2, [1])

    def test_a_batch_leaves_before_its_texts_take_more_than_the_limit(self, monkeypatch):
        monkeypatch.setattr(reading, "MAX_BYTES", 100_000)
        full, rest = flushed(*["x" * 20_000] * 5)
        assert all(rows * 20_000 <= 100_000 for rows in full)
        assert sum(full + rest) == 5
        assert full

    def test_small_rows_stay_together(self):
        assert flushed("a", "b") == ([], [2])

    def test_nothing_is_flushed_twice(self):
        batches = Batches()
        list(batches.add("document", {"text": "t"}))
        assert [len(list(batches.flush())), len(list(batches.flush()))] == [1, 0]
