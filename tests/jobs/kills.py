"""Runs that are cut off on purpose, and what must hold afterwards: the invariants of a run that may be killed."""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

from pyspark.sql import functions as F

from jobs import collect, nightly, verify
from jobs.common.context import Inputs, open_context
from jobs.common.data_files import strays
from jobs.common.snapshots import PUBLISHED, decided, rows
from schemas.tables import CRAWL_FILES, DOCUMENTS, DUPLICATES, MEASURES
from tests.conftest import ROOT

MOMENTS = Path(__file__).with_name("moments.txt").read_text(encoding="utf-8").split()
"""All moments of a run of the kills' crawl, as ``SLUICE_FAULT=log:…`` writes them down."""

SURVIVED = Path(__file__).with_name("survived.txt")
"""Every cut that was survived so far, a line each: a moment (``documents:2:kill``), or a seed (``seed:17``)."""


def command(recipe, crawl, warehouse, master="local[2,4]"):
    """Give the command line of a whole run."""
    told = ["--recipe", recipe, "--input", crawl, "--warehouse", warehouse, "--master", master]
    return [sys.executable, "-m", "jobs.cli", "run", *map(str, told)]


def environment(fault=None):
    """Give a process's environment, with a fault that it is to make."""
    told = {key: value for key, value in os.environ.items() if key not in {"SPARK_REMOTE", "SLUICE_FAULT"}}
    return told | ({"SLUICE_FAULT": fault} if fault else {})


def cut_at(fault, recipe, crawl, warehouse):
    """Run until a moment; gives the exit status (negative: the signal that ended it) and what it said."""
    done = subprocess.run(command(recipe, crawl, warehouse), cwd=ROOT, env=environment(fault), start_new_session=True,
                          capture_output=True, text=True, timeout=600, check=False)  # fmt: skip
    return done.returncode, done.stderr


def cut_after(seed, seconds, recipe, crawl, warehouse):
    """Kill a run and all that it started at a moment that the seed draws; gives whether it was still going on."""
    process = subprocess.Popen(command(recipe, crawl, warehouse), cwd=ROOT, env=environment(), start_new_session=True,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    try:
        process.wait(random.Random(seed).uniform(0, seconds))
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return True
    return False


def finish(recipe, crawl, warehouse):
    """Run again in this process, to the end; gives the warehouse."""
    context = open_context(str(recipe), str(warehouse), None, Inputs([str(crawl)]))
    nightly.run(context)
    return context.warehouse


def faults_of(warehouse, digest):
    """Give what does not hold of a warehouse in which a run was cut off and finished: I1 to I6."""
    documents = warehouse.live(DOCUMENTS)
    n = documents.count()
    ledger = warehouse.read(CRAWL_FILES).agg(F.sum("n_documents")).collect()[0][0]
    published = [row for row in rows(warehouse) if row["is_published"]]
    told = [] if n == ledger else [f"I1: {n} documents, {ledger} in the ledger"]
    for table in (DOCUMENTS, MEASURES, DUPLICATES):
        live = warehouse.live(table) if "attempt" in table.schema.names else warehouse.read(table)
        keys = live.select(*table.key)
        told += [] if keys.count() == keys.distinct().count() else [f"I2: {table.name} has rows twice"]
    told += [] if [row["digest"] for row in published] == [digest] else [f"I3: published are {published}"]
    told += list(unreadable(warehouse))
    told += [] if decided(warehouse, published[0]["snapshot_id"]).count() == n else ["I1: not all were decided"]
    collect.run(warehouse, hours=0, is_freed=True)
    left = [one for row in published for one in strays(warehouse, row["snapshot_id"])]
    told += [f"I6: {one} is left" for one in left]
    return told + [f"I6: gc leaves {one}" for one in collect.run(warehouse, hours=0)]


def unreadable(warehouse):
    """Give what a reader would stumble over at any moment (I4, I5): a published snapshot that is not whole."""
    for row in rows(warehouse):
        if row["status"] == PUBLISHED:
            wrong = [one["check"] for one in verify.run(warehouse, row["snapshot_id"]) if one["is_held"] is False]
            yield from (f"I4, I5: {row['snapshot_id']}: {one} differs" for one in wrong)


def write_down(cut):
    """Keep a cut that was survived; the file is part of the repository."""
    known = SURVIVED.read_text().splitlines() if SURVIVED.exists() else []
    if cut not in known:
        SURVIVED.write_text("\n".join([*known, cut]) + "\n")
