"""Runs that are cut off on purpose, and what must hold afterwards: the invariants of a run that may be killed."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from itertools import count, islice
from pathlib import Path

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from jobs import collect, nightly, verify
from jobs.common.context import Inputs, open_context
from jobs.common.data_files import strays
from jobs.common.snapshots import PUBLISHED, decided, rows
from schemas.tables import CRAWL_FILES, DOCUMENTS, DUPLICATES, MEASURES
from tests.conftest import ROOT

MOMENTS = Path(__file__).with_name("moments.txt").read_text(encoding="utf-8").split()
"""All moments of a run of the kills' crawl, as ``SLUICE_FAULT=stop:…`` writes them down."""

ENOUGH = 200
SURVIVED = Path(__file__).with_name("survived.txt")
"""Every cut that was survived so far, a line each: a moment (``documents:2:kill``), a seed (``seed:17``), a part."""


def command(recipe, crawl, warehouse, master="local[2,4]"):
    """Give the command line of a whole run."""
    told = ["--recipe", recipe, "--input", crawl, "--warehouse", warehouse, "--master", master]
    return [sys.executable, "-m", "jobs.cli", "run", *map(str, told)]


def environment(fault=None):
    """Give a process's environment, with a fault that it is to make."""
    told = {key: value for key, value in os.environ.items() if key not in {"SPARK_REMOTE", "SLUICE_FAULT"}}
    return told | ({"SLUICE_FAULT": fault} if fault else {})


def cut_at(fault, recipe, crawl, warehouse, master="local[2,4]"):
    """Run until a moment; gives the exit status (negative: the signal that ended it) and what it said."""
    told = {"cwd": ROOT, "env": environment(fault), "start_new_session": True}
    asked = command(recipe, crawl, warehouse, master)
    done = subprocess.run(asked, **told, capture_output=True, text=True, timeout=600, check=False)
    return done.returncode, done.stderr


def stopped_at(wanted, recipe, crawl, folder):
    """Run once and stop at every moment; at the last of those wanted all is killed.

    Gives the moments that came, and for each one wanted a copy of the warehouse as it lay there: what a kill leaves,
    since nothing that stands still writes.
    """
    log, kept = folder / "moments", {}
    process = _started(recipe, crawl, folder / "w", environment(f"stop:{log}"))
    while os.WIFSTOPPED(os.waitpid(process.pid, os.WUNTRACED)[1]):
        last = log.read_text().split()[-1]
        if last in wanted:
            kept[last] = _kept_of(process, folder, last.replace(":", "-"))
        if len(kept) == len(wanted):
            os.killpg(process.pid, signal.SIGKILL)
        os.killpg(process.pid, signal.SIGCONT)
    return log.read_text().split(), kept


def stopped_after(seeds, recipe, crawl, folder):
    """Stop at a moment that each seed draws, from a run's first table to its end; gives the warehouse as it lay then.

    The first run is only timed. Where one ends before its time, seeds that are left have their moments in the next.
    """
    shares, kept, seconds = {seed: random.Random(seed).random() for seed in seeds}, {}, 0.0
    for number in range(_RUNS):
        left = sorted((share, seed) for seed, share in shares.items() if seed not in kept)
        if not left:
            break
        seconds = _stopped(left if seconds else (), seconds, recipe, crawl, folder / str(number), kept)
    return kept


_RUNS = 5


def _stopped(left, seconds, recipe, crawl, folder, kept):
    """Run once, and stop at those shares of so many seconds; gives how many the run took from its first table on."""
    folder.mkdir()
    process = _started(recipe, crawl, folder / "w", environment())
    while process.poll() is None and not (folder / "w" / "tables").exists():
        time.sleep(0.02)
    ran, began = 0.0, time.monotonic()
    for share, seed in left:
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, share * seconds - ran))
            break
        ran += time.monotonic() - began
        kept[seed] = _kept_of(process, folder, str(seed))
        began = time.monotonic()
        os.killpg(process.pid, signal.SIGCONT)
    assert process.wait() == 0
    return ran + time.monotonic() - began


