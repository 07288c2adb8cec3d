"""One run at a time: who comes second changes nothing, and a dead holder's lease is taken by one."""

import json
import multiprocessing
import os
import signal
import threading
import time
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import fsspec
import pytest

from jobs import nightly
from jobs.common import lease, lease_files
from jobs.common.lease import Held, leased
from jobs.common.lease_files import Claim, claims, is_over, make, read, release, renew
from jobs.common.progress import Reporter
from schemas.errors import SourceUnavailableError
from schemas.registry import ALL
from tests.faults.buckets import BUCKET, bucket_of, s3_options

N_PAIRS = 500


def taken(root, run_id="a" * 32, what="run tiny"):
    return leased(str(root), run_id, what, Reporter())


def claim(**changes):
    return replace(Claim.of("b" * 32, "run other"), **changes)


def elsewhere(seconds_ago):
    at = datetime.now(UTC) - timedelta(seconds=seconds_ago)
    return claim(machine="another", host="far", pid=1, beat_at=at.isoformat(timespec="seconds"))


def test_who_comes_second_is_told_who_was_first(tmp_path):
    with taken(tmp_path), pytest.raises(SourceUnavailableError) as told, taken(tmp_path, "b" * 32):
        pass
    assert f"{tmp_path}/lease: another run is writing this warehouse: run tiny (run {'a' * 32}" in str(told.value)
    assert told.value.exit_code == 75
    with taken(tmp_path, "b" * 32):
        pass
    assert claims(f"{tmp_path}/lease") == [2], "numbers never come again, and what is over goes"


def test_jobs_of_a_run_share_its_lease(tmp_path):
    with taken(tmp_path):
        with taken(tmp_path, what="measure"):
            pass
        with pytest.raises(SourceUnavailableError), taken(tmp_path, "b" * 32):
            pass
    assert read(f"{tmp_path}/lease", 1).is_released


def test_a_sign_of_life_that_is_being_written_does_not_come_after_the_end(tmp_path, monkeypatch):
    begun = threading.Event()

    def slowly(*args):
        begun.set()
        time.sleep(0.3)
        return renew(*args)

    monkeypatch.setattr(lease, "BEAT", 0.01)
    monkeypatch.setattr(lease, "renew", slowly)
    with taken(tmp_path):
        assert begun.wait(10)
    time.sleep(0.5)
    assert read(f"{tmp_path}/lease", 1).is_released


def test_a_run_that_fails_leaves_the_warehouse_free(tmp_path):
    with pytest.raises(ValueError, match="x"), taken(tmp_path):
        raise ValueError("x")
    with taken(tmp_path, "b" * 32):
        pass


def race(root, run_id, barrier, wins):
    barrier.wait()
    try:
        with taken(root, run_id):
            wins.append(run_id)
            barrier.wait()  # hold it until the other has asked
    except SourceUnavailableError:
        barrier.wait()


def test_of_two_runs_that_begin_at_once_one_wins(tmp_path):
    for number in range(N_PAIRS):
        barrier, wins = threading.Barrier(2), []
        ids = [f"{number:031}{side}" for side in "ab"]
        pair = [threading.Thread(target=race, args=(tmp_path / str(number % 7), one, barrier, wins)) for one in ids]
        for thread in pair:
            thread.start()
        for thread in pair:
            thread.join(20)
        assert len(wins) == 1, number


def claim_often(folder, barrier, found, n_rounds):
    made = []
    for number in range(1, n_rounds + 1):
        barrier.wait()
        made.append(make(folder, number, Claim.of(f"{os.getpid()}", "race")))
    found.put(made)


def test_of_many_processes_one_makes_each_number(tmp_path):
    processes, n_rounds = multiprocessing.get_context("fork"), 50
    barrier, found = processes.Barrier(4), processes.Queue()
    args = (f"{tmp_path}/lease", barrier, found, n_rounds)
    racing = [processes.Process(target=claim_often, args=args) for _ in range(4)]
    for process in racing:
        process.start()
    made = [found.get(timeout=60) for _ in racing]
    for process in racing:
        process.join()
    assert [sum(each) for each in zip(*made, strict=True)] == [1] * n_rounds


def die_holding(root):
    with taken(root):
        os.kill(os.getpid(), signal.SIGKILL)


