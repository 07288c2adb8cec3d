"""What the ledger tells of units, held against what the tables hold of them."""

from dataclasses import dataclass
from typing import Any

import pytest

from jobs.common.ledger import Counts, _documents, check_ledger
from schemas.errors import QualityGateError

NAMES = ("n_documents", "n_rejected_records", "n_gaps", "n_images", "n_revisits")


def told(fault=None, **counts):
    return {**dict.fromkeys(NAMES, 0), **counts, "fault": fault}


TWO = {(0, 1): told(n_documents=5, n_gaps=1), (1, 2): told(n_documents=3, n_revisits=2)}
HELD = {(0, 1, "n_documents"): 5, (0, 1, "n_gaps"): 1, (1, 2, "n_documents"): 3, (1, 2, "n_revisits"): 2}


def test_what_adds_up_passes_and_rows_of_other_attempts_are_none_of_it():
    check_ledger(Counts(TWO, HELD, has_repeats=False))
    check_ledger(Counts(TWO, HELD | {(1, 1, "n_documents"): 7}, has_repeats=False))
    check_ledger(Counts({}, {}, has_repeats=False))


def test_a_file_that_loses_bytes_is_named():
    with pytest.raises(QualityGateError, match=r"^the ledger does not balance for s3://x/a\.warc\.gz$"):
        check_ledger(Counts(TWO | {(2, 1): told("s3://x/a.warc.gz")}, HELD, has_repeats=False))


def test_a_row_too_many_in_one_unit_does_not_hide_one_that_another_lacks():
    moved = HELD | {(0, 1, "n_documents"): 4, (1, 2, "n_documents"): 4}
    with pytest.raises(QualityGateError, match=r"^unit 0: the ledger says n_documents = 5, but the table holds 4$"):
        check_ledger(Counts(TWO, moved, has_repeats=False))


@pytest.mark.parametrize(("unit", "attempt", "name"), HELD)
def test_rows_that_are_gone_are_missed(unit, attempt, name):
    held = {key: n for key, n in HELD.items() if key != (unit, attempt, name)}
    with pytest.raises(QualityGateError, match=f"^unit {unit}: .*{name} = .* holds 0$"):
        check_ledger(Counts(TWO, held, has_repeats=False))


@dataclass
class Crawl:
    """A crawl with no more than a table of documents, of ids and units."""

    documents: Any

    def of_crawl(self, table):
        assert table.name == "documents"
        return self.documents


COUNTED = {(0, 1, "n_documents"): 2, (1, 1, "n_documents"): 1, (1, 2, "n_documents"): 1}


@pytest.mark.spark
@pytest.mark.parametrize(("again", "has_repeats"), [("d", False), ("b", True), ("c", True)])
def test_documents_are_counted_by_unit_whether_ids_are_repeated_or_not(spark, again, has_repeats):
    rows = [("a", 0, 1), ("b", 0, 1), ("c", 1, 1), (again, 1, 2)]
    crawl = Crawl(spark.createDataFrame(rows, "doc_id string, unit int, attempt int"))
    assert _documents(crawl) == (COUNTED, has_repeats)


@pytest.mark.spark
def test_a_crawl_without_documents_holds_none(spark):
    assert _documents(Crawl(spark.createDataFrame([], "doc_id string, unit int, attempt int"))) == ({}, False)
