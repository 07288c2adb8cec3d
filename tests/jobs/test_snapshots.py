"""Snapshots are versions: listed, checked, taken back, freed; what is published stays readable whatever goes."""

import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from pyspark.sql import functions as F
from typer.testing import CliRunner

from jobs import collect, publish, rollback, snapshots, verify
from jobs.cli import app
from jobs.common.snapshots import named, published_id, put_rows, row_of, rows
from jobs.common.tables import Warehouse
from schemas.errors import QualityGateError, RecipeError
from schemas.tables import CURATED, DECISIONS

pytestmark = pytest.mark.spark


@pytest.fixture(scope="module")
def origin(published):
    """Id and row of the published snapshot."""
    return row_of(published.warehouse, published_id(published.warehouse, "tiny"))


@pytest.fixture
def copied(published, tmp_path):
    """The published warehouse, copied: this test's own."""
    root = tmp_path / "copy"
    shutil.copytree(published.warehouse.root, root)
    return replace(published, warehouse=Warehouse(published.warehouse.spark, str(root)))


@pytest.fixture
def snapshot_dir(copied, origin):
    """The copied snapshot's folder."""
    return Path(copied.warehouse.snapshot_path(origin["snapshot_id"]))


def checks(warehouse, wanted=None):
    """Verify; gives the checks that do not hold."""
    return [row["check"] for row in verify.run(warehouse, wanted or "tiny") if row["is_held"] is False]


def test_what_was_published_is_verified(published, origin):
    checked = {row["check"]: row for row in verify.run(published.warehouse, "tiny")}
    assert {name: row["is_held"] for name, row in checked.items()} == dict.fromkeys(
        [
            "manifest",
            "files of the table",
            "sha256 of files",
            "files beside the table",
            "documents, words",
            "texts",
            "decisions",
        ],
        True,
    )
    assert checked["decisions"]["found"] == origin["digest"]
    assert checked["texts"]["found"].partition(":")[0] == str(origin["n_kept"])


