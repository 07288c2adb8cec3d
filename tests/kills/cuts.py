"""Runs that are cut off on purpose: at moments between commits, after so many seconds, or by the death of a part."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from tests.conftest import ROOT

MOMENTS = Path(__file__).with_name("moments.txt").read_text(encoding="utf-8").split()
"""All moments of a run of the kills' crawl, as ``SLUICE_FAULT=stop:…`` writes them down."""


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