def killed_part(victim, after, recipe, crawl, warehouse, master="local[2,4]"):
    """Run, and after some seconds kill one process of it, as soon as there is one; gives the exit status."""
    process = _started(recipe, crawl, warehouse, environment(), master)
    time.sleep(after)
    while process.poll() is None:
        found = [process.pid] if victim == "driver" else _processes_of(process.pid, _CALLED[victim])
        if found and warehouse.exists():
            os.kill(found[-1], signal.SIGKILL)
            break
        time.sleep(0.02)
    return process.wait()


_CALLED = {"java": "SparkSubmit", "worker": "pyspark.daemon", "executor": "CoarseGrainedExecutorBackend"}


def _processes_of(session, called):
    """Give a session's processes whose command line holds a word; the youngest is the last."""
    told = []
    for one in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            stat = (one / "stat").read_text().rpartition(")")[2].split()
            if int(stat[3]) == session and called in (one / "cmdline").read_text():
                told.append((int(stat[19]), int(one.name)))
    return [pid for _, pid in sorted(told)]


def _started(recipe, crawl, warehouse, env, master="local[2,4]"):
    return subprocess.Popen(command(recipe, crawl, warehouse, master), cwd=ROOT, env=env, start_new_session=True,
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip


def _kept_of(process, folder, name):
    """Make Spark stand still too, and copy the warehouse."""
    os.killpg(process.pid, signal.SIGSTOP)
    (folder / "w").mkdir(exist_ok=True)
    return shutil.copytree(folder / "w", folder / name)


def finish(recipe, crawl, warehouse):
    """Run again in this process, to the end; gives the warehouse."""
    context = open_context(str(recipe), str(warehouse), None, Inputs([str(crawl)]))
    nightly.run(context)
    return context.warehouse


SETTINGS = (1, 7, 16, "adaptive", "backwards")
"""What must change nothing: partitions of a shuffle (2 is what tests run with), how Spark plans, the order of input."""


def digest_with(setting, recipe, crawl, warehouse):
    """Run with one setting changed; gives the snapshot's digest."""
    spark = SparkSession.getActiveSession()
    changed = {"spark.sql.adaptive.enabled": "true"} if setting == "adaptive" else {}
    changed |= {"spark.sql.shuffle.partitions": str(setting)} if isinstance(setting, int) else {}
    before = {key: spark.conf.get(key) for key in changed}
    paths = sorted(map(str, crawl.iterdir()), reverse=setting == "backwards")
    try:
        for key, value in changed.items():
            spark.conf.set(key, value)
        context = open_context(str(recipe), str(warehouse), None, Inputs(paths))
        nightly.run(context)
        return rows(context.warehouse)[-1]["digest"]
    finally:
        for key, value in before.items():
            spark.conf.set(key, value)


def faults_of(warehouse, digest):
    """Give what does not hold of a warehouse in which a run was cut off and finished: I1 to I6."""
    documents = warehouse.live(DOCUMENTS)
    n = documents.count()
    ledger = warehouse.read(CRAWL_FILES).agg(F.sum("n_documents")).collect()[0][0]
    published = [row for row in rows(warehouse) if row["is_published"]]
    told = [] if n == ledger else [f"I1: {n} documents, {ledger} in the ledger"]
    for table in (DOCUMENTS, MEASURES, DUPLICATES):
        live = warehouse.live(table) if "attempt" in table.schema.names else warehouse.read(table)
        twice = live.groupBy(*table.key).count().where("count > 1")
        told += [] if twice.isEmpty() else [f"I2: {table.name} has rows twice"]
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
    known = _survived()
    if cut not in known:
        SURVIVED.write_text("\n".join([*known, cut]) + "\n")


def seeds(n):
    """Give seeds that were not survived yet, until 200 cuts were; from then on the first ones."""
    known = _survived()
    tried = set(known) if len(known) < ENOUGH else set()
    return list(islice((seed for seed in count() if f"seed:{seed}" not in tried), n))


def _survived():
    return SURVIVED.read_text().splitlines() if SURVIVED.exists() else []
