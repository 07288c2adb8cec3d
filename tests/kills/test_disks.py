"""A disk that is full: one line for the operator, and nothing is lost."""

import random
import subprocess
from pathlib import Path

import pytest

from jobs.common.tables import Warehouse
from tests.kills.cuts import MOMENTS, cut_at
from tests.kills.invariants import faults_of, finish, unreadable

pytestmark = [pytest.mark.spark, pytest.mark.slow]


@pytest.mark.parametrize("moment", random.Random(8).sample(MOMENTS, 4))
def test_a_disk_that_is_full_is_one_line_and_the_next_run_goes_on(spark, crawl, recipe, digest, tmp_path, moment):
    status, said = cut_at(f"{moment}:full", recipe, crawl, tmp_path / "w")
    assert status == 75
    assert "No space left on device" in said
    assert "Traceback" not in said
    assert faults_of(finish(recipe, crawl, tmp_path / "w"), digest) == []


@pytest.mark.parametrize("share", [0.4, 0.8])
def test_a_disk_that_is_full_in_truth_too(spark, crawl, recipe, undisturbed, digest, tmp_path, share):
    disk = tmp_path / "disk"
    disk.mkdir()
    pages = sum(-(-path.stat().st_size // 4096) for path in Path(undisturbed.root).rglob("*") if path.is_file())
    size = f"size={int(share * 4 * pages)}k"
    if subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", disk], capture_output=True, check=False).returncode:
        pytest.skip("a disk of its own can only be made by root")
    try:
        status, said = cut_at("", recipe, crawl, disk / "w")
        assert status == 75, said
        assert said.count("sluice: SourceUnavailableError: No space left on device") == 1
        assert list(unreadable(Warehouse(spark, str(disk / "w")))) == []
        subprocess.run(["mount", "-o", "remount,size=200m", disk], check=True)
        assert faults_of(finish(recipe, crawl, disk / "w"), digest) == []
    finally:
        subprocess.run(["umount", "-l", disk], check=True)
