"""A run that is cut off at any moment: what was published stands, and the next run ends as if nothing had been."""

import pytest

from tests.kills.cuts import MOMENTS, stopped_after, stopped_at
from tests.kills.invariants import survives
from tests.kills.survived import seeds

pytestmark = pytest.mark.spark

FAST = ("crawl_files:1", "decisions:2", "manifest:1")
"""Cut in every test run; all others take minutes together."""
OTHERS = [one for one in MOMENTS if one not in FAST]
SEEDS = seeds(25)


@pytest.fixture(scope="module")
def early(crawl, recipe, tmp_path_factory):
    return stopped_at(FAST, recipe, crawl, tmp_path_factory.mktemp("early"))[1]


@pytest.fixture(scope="module")
def others(crawl, recipe, tmp_path_factory):
    return stopped_at(OTHERS, recipe, crawl, tmp_path_factory.mktemp("others"))


@pytest.fixture(scope="module")
def at_random(crawl, recipe, tmp_path_factory):
    return stopped_after(SEEDS, recipe, crawl, tmp_path_factory.mktemp("random"))


@pytest.mark.parametrize("moment", FAST)
def test_a_run_that_is_cut_off_between_two_commits_is_finished_by_the_next(spark, crawl, recipe, digest, early, moment):
    survives(spark, f"{moment}:kill", early[moment], recipe, crawl, digest)


@pytest.mark.slow
@pytest.mark.parametrize("moment", OTHERS)
def test_wherever_a_run_is_cut_off_the_next_one_finishes_it(spark, crawl, recipe, digest, others, moment):
    survives(spark, f"{moment}:kill", others[1][moment], recipe, crawl, digest)


@pytest.mark.slow
def test_the_moments_are_all_that_a_run_has(others):
    assert sorted(others[0]) == sorted(MOMENTS)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_whenever_a_run_is_cut_off_the_next_one_finishes_it(spark, crawl, recipe, digest, at_random, seed):
    if seed not in at_random:
        pytest.skip("the moment came after the run's end, in each of several runs")
    survives(spark, f"seed:{seed}", at_random[seed], recipe, crawl, digest)


def test_without_being_asked_no_moment_does_anything(monkeypatch):
    from jobs.common.faults import moment

    monkeypatch.delenv("SLUICE_FAULT", raising=False)
    for name in MOMENTS:
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
