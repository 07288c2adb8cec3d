"""An ingest that is killed at any moment and run again: the same documents, and nothing twice."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from jobs.common.tables import Warehouse
from schemas.registry import RUNS
from schemas.tables import DOCUMENTS
from tests.conftest import ROOT, edited

pytestmark = pytest.mark.spark

N_RANDOM = 20  # further moments, drawn at random over the whole of an ingest
N_FAST = 0  # whole runs are killed in every test run: test_kills
COLD = 1.5  # a process of its own takes longer than a session that is warm


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


def command(name, recipe, small, warehouse):
    return [sys.executable, "-m", "jobs.cli", name, "--recipe", recipe, "--input", small, "--warehouse", warehouse]


def run_until(is_time, args):
    """Start the command and kill its whole process group when ``is_time`` says so; True if it was killed."""
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
        if is_time():
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return True
        time.sleep(0.01)
    process.kill()
    return False


class Clock:
    """Counts seconds from the moment at which an ingest begins to read its files."""

    def __init__(self, warehouse, limit=float("inf")):
        self.warehouse, self.limit, self.began, self.seconds = warehouse, limit, None, 0.0

    def is_time(self):
        if self.began is None and (self.warehouse / "staging").exists():
            self.began = time.monotonic()
        self.seconds = time.monotonic() - self.began if self.began else 0.0
        return self.seconds > self.limit


@pytest.fixture(scope="module")
def undisturbed_ingest(spark, small, recipe, tmp_path_factory):
    """Every row of ``documents``, and about how long an ingest takes from its first file to its end."""
    from jobs import ingest
    from jobs.common.context import Inputs, open_context

    context = open_context(str(recipe), str(tmp_path_factory.mktemp("ingested")), None, Inputs([str(small)]))
    ingest.run(context)
    [told] = context.warehouse.read(RUNS).collect()
    return documents(spark, context.warehouse.root), told["seconds"] * COLD


def documents(spark, warehouse):
    """All columns of all live documents, in order."""
    rows = Warehouse(spark, str(warehouse)).live(DOCUMENTS).selectExpr("to_json(struct(*)) AS row").collect()
    return sorted(row["row"] for row in rows)


@pytest.mark.parametrize(
    "number", [pytest.param(n, marks=() if n < N_FAST else pytest.mark.slow) for n in range(N_RANDOM)]
)
def test_an_ingest_killed_at_a_random_moment_leaves_the_same_documents(
    spark, small, recipe, undisturbed_ingest, tmp_path, number
):
    from jobs import ingest
    from jobs.common.context import Inputs, open_context

    rows, seconds = undisturbed_ingest
    warehouse = tmp_path / "warehouse"
    clock = Clock(warehouse, random.Random(number).uniform(0, seconds))
    run_until(clock.is_time, command("ingest", recipe, small, warehouse))  # the last moments may come too late
    ingest.run(open_context(str(recipe), str(warehouse), None, Inputs([str(small)])))
    assert documents(spark, warehouse) == rows


def test_what_a_failed_ingest_left_behind_is_dropped_by_the_next_one(
    spark, small, recipe, undisturbed_ingest, tmp_path, monkeypatch
):
    from jobs import ingest
    from jobs.common.context import Inputs, open_context

    def fail_in_the_middle(context, rows, unit, attempt):
        if unit == 1:
            raise KeyboardInterrupt
        return commit_files(context, rows, unit, attempt)

    warehouse = Warehouse(spark, str(tmp_path / "warehouse"))
    commit_files = ingest.commit_files
    context = open_context(str(recipe), warehouse.root, None, Inputs([str(small)]))
    # A notebook runs one context again and again: that an ingest of its ended before says nothing of this one.
    ingest.run(replace(context, inputs=()))
    with monkeypatch.context() as patch:
        patch.setattr(ingest, "commit_files", fail_in_the_middle)
        with pytest.raises(KeyboardInterrupt):
            ingest.run(context)
    assert warehouse.live(DOCUMENTS).count() < warehouse.read(DOCUMENTS).count()
    ingest.run(context)
    assert warehouse.live(DOCUMENTS).count() == warehouse.read(DOCUMENTS).count()
    assert documents(spark, warehouse.root) == undisturbed_ingest[0]
