"""A run that is cut off at any moment: what was published stands, and the next run ends as if nothing had been."""

import random
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from jobs import nightly
from jobs.common.context import Inputs, open_context
from jobs.common.snapshots import rows
from jobs.common.tables import Warehouse
from tests.conftest import edited
from tests.jobs import kills

pytestmark = pytest.mark.spark

FAST = ("crawl_files:1", "decisions:2", "manifest:1")
"""Cut in every test run; all others take minutes together."""
OTHERS = [one for one in kills.MOMENTS if one not in FAST]
SEEDS = kills.seeds(25)


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
def undisturbed(spark, crawl, recipe, tmp_path_factory):
    """The warehouse of a run that nobody disturbs."""
    context = open_context(str(recipe), str(tmp_path_factory.mktemp("undisturbed")), None, Inputs([str(crawl)]))
    nightly.run(context)
    return context.warehouse


@pytest.fixture(scope="module")
def digest(undisturbed):
    return rows(undisturbed)[-1]["digest"]


@pytest.fixture(scope="module")
def seconds(crawl, recipe, tmp_path_factory):
    """How long a run takes that is a process of its own."""
    began = time.monotonic()
    status, said = kills.cut_at("", recipe, crawl, tmp_path_factory.mktemp("whole") / "w")
    assert status == 0, said
    return time.monotonic() - began


@pytest.fixture(scope="module")
def early(crawl, recipe, tmp_path_factory):
    return kills.stopped_at(FAST, recipe, crawl, tmp_path_factory.mktemp("early"))[1]


@pytest.fixture(scope="module")
def others(crawl, recipe, tmp_path_factory):
    return kills.stopped_at(OTHERS, recipe, crawl, tmp_path_factory.mktemp("others"))


@pytest.fixture(scope="module")
def at_random(crawl, recipe, tmp_path_factory):
    return kills.stopped_after(SEEDS, recipe, crawl, tmp_path_factory.mktemp("random"))


def survives(spark, cut, warehouse, recipe, crawl, digest):
    """Look at a warehouse as a cut left it, finish it, look again, and write down that all held."""
    assert list(kills.unreadable(Warehouse(spark, str(warehouse)))) == []
    assert kills.faults_of(kills.finish(recipe, crawl, warehouse), digest) == []
    kills.write_down(cut)


@pytest.mark.parametrize("moment", FAST)
def test_a_run_that_is_cut_off_between_two_commits_is_finished_by_the_next(spark, crawl, recipe, digest, early, moment):
    survives(spark, f"{moment}:kill", early[moment], recipe, crawl, digest)


@pytest.mark.slow
@pytest.mark.parametrize("moment", OTHERS)
def test_wherever_a_run_is_cut_off_the_next_one_finishes_it(spark, crawl, recipe, digest, others, moment):
    survives(spark, f"{moment}:kill", others[1][moment], recipe, crawl, digest)


@pytest.mark.slow
def test_the_moments_are_all_that_a_run_has(others):
    assert sorted(others[0]) == sorted(kills.MOMENTS)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_whenever_a_run_is_cut_off_the_next_one_finishes_it(spark, crawl, recipe, digest, at_random, seed):
    if seed not in at_random:
        pytest.skip("the moment came after the run's end, in each of several runs")
    survives(spark, f"seed:{seed}", at_random[seed], recipe, crawl, digest)


@pytest.mark.slow
@pytest.mark.parametrize("victim", ["driver", "java"])
@pytest.mark.parametrize("seed", range(3))
def test_a_run_of_which_a_part_is_killed_is_finished_by_the_next(
    spark, crawl, recipe, digest, seconds, tmp_path, victim, seed
):
    after = random.Random(seed).uniform(0.2, 0.9) * seconds
    assert kills.killed_part(victim, after, recipe, crawl, tmp_path / "w") != 0
    survives(spark, f"{victim}:{seed}", tmp_path / "w", recipe, crawl, digest)


@pytest.mark.slow
@pytest.mark.parametrize("master", ["local[2,4]", "local-cluster[2,1,1024]"])
@pytest.mark.parametrize("seed", range(2))
def test_a_run_goes_on_without_a_worker_or_an_executor(spark, crawl, recipe, digest, tmp_path, master, seed):
    victim = "executor" if "cluster" in master else "worker"
    assert kills.killed_part(victim, 10 * seed, recipe, crawl, tmp_path / "w", master) == 0
    survives(spark, f"{victim}:{seed}", tmp_path / "w", recipe, crawl, digest)


@pytest.mark.slow
@pytest.mark.parametrize("moment", random.Random(8).sample(kills.MOMENTS, min(4, len(kills.MOMENTS))))
def test_a_disk_that_is_full_is_one_line_and_the_next_run_goes_on(spark, crawl, recipe, digest, tmp_path, moment):
    status, said = kills.cut_at(f"{moment}:full", recipe, crawl, tmp_path / "w")
    assert status == 75
    assert "No space left on device" in said
    assert "Traceback" not in said
    assert kills.faults_of(kills.finish(recipe, crawl, tmp_path / "w"), digest) == []


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.4, 0.8])
def test_a_disk_that_is_full_in_truth_too(spark, crawl, recipe, undisturbed, digest, tmp_path, share):
    disk = tmp_path / "disk"
    disk.mkdir()
    pages = sum(-(-path.stat().st_size // 4096) + 1 for path in Path(undisturbed.root).rglob("*"))
    size = f"size={int(share * 4 * pages)}k"
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
@pytest.mark.parametrize("setting", kills.SETTINGS, ids=str)
def test_the_digest_depends_on_nothing_but_the_input(spark, crawl, recipe, digest, tmp_path, setting):
    assert kills.digest_with(setting, recipe, crawl, tmp_path / "w") == digest


@pytest.mark.slow
@pytest.mark.parametrize("cores", [1, 3])
def test_the_digest_depends_on_no_number_of_cores(spark, crawl, recipe, digest, tmp_path, cores):
    assert kills.cut_at("", recipe, crawl, tmp_path / "w", f"local[{cores}]")[0] == 0
    assert rows(Warehouse(spark, str(tmp_path / "w")))[-1]["digest"] == digest


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
