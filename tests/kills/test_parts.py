"""One process of a run is killed: driver, JVM, a Python worker, an executor."""

import random
import time

import pytest

from tests.kills.cuts import cut_at, killed_part
from tests.kills.invariants import survives

pytestmark = [pytest.mark.spark, pytest.mark.slow]


@pytest.fixture(scope="module")
def seconds(crawl, recipe, tmp_path_factory):
    """How long a run takes that is a process of its own."""
    began = time.monotonic()
    status, said = cut_at("", recipe, crawl, tmp_path_factory.mktemp("whole") / "w")
    assert status == 0, said
    return time.monotonic() - began


@pytest.mark.parametrize("victim", ["driver", "java"])
@pytest.mark.parametrize("seed", range(3))
def test_a_run_of_which_a_part_is_killed_is_finished_by_the_next(
    spark, crawl, recipe, digest, seconds, tmp_path, victim, seed
):
    after = random.Random(seed).uniform(0.2, 0.9) * seconds
    # The run that was timed had others beside it: where one ends before its time, the next is killed earlier.
    folders = [(tmp_path / f"{again}", 0.7**again * after) for again in range(4)]
    killed = next(folder for folder, when in folders if killed_part(victim, when, recipe, crawl, folder))
    survives(spark, f"{victim}:{seed}", killed, recipe, crawl, digest)


@pytest.mark.parametrize("master", ["local[2,4]", "local-cluster[2,1,1024]"])
@pytest.mark.parametrize("seed", range(2))
def test_a_run_goes_on_without_a_worker_or_an_executor(spark, crawl, recipe, digest, tmp_path, master, seed):
    victim = "executor" if "cluster" in master else "worker"
    assert killed_part(victim, 10 * seed, recipe, crawl, tmp_path / "w", master) == 0
    survives(spark, f"{victim}:{seed}", tmp_path / "w", recipe, crawl, digest)