def test_the_manifest_lists_the_files_of_the_table_with_their_sha256(published, origin):
    folder = Path(published.warehouse.snapshot_path(origin["snapshot_id"]))
    told = json.loads((folder / "MANIFEST.json").read_text())
    there = sorted((folder / "curated").rglob("*.parquet"))
    there = [path for path in there if "_delta_log" not in path.parts]
    assert [row["path"] for row in told["files"]] == [str(path.relative_to(folder / "curated")) for path in there]
    for row, path in zip(told["files"], there, strict=True):
        data = path.read_bytes()
        assert (row["size_bytes"], row["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())


def test_every_kind_of_damage_is_told(copied, snapshot_dir):
    warehouse = copied.warehouse
    data = next(path for path in sorted((snapshot_dir / "curated").rglob("*.parquet")) if "_delta_log" not in str(path))
    was = data.read_bytes()
    data.write_bytes(was[:-9] + bytes([was[-9] ^ 1]) + was[-8:])
    assert checks(warehouse) == ["sha256 of files"]
    data.unlink()
    assert checks(warehouse) == ["sha256 of files"]
    data.write_bytes(was)
    (data.parent / "part-stray.parquet").write_bytes(was)
    assert checks(warehouse) == ["files beside the table"]
    (data.parent / "part-stray.parquet").unlink()
    manifest = snapshot_dir / "MANIFEST.json"
    told = manifest.read_text()
    manifest.write_text(told.replace('"n_kept_words": ', '"n_kept_words": 1'))
    assert checks(warehouse) == ["manifest", "documents, words"]
    manifest.write_text("{}")
    with pytest.raises(RecipeError, match="not a manifest of Sluice"):
        verify.run(warehouse, "tiny")


def test_rows_that_were_changed_by_hand_are_told(copied, origin):
    warehouse, name = copied.warehouse, origin["snapshot_id"]
    curated = warehouse.read(CURATED, warehouse.curated_path(name))
    one = curated.orderBy("doc_id").limit(1).withColumn("text", F.lit("other")).collect()
    unit = {"crawl": one[0]["crawl"], "unit": one[0]["unit"]}
    warehouse.replace(warehouse.spark.createDataFrame(one, CURATED.schema), CURATED, unit, warehouse.curated_path(name))
    wrong = checks(warehouse)
    assert "files of the table" in wrong
    result = CliRunner().invoke(app, ["verify", "tiny", "--warehouse", warehouse.root])
    assert isinstance(result.exception, QualityGateError)
    assert "DIFFERS" in result.output


def test_a_snapshot_stands_when_the_working_tables_are_vacuumed_and_gone(copied, origin, snapshot_dir):
    warehouse, root = copied.warehouse, Path(copied.warehouse.root)
    for path in (root / "tables").iterdir():
        if path.name not in {"snapshots", "documents", "decisions", "crawl_files"}:
            shutil.rmtree(path)  # each costs Delta seconds
    (root / "staging" / "dead").mkdir(parents=True)
    (root / "staging" / "dead" / "x.parquet").write_bytes(b"123")
    (root / "snapshots" / "never-registered").mkdir()
    (root / "snapshots" / "never-registered" / "x.parquet").write_bytes(b"1234")
    looked = collect.run(warehouse, hours=0)
    told = {(one.what, one.name): one for one in looked}
    assert told["staging", "dead"].n_bytes == 3
    assert told["folder", "never-registered"].n_bytes == 4
    old = [one for one in looked if one.what == "table"]
    assert any(one.name == "snapshots" and one.n_files > 0 for one in old), "the registry is written more than once"
    assert (root / "staging" / "dead").exists(), "nothing is touched without being told so"
    before = sum(path.stat().st_size for path in root.rglob("*.parquet"))
    collect.run(warehouse, hours=0, is_freed=True)
    after = sum(path.stat().st_size for path in root.rglob("*.parquet"))
    assert before - after == sum(one.n_bytes for one in looked)
    assert collect.run(warehouse, hours=0) == []
    assert checks(warehouse) == []
    shutil.rmtree(warehouse.path(DECISIONS))
    assert checks(warehouse) == []
    assert warehouse.read(CURATED, f"{snapshot_dir}/curated").count() == origin["n_kept"]


def test_a_snapshot_is_taken_back_and_its_recipe_does_not_publish_it_again(copied, origin):
    warehouse, name = copied.warehouse, origin["snapshot_id"]
    with pytest.raises(RecipeError, match="nothing was published before it"):
        rollback.run(warehouse, "tiny")
    older = {**origin, "snapshot_id": "tiny-older", "is_published": False, "parent_id": None}
    refused = {**older, "snapshot_id": "tiny-refused", "status": "refused", "parent_id": "tiny-older"}
    put_rows(warehouse, [older, refused, {**origin, "parent_id": "tiny-refused"}])
    assert rollback.run(warehouse, "tiny") == (name, "tiny-older")
    assert (published_id(warehouse, "tiny"), row_of(warehouse, name)["status"]) == ("tiny-older", "withdrawn")
    with pytest.raises(QualityGateError, match=f"{name} was withdrawn.*sluice rollback tiny --to {name}"):
        publish.run(copied)
    assert published_id(warehouse, "tiny") == "tiny-older"
    with pytest.raises(RecipeError, match="--to: given 'tiny-refused'; allowed, as published before: " + name):
        rollback.run(warehouse, "tiny", "tiny-refused")
    with pytest.raises(RecipeError, match="given 'no'; allowed, as published ones: tiny"):
        rollback.run(warehouse, "no")
    assert rollback.run(warehouse, "tiny", name) == ("tiny-older", name)
    assert named(warehouse, "tiny")["snapshot_id"] == name


def test_old_snapshots_are_freed_but_their_names_stay(copied, origin):
    warehouse = copied.warehouse
    older = [f"tiny-{i}" for i in range(3)]
    told = [{**origin, "snapshot_id": one, "is_published": False, "created_at": origin["created_at"]} for one in older]
    put_rows(warehouse, told)
    for one in older:
        shutil.copytree(warehouse.snapshot_path(origin["snapshot_id"]), warehouse.snapshot_path(one))
    (Path(warehouse.root) / "staging" / "young").mkdir(parents=True)
    (Path(warehouse.root) / "staging" / "young" / "x.parquet").write_bytes(b"123")
    freed = collect.run(warehouse, keep=1, is_freed=True)
    assert [(one.what, one.name) for one in freed] == [("snapshot", one) for one in older[:2]], "a week is not over"
    assert [row["snapshot_id"] for row in rows(warehouse) if row["status"] == "freed"] == older[:2]
    assert row_of(warehouse, older[0]) is None
    assert [Path(warehouse.snapshot_path(one)).exists() for one in older] == [False, False, True]
    assert checks(warehouse) == []
    with pytest.raises(RecipeError, match=f"given 'tiny-0'; allowed: .*{origin['snapshot_id']}"):
        named(warehouse, "tiny-0")


def test_what_killed_runs_left_goes_when_a_snapshot_is_published(copied, snapshot_dir):
    manifest = (snapshot_dir / "MANIFEST.json").read_text()
    stray = snapshot_dir / "curated" / "crawl=sample" / "part-stray.parquet"
    stray.write_bytes(b"left")
    publish.run(copied)
    assert not stray.exists()
    assert (snapshot_dir / "MANIFEST.json").read_text() == manifest
    assert checks(copied.warehouse) == []


def test_snapshots_are_listed(published, origin):
    result = CliRunner().invoke(app, ["snapshots", "--warehouse", published.warehouse.root, "--json"])
    (told,) = json.loads(result.output)
    assert (told["snapshot_id"], told["is_published"]) == (origin["snapshot_id"], True)
    assert snapshots.run(published.warehouse)[0]["n_kept"] == origin["n_kept"]
    shown = CliRunner().invoke(app, ["snapshots", "--warehouse", published.warehouse.root]).output
    assert f"{origin['n_kept_words']:,}" in shown


def test_a_warehouse_without_tables_is_told_before_spark_starts(tmp_path):
    result = CliRunner().invoke(app, ["verify", "tiny", "--warehouse", str(tmp_path)])
    assert isinstance(result.exception, RecipeError)
    assert "has no tables" in str(result.exception)