def test_what_a_killed_process_held_is_free_at_once(tmp_path, capsys):
    process = multiprocessing.get_context("fork").Process(target=die_holding, args=(tmp_path,))
    process.start()
    process.join()
    assert not read(f"{tmp_path}/lease", 1).is_released
    with taken(tmp_path, "b" * 32):
        assert claims(f"{tmp_path}/lease") == [2]
    assert "took over from a run that ended without a word: run tiny" in capsys.readouterr().err


def test_a_process_number_that_is_used_again_is_another_process(tmp_path):
    mine = claim()
    assert not is_over(str(tmp_path), 1, mine)
    assert is_over(str(tmp_path), 1, replace(mine, began="1"))
    assert is_over(str(tmp_path), 1, replace(mine, is_released=True))


@pytest.mark.parametrize(("seconds", "beats_on", "over"), [(5, False, False), (500, False, True), (500, True, False)])
def test_a_run_elsewhere_is_dead_when_it_gives_no_sign_of_life(tmp_path, monkeypatch, seconds, beats_on, over):
    folder, other = str(tmp_path), elsewhere(seconds)
    make(folder, 1, other)
    monkeypatch.setattr(lease_files.time, "sleep", lambda _: renew(folder, 1, other) if beats_on else None)
    assert is_over(folder, 1, other) == over


def test_a_run_that_was_taken_for_dead_finds_out_and_harms_nobody(tmp_path):
    folder = f"{tmp_path}/lease"
    run = taken(tmp_path)
    held = run.__enter__()
    assert renew(folder, held.number, held.claim) is None
    make(folder, held.number + 1, elsewhere(0))
    held.error = renew(folder, held.number, held.claim)
    for again in (lambda: taken(tmp_path).__enter__(), lambda: run.__exit__(None, None, None)):
        with pytest.raises(SourceUnavailableError, match="another run took this one for dead"):
            again()
    assert claims(folder) == [2]
    release(folder, 1, held.claim)
    assert claims(folder) == [2]
    assert not read(folder, 2).is_released


def test_a_file_that_is_no_claim_is_nobodys(tmp_path):
    (tmp_path / "000000000001.json").write_text("{")
    (tmp_path / "notes.txt").write_text("x")
    assert claims(str(tmp_path)) == [1]
    assert read(str(tmp_path), 1) is None
    assert Held(str(tmp_path), 1, claim()).check() is None


def test_a_store_lets_one_make_a_claim():
    folder = "memory://wh/lease"
    assert make(folder, 1, claim())
    assert not make(folder, 1, claim(what="later"))
    assert read(folder, 1).what == "run other"
    assert make(folder, 2, claim())
    assert claims(folder) == [2]
    fsspec.filesystem("memory").rm("/wh", recursive=True)


def test_so_does_a_mounted_store_that_knows_no_second_names(tmp_path, monkeypatch):
    def link(*_):
        raise PermissionError

    monkeypatch.setattr(lease_files.os, "link", link)
    assert make(str(tmp_path), 1, claim())
    assert not make(str(tmp_path), 1, claim(what="later"))
    assert read(str(tmp_path), 1).what == "run other"
    assert len(list(tmp_path.iterdir())) == 1


def test_so_does_a_store_like_s3(tmp_path, monkeypatch):
    pytest.importorskip("s3fs")
    with bucket_of(tmp_path) as address:
        monkeypatch.setitem(fsspec.config.conf, "s3", s3_options(address))
        folder = f"s3://{BUCKET}/wh/lease"
        assert make(folder, 1, claim())
        assert not make(folder, 1, claim(what="later"))
        assert (claims(folder), read(folder, 1).what) == ([1], "run other")
        assert renew(folder, 1, claim()) is None
        assert make(folder, 2, claim())
        assert renew(folder, 1, claim()) == "another run took this one for dead and writes the warehouse now"
        release(folder, 2, claim())
        assert read(folder, 2).is_released


@pytest.mark.spark
def test_a_second_nightly_run_ends_with_75_and_changes_nothing(published):
    root = Path(published.warehouse.root)
    (root / "lease").mkdir(exist_ok=True)
    last = max(claims(f"{root}/lease"), default=0)
    before = {table.name: published.warehouse.version(table) for table in ALL}
    (root / "lease" / f"{last + 1:012}.json").write_text(json.dumps(asdict(claim(what="run nightly"))))
    try:
        with pytest.raises(SourceUnavailableError, match="another run is writing this warehouse: run nightly"):
            nightly.run(published)
    finally:
        (root / "lease" / f"{last + 1:012}.json").unlink()
    assert {table.name: published.warehouse.version(table) for table in ALL} == before
