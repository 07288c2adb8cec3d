"""A forecast from earlier runs: kept, and held against what happened."""

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from jobs import plan
from jobs.cli import app
from jobs.common.context import Inputs, open_context
from jobs.common.forecasting import held_against
from jobs.common.tables import Warehouse
from schemas.cluster import Cluster
from schemas.errors import RecipeError
from schemas.plans import PLANS
from schemas.registry import RUNS
from schemas.toml_file import load_shape
from tests.conftest import RECIPE, ROOT

pytestmark = pytest.mark.spark

TEN = Cluster(name="ten", machines=5, cores=2, price_per_machine_hour=2.0, price_per_gb_month=1.0)


@pytest.fixture(scope="module")
def copied(published, tmp_path_factory):
    """The published warehouse, copied: these tests' own."""
    root = tmp_path_factory.mktemp("copy") / "warehouse"
    shutil.copytree(published.warehouse.root, root)
    return replace(published, warehouse=Warehouse(published.warehouse.spark, str(root)))


def test_what_is_there_is_not_read_again_but_compared_again(copied):
    inputs, told = plan.run(copied, TEN)
    jobs = {row["job"]: row for row in told}
    n = inputs.n_known_documents
    assert (inputs.n_new_files, inputs.new_bytes, inputs.n_new_documents, inputs.n_missing) == (0, 0, 0, 0)
    assert {job: row["n_documents"] for job, row in jobs.items()} == {
        "ingest": 0, "measure": 0, "dedup exact": n, "curate": n, "publish": n}  # fmt: skip
    assert jobs["dedup exact"]["shuffle_bytes"] == n * 72
    for job in ("dedup exact", "curate", "publish"):
        row = jobs[job]
        assert row["seconds"] == pytest.approx(row["core_seconds"] / 10)
        assert row["cost"] == pytest.approx(row["seconds"] / 3600 * 5 * 2.0)
        assert row["core_seconds"] > 0
    assert jobs["curate"]["storage_bytes"] > n * 100, "texts"


def test_new_files_hold_as_many_documents_a_byte_as_those_that_were_read(copied, sample, tmp_path):
    again = tmp_path / "more"
    shutil.copytree(sample / "warc", again)
    asked = replace(copied, inputs=tuple(str(path) for path in sorted(again.iterdir())))
    inputs, told = plan.run(asked, TEN)
    size = sum(path.stat().st_size for path in again.iterdir())
    assert (inputs.n_files, inputs.n_new_files, inputs.new_bytes) == (len(asked.inputs), len(asked.inputs), size)
    assert inputs.n_new_documents == pytest.approx(inputs.n_known_documents, rel=0.05)
    jobs = {row["job"]: row for row in told}
    assert jobs["measure"]["n_documents"] == inputs.n_new_documents
    assert jobs["curate"]["n_documents"] == inputs.n_new_documents + inputs.n_known_documents


def test_a_forecast_is_held_against_what_ran_since(copied):
    plan.run(copied, TEN)
    assert {row["found_documents"] for row in held_against(copied)} == {None}
    run = copied.warehouse.read(RUNS).where("job = 'curate'").limit(1).collect()[0].asDict()
    later = datetime.now(UTC) + timedelta(minutes=1)
    halves = [run | {"run_id": one, "started_at": later, "seconds": 3.0, "n_cores": 2} for one in "ab"]
    copied.warehouse.append(copied.warehouse.spark.createDataFrame(halves, RUNS.schema), RUNS)
    found = {row["job"]: row for row in held_against(copied)}
    assert found["curate"]["found_core_seconds"] == 12.0
    assert found["curate"]["found_documents"] == 2 * run["n_documents"]
    assert found["publish"]["found_core_seconds"] is None
    with pytest.raises(RecipeError, match="nothing was forecast for recipe other"):
        held_against(replace(copied, recipe=copied.recipe.model_copy(update={"name": "other"})))


def test_the_command_prints_it_for_people_and_for_programs(copied, sample):
    root, clusters = copied.warehouse.root, ROOT / "conf" / "clusters"
    shared = ["plan", "--recipe", str(RECIPE), "--warehouse", root]
    given = [*shared, "--input", str(sample / "warc.paths.gz")]
    shown = CliRunner().invoke(app, [*given, "--cluster", str(clusters / "emr.toml")], env={"COLUMNS": "160"})
    assert shown.exit_code == 0, shown.output
    for one in ("dedup exact", "core hours", "USD", "20 machines of 16 cores", "a month"):
        assert one in shown.output
    told = json.loads(CliRunner().invoke(app, [*given, "--json"]).output)
    assert told["jobs"][0]["job"] == "ingest"
    after = CliRunner().invoke(app, [*shared, "--after"], env={"COLUMNS": "160"})
    assert "Forecast and what happened" in after.output
    assert copied.warehouse.read(PLANS).select("plan_id").distinct().count() >= 2


def test_without_a_run_nothing_is_known(tmp_path, sample):
    (tmp_path / "empty" / "tables").mkdir(parents=True)
    context = open_context(str(RECIPE), str(tmp_path / "empty"), None, Inputs([str(sample / "warc.paths.gz")]))
    with pytest.raises(RecipeError, match="no run to reckon from; run a few files of the crawl first"):
        plan.run(context, TEN)


def test_every_cluster_that_comes_along_can_be_read():
    for path in sorted((ROOT / "conf" / "clusters").glob("*.toml")):
        assert load_shape(path, Cluster).machines >= 1


def test_a_fault_of_a_cluster_names_file_and_key(tmp_path):
    path = tmp_path / "c.toml"
    for told, fault in (("machines = 0", "machines: "), ("machines = 1\nprice = 3", "unknown key 'price'")):
        path.write_text(f'name = "x"\ncores = 4\n{told}\n')
        with pytest.raises(RecipeError) as error:
            load_shape(path, Cluster)
        assert f"{path}: {fault}" in str(error.value)
