"""A run that is cut off at any moment: what was published stands, and the next run ends as if nothing had been."""

import random
import shutil
import subprocess

import pytest

from jobs import nightly
from jobs.common.context import Inputs, open_context
from jobs.common.snapshots import rows
from jobs.common.tables import Warehouse
from tests.conftest import edited
from tests.jobs import kills

pytestmark = pytest.mark.spark

FAST = ("crawl_files:1", "decisions:2", "manifest:1")
"""Cut in every test run; all others take minutes each."""
N_SEEDS = 25
SECONDS = 80.0
"""About what a run in a process of its own takes here: seeds draw from it."""


@pytest.fixture(scope="module")
def crawl(sample, tmp_path_factory):
    """Four files in two units, one of them damaged."""
    folder = tmp_path_factory.mktemp("kills") / "crawl"
    folder.mkdir()
    for path in sorted((sample / "warc").iterdir())[18:22]:
        shutil.copy(path, folder)
    return folder


@pytest.fixture(scope="module")
def recipe(tmp_path_factory):
    return edited(
        tmp_path_factory.mktemp("recipe"),
        ("files_per_unit = 8 ", "files_per_unit = 2 "),
        ("min_kept_documents         = 50", "min_kept_documents = 1"),
        ("max_bad_files_ratio        = 0.1 ", "max_bad_files_ratio = 0.5 "),
    )


@pytest.fixture(scope="module")
def digest(spark, crawl, recipe, tmp_path_factory):
    """Of the snapshot that a run gives which nobody disturbs."""
    context = open_context(str(recipe), str(tmp_path_factory.mktemp("undisturbed")), None, Inputs([str(crawl)]))
    nightly.run(context)
    return rows(context.warehouse)[-1]["digest"]


def named(moments):
    return [pytest.param(one, marks=() if one in FAST else pytest.mark.slow, id=one) for one in moments]


@pytest.mark.parametrize("moment", named(kills.MOMENTS))
def test_a_run_that_is_killed_at_a_moment_is_finished_by_the_next(spark, crawl, recipe, digest, tmp_path, moment):
    status, said = kills.cut_at(f"{moment}:kill", recipe, crawl, tmp_path / "w")
    assert status == -9, said
    assert list(kills.unreadable(Warehouse(spark, str(tmp_path / "w")))) == []
    assert kills.faults_of(kills.finish(recipe, crawl, tmp_path / "w"), digest) == []
    kills.write_down(f"{moment}:kill")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(N_SEEDS))
def test_a_run_that_is_killed_at_any_time_is_finished_by_the_next(spark, crawl, recipe, digest, tmp_path, seed):
    was_going_on = kills.cut_after(seed, SECONDS, recipe, crawl, tmp_path / "w")
    assert list(kills.unreadable(Warehouse(spark, str(tmp_path / "w")))) == []
    assert kills.faults_of(kills.finish(recipe, crawl, tmp_path / "w"), digest) == []
    if was_going_on:
        kills.write_down(f"seed:{seed}")


@pytest.mark.slow
@pytest.mark.parametrize("moment", random.Random(8).sample(kills.MOMENTS, min(4, len(kills.MOMENTS))))
def test_a_disk_that_is_full_is_one_line_and_the_next_run_goes_on(spark, crawl, recipe, digest, tmp_path, moment):
    status, said = kills.cut_at(f"{moment}:full", recipe, crawl, tmp_path / "w")
    assert status == 75
    assert "No space left on device" in said
    assert "Traceback" not in said
    assert kills.faults_of(kills.finish(recipe, crawl, tmp_path / "w"), digest) == []


@pytest.mark.slow
@pytest.mark.parametrize("kilobytes", [700, 1200])
def test_a_disk_that_is_full_in_truth_too(spark, crawl, recipe, digest, tmp_path, kilobytes):
    disk = tmp_path / "disk"
    disk.mkdir()
    size = f"size={kilobytes}k"
    if subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", disk], capture_output=True, check=False).returncode:
        pytest.skip("a disk of its own can only be made by root")
    try:
        status, said = kills.cut_at("", recipe, crawl, disk / "w")
        assert status == 75, said
        assert said.count("sluice: SourceUnavailableError: No space left on device") == 1
        assert list(kills.unreadable(Warehouse(spark, str(disk / "w")))) == []
        subprocess.run(["mount", "-o", "remount,size=200m", disk], check=True)
        assert kills.faults_of(kills.finish(recipe, crawl, disk / "w"), digest) == []
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


@pytest.mark.slow
def test_the_moments_are_all_that_a_run_has(crawl, recipe, tmp_path):
    log = tmp_path / "moments"
    assert kills.cut_at(f"log:{log}", recipe, crawl, tmp_path / "w")[0] == 0
    assert sorted(log.read_text().split()) == sorted(kills.MOMENTS)


def test_without_being_asked_no_moment_does_anything(monkeypatch):
    from jobs.common.faults import moment

    monkeypatch.delenv("SLUICE_FAULT", raising=False)
    for name in kills.MOMENTS:
        moment(name.partition(":")[0])
    monkeypatch.setenv("SLUICE_FAULT", "never-comes:1:kill")
    moment("documents")
    monkeypatch.setenv("SLUICE_FAULT", "asked-for:2:raise")
    moment("asked-for")
    with pytest.raises(RuntimeError, match="asked for, after asked-for"):
        moment("asked-for")
    monkeypatch.setenv("SLUICE_FAULT", "disk:1:full")
    with pytest.raises(OSError, match="No space left on device"):
        moment("disk")
