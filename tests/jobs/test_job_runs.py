"""What is written of each job's run, and told to OpenLineage."""

import json
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from pyspark.sql import functions as F

from jobs.common.job_runs import JobRun, recorded
from jobs.common.peak_memory import peak_memory_bytes
from jobs.common.progress import Reporter
from jobs.common.tables import Warehouse
from schemas.errors import SetupError
from schemas.registry import ALL, DATA_FLOW, FUNNEL, RUNS
from schemas.tables import CRAWL_FILES, DOCUMENTS, MEASURES

COMMAND = "0123456789abcdef0123456789abcdef"
FUNNEL_ROW = {"snapshot_id": "s", "position": 0, "reason": "r"} | {
    name: 0 for name in FUNNEL.schema.names if name.startswith("n_")
}


def run_of(spark, root, name="publish"):
    return JobRun(Warehouse(spark, str(root)), Reporter(), COMMAND, name, "c", None, "f")


def write(job):
    """Do what a job does: write a table, twice."""
    for position in range(2):
        frame = job.warehouse.spark.createDataFrame([{**FUNNEL_ROW, "position": position}], FUNNEL.schema)
        job.warehouse.append(frame, FUNNEL)


@pytest.fixture
def endpoint(monkeypatch):
    """A server on loopback that takes events; gives them, as they come."""
    events = []

    class Endpoint(BaseHTTPRequestHandler):
        def do_POST(self):
            events.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(201)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Endpoint)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("OPENLINEAGE_URL", f"http://127.0.0.1:{server.server_port}")
    yield events
    server.shutdown()


@pytest.mark.spark
def test_every_job_of_a_run_says_what_it_read_and_wrote(published):
    # The first run's: what is run again writes nothing anew.
    rows = {row["job"]: row for row in published.warehouse.read(RUNS).orderBy(F.desc("finished_at")).collect()}
    assert {"ingest", "measure", "dedup exact", "curate", "publish"} <= rows.keys()
    version = {table.name: published.warehouse.version(table) for table in ALL}
    assert {"crawl_files", "documents", "rejects"} <= rows["ingest"]["outputs"].keys()
    assert rows["ingest"]["inputs"] == {}
    assert rows["measure"]["inputs"]["documents"] == version["documents"]
    assert rows["measure"]["outputs"] == {"measures": version["measures"]}
    assert set(rows["dedup exact"]["outputs"]) == {"duplicates"}
    assert rows["curate"]["outputs"]["decisions"] == version["decisions"]
    assert {"funnel", "gate_results", "snapshots"} >= rows["publish"]["outputs"].keys()
    for row in rows.values():
        assert row["started_at"] <= row["finished_at"]
        assert row["peak_memory_bytes"] > 100 << 20, "a JVM alone is larger"


@pytest.mark.spark
@pytest.mark.parametrize("table", [DOCUMENTS, MEASURES, CRAWL_FILES, RUNS], ids=lambda table: table.name)
def test_a_version_is_the_one_that_delta_tells(published, table):
    history = published.warehouse.spark.sql(f"DESCRIBE HISTORY delta.`{published.warehouse.path(table)}` LIMIT 1")
    assert published.warehouse.version(table) == history.collect()[0]["version"]


@pytest.mark.spark
def test_a_run_is_told_from_start_to_end(spark, tmp_path, endpoint):
    pytest.importorskip("openlineage.client", reason="the extra lineage is not installed")
    job = run_of(spark, tmp_path)
    for _ in range(2):
        with recorded(job, 0):
            write(job)
    start, first, again, end = endpoint
    assert [event["eventType"] for event in endpoint] == ["START", "COMPLETE"] * 2
    assert (start["run"]["runId"], again["run"]["runId"]) == (first["run"]["runId"], end["run"]["runId"])
    assert start["run"]["runId"] != end["run"]["runId"]
    assert start["run"]["facets"]["parent"]["run"]["runId"].replace("-", "") == COMMAND
    assert start["job"] == {"namespace": "sluice", "name": "publish c", "facets": {}}
    [output] = end["outputs"]
    assert (output["namespace"], output["name"]) == ("file", f"{tmp_path}/tables/funnel")
    assert output["facets"]["version"]["datasetVersion"] == "3"
    assert start["outputs"] == []
    assert [row["outputs"] for row in job.warehouse.read(RUNS).orderBy("finished_at").collect()] == [
        {"funnel": 1},
        {"funnel": 3},
    ]


@pytest.mark.spark
def test_a_job_that_fails_is_told_without_its_words_and_leaves_no_row(spark, tmp_path, endpoint):
    pytest.importorskip("openlineage.client", reason="the extra lineage is not installed")
    job = run_of(spark, tmp_path)
    with pytest.raises(ValueError, match="secret"), recorded(job, 0):
        raise ValueError("a secret")
    assert [event["eventType"] for event in endpoint] == ["START", "FAIL"]
    assert endpoint[1]["run"]["facets"]["errorMessage"]["message"] == "ValueError"
    assert "secret" not in json.dumps(endpoint)
    assert not job.warehouse.has(RUNS)


@pytest.mark.spark
def test_an_endpoint_out_of_reach_costs_one_line(spark, tmp_path, monkeypatch, capsys):
    pytest.importorskip("openlineage.client", reason="the extra lineage is not installed")
    monkeypatch.setenv("OPENLINEAGE_URL", "http://127.0.0.1:9")
    job = run_of(spark, tmp_path)
    with recorded(job, 0):
        pass
    assert job.warehouse.read(RUNS).count() == 1
    assert capsys.readouterr().err.count("OpenLineage: ") == 1


def test_an_endpoint_without_the_client_is_told_before_anything_starts(tmp_path, monkeypatch):
    monkeypatch.setenv("OPENLINEAGE_URL", "http://127.0.0.1:9")
    monkeypatch.setitem(sys.modules, "openlineage.client", None)
    job = run_of(None, tmp_path)
    with pytest.raises(SetupError, match=r"pip install 'crawlsluice\[lineage\]'"), recorded(job, 0):
        pass


def test_memory_is_that_of_a_process_and_of_those_it_started(tmp_path):
    def process(pid, parent, kilobytes):
        (tmp_path / str(pid)).mkdir()
        peak = f"VmHWM:\t{kilobytes:>8} kB\n" if kilobytes else ""
        (tmp_path / str(pid) / "status").write_text(f"Name:\tx\nPPid:\t{parent}\n{peak}VmRSS:\t 1 kB\n")

    for row in ((1, 0, 7), (10, 1, 100), (11, 10, 20), (12, 11, 3), (13, 1, 1000), (14, 12, None)):
        process(*row)
    (tmp_path / "15").mkdir()
    assert peak_memory_bytes(10, tmp_path) == 123 << 10
    assert peak_memory_bytes(99, tmp_path) is None
    mine = peak_memory_bytes(os.getpid())
    assert mine is None or mine > 10 << 20


def test_every_job_has_its_tables():
    known = {table.name for table in ALL}
    assert {table.name for flow in DATA_FLOW.values() for tables in flow for table in tables} <= known
