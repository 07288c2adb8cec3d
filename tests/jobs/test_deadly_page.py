"""A page that ends the Python worker costs one reject: not its file, not its unit, not the job."""

import pytest

from jobs import ingest
from jobs.common import staging
from schemas.tables import CRAWL_FILES, DOCUMENTS, REJECTS
from tests.jobs.deadly import deadly_reader
from tests.transforms.archives import arc, page, warc


class TestCare:
    def test_a_job_that_ends_well_is_run_once(self):
        calls = []
        staging.with_care_if_needed(calls.append)
        assert calls == [False]

    @pytest.mark.parametrize(
        "told",
        [
            "Job aborted … org.apache.spark.SparkException: Python worker exited unexpectedly (crashed)",
            "java.net.SocketException: Connection reset",
        ],
    )
    def test_a_lost_worker_makes_it_run_once_more_with_care(self, told):
        calls = []

        def stage(is_careful):
            calls.append(is_careful)
            if not is_careful:
                raise RuntimeError(told)

        staging.with_care_if_needed(stage)
        assert calls == [False, True]

    def test_another_error_is_raised_at_once(self):
        with pytest.raises(ValueError, match="something else"):
            staging.with_care_if_needed(lambda is_careful: (_ for _ in ()).throw(ValueError("something else")))

    def test_a_worker_that_is_lost_in_spite_of_care_is_an_error(self):
        def stage(is_careful):
            raise RuntimeError("Python worker exited unexpectedly (crashed)")

        with pytest.raises(RuntimeError, match="unexpectedly"):
            staging.with_care_if_needed(stage)

    @pytest.mark.parametrize(("number", "expected"), [(None, False), (0, False), (1, True), (3, True)])
    def test_care_is_taken_from_a_task_s_second_attempt_on(self, monkeypatch, number, expected):
        class Task:
            def attemptNumber(self):  # noqa: N802
                return number

        monkeypatch.setattr(staging.TaskContext, "get", lambda: None if number is None else Task())
        assert staging.is_second_attempt() is expected


@pytest.mark.spark
def test_a_page_that_ends_the_worker_costs_one_reject(open_at, tmp_path):
    crawl = tmp_path / "crawl"
    crawl.mkdir()
    deadly = [page(3) + b"<!--killed-->", page(4) + b"<!--segfault-->"]
    (crawl / "deadly.warc.gz").write_bytes(warc(page(0), page(1), *deadly, page(5), is_gzip=True))
    (crawl / "other.arc").write_bytes(arc(page(10), page(11)))
    context = open_at([crawl])
    ingest.run(context, make_reader=deadly_reader)
    rejects = context.warehouse.live(REJECTS).where("reason = 'parser_crashed'").collect()
    assert sorted(row["url"] for row in rejects) == ["http://site.example/2", "http://site.example/3"]
    assert {row["status"] for row in context.warehouse.read(CRAWL_FILES).collect()} == {"ok"}
    assert context.warehouse.live(DOCUMENTS).count() == 5
