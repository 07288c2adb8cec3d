"""What a run will take, reckoned from what earlier ones took."""

from datetime import UTC, datetime, timedelta

import pytest

from schemas.recipe import load_recipe
from tests.conftest import RECIPE
from transforms.forecast import Rate, forecast, jobs_of, rate_of, rates, shuffled_bytes

T0 = datetime(2026, 1, 1, tzinfo=UTC)


def ran(job, n_documents, seconds, day=0, **told):
    row = {"job": job, "crawl": "c", "n_documents": n_documents, "seconds": seconds, "n_cores": 4, "n_units": 2}
    return row | {"finished_at": T0 + timedelta(days=day)} | told


def test_a_recipe_s_jobs_are_named_as_runs_names_them(tmp_path):
    assert jobs_of(load_recipe(RECIPE)) == ["ingest", "measure", "dedup exact", "curate", "publish"]
    dclm = jobs_of(load_recipe(RECIPE.with_name("dclm_baseline.toml")))
    assert dclm[:2] == ["ingest", "measure"]
    assert dclm[-2:] == ["curate", "publish"]
    texts = [job for job in dclm if job.startswith("measure after ")]
    assert [f"dedup {job.removeprefix('measure after ')}" in dclm for job in texts] == [True] * len(texts)


def test_a_job_is_as_fast_as_in_the_largest_of_its_latest_runs():
    runs = [ran("measure", 1_000_000, 1, day=0)]  # long ago, by a version that was faster
    runs += [ran("measure", 100 * day, 10.0, day=day) for day in range(1, 6)]
    runs += [ran("measure", 0, 3, day=9), ran("measure", 10**9, 3, day=9, n_cores=None)]
    assert rates(runs, {}) == {"measure": Rate(10.0 * 4 / 500, 500)}


def test_what_a_comparing_job_took_counts_for_all_documents_of_its_crawl():
    runs = [ran("dedup exact", 7, 5.0), ran("dedup exact", 0, 0.1, day=1, n_units=0)]
    assert rates(runs, {"c": 1000}) == {"dedup exact": Rate(5.0 * 4 / 1000, 1000)}
    assert rates(runs, {}) == {}


def test_a_job_that_never_ran_is_as_slow_as_the_slowest_of_its_kind():
    known = {"dedup a": Rate(1.0, 5), "dedup b": Rate(3.0, 5), "measure": Rate(9.0, 5)}
    assert rate_of("dedup a", known) == Rate(1.0, 5)
    assert rate_of("dedup c", known) == Rate(3.0, 5)
    assert rate_of("classify q", known) is None


def test_core_seconds_are_of_documents_and_seconds_of_cores():
    told = forecast({"measure": 1000, "classify q": 1000}, {"measure": Rate(0.02, 5)}, 10)
    assert [(row["core_seconds"], row["seconds"]) for row in told] == [(20.0, 2.0), (None, None)]


@pytest.mark.parametrize(("job", "expected"), [("measure", 0), ("dedup exact", 1000 * (40 + 32))])
def test_only_jobs_that_compare_shuffle(job, expected):
    assert shuffled_bytes(load_recipe(RECIPE), job, 1000, 300.0) == expected
