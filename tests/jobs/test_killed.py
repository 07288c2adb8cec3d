"""Killed at any moment and run again: the same snapshot, and nothing twice."""

import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

from jobs.common.snapshots import rows
from jobs.common.tables import Warehouse
from schemas.tables import CRAWL_FILES, DECISIONS, DOCUMENTS, MEASURES
from tests.conftest import ROOT, edited

pytestmark = pytest.mark.spark

# The run is killed when this file appears. Delta's log file N is a table's commit N; 0 makes the table.
MOMENTS = {
    "before any unit is committed": "staging/sample-0-1",
    "after a unit's documents, before its ledger": "tables/documents/_delta_log/00000000000000000001.json",
    "between two units": "tables/crawl_files/_delta_log/00000000000000000001.json",
    "while measuring": "tables/measures/_delta_log/00000000000000000001.json",
    "after a unit's decisions, before its texts": "tables/decisions/_delta_log/00000000000000000001.json",
    "after curating, before publishing": "tables/snapshots/_delta_log/00000000000000000000.json",
}
FAST = ("between two units",)


@pytest.fixture(scope="module")
def small(sample, tmp_path_factory):
    """Nine files, three units: small enough to run often."""
    folder = tmp_path_factory.mktemp("small")
    for path in sorted((sample / "warc").iterdir())[16:25]:
        shutil.copy(path, folder)
    return folder


@pytest.fixture(scope="module")
def recipe(tmp_path_factory):
    changes = (
        ("files_per_unit = 8 ", "files_per_unit = 3 "),
        ("min_kept_documents         = 50", "min_kept_documents = 1"),
    )
    loose = ("max_bad_files_ratio        = 0.1 ", "max_bad_files_ratio = 0.5 ")
    return edited(tmp_path_factory.mktemp("killed"), *changes, loose)


@pytest.fixture(scope="module")
def undisturbed(spark, small, recipe, tmp_path_factory):
    from jobs import nightly
    from jobs.common.context import Inputs, open_context

    context = open_context(str(recipe), str(tmp_path_factory.mktemp("undisturbed")), None, Inputs([str(small)]))
    nightly.run(context)
    return counts(context.warehouse)


def counts(warehouse):
    """Numbers of live rows, ids, and the digest: what a rerun must not change."""
    found = {table.name: warehouse.live(table).count() for table in (DOCUMENTS, MEASURES, DECISIONS)}
    found["ids"] = warehouse.live(DOCUMENTS).select("doc_id").distinct().count()
    found["files"] = warehouse.read(CRAWL_FILES).count()
    return found | {"snapshots": [(row["digest"], row["status"], row["n_kept"]) for row in rows(warehouse)]}


def command(recipe, small, warehouse):
    return [sys.executable, "-m", "jobs.cli", "run", "--recipe", recipe, "--input", small, "--warehouse", warehouse]


def run_until(moment, args):
    """Start the command and kill its whole process group when the file appears; True if it was killed."""
    env = {key: value for key, value in os.environ.items() if key != "SPARK_REMOTE"}
    process = subprocess.Popen(
        list(map(str, args)),
        cwd=ROOT,
        env=env,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 300
    while process.poll() is None and time.monotonic() < deadline:
        if moment.exists():
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return True
        time.sleep(0.01)
    process.kill()
    return False


@pytest.mark.parametrize(
    "when", [pytest.param(when, marks=() if when in FAST else pytest.mark.slow) for when in MOMENTS]
)
def test_a_killed_run_is_finished_by_the_next_one(spark, small, recipe, undisturbed, tmp_path, when):
    from jobs import nightly
    from jobs.common.context import Inputs, open_context

    warehouse = tmp_path / "warehouse"
    assert run_until(warehouse / MOMENTS[when], command(recipe, small, warehouse)), "the run ended before the kill"
    assert not any(row["is_published"] for row in rows(Warehouse(spark, str(warehouse))))
    nightly.run(open_context(str(recipe), str(warehouse), None, Inputs([str(small)])))
    assert counts(Warehouse(spark, str(warehouse))) == undisturbed
