"""What Spark's Python workers run through."""

import gc
import os
import socket
import sys
import weakref
import zipfile
from importlib import import_module, invalidate_caches
from pathlib import Path
from zipimport import zipimporter

import pyarrow as pa
import pytest
from pyspark.sql import SparkSession

from transforms.workers import acknowledge_at_once, forget_archives, keep_imports, map_batches


def _finders_of_zips() -> list[str]:
    return [path for path, finder in sys.path_importer_cache.items() if isinstance(finder, zipimporter)]


def test_a_package_in_a_zip_can_be_imported_before_and_after_its_finder_is_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = tmp_path / "packed.zip"
    with zipfile.ZipFile(archive, "w") as out:
        out.writestr("zipped_a.py", "x = 1")
        out.writestr("zipped_b.py", "x = 2")
    monkeypatch.syspath_prepend(str(archive))
    assert import_module("zipped_a").x == 1
    assert _finders_of_zips()
    forget_archives()
    invalidate_caches()
    assert not _finders_of_zips()
    assert import_module("zipped_b").x == 2


@pytest.mark.skipif(not hasattr(socket, "TCP_QUICKACK"), reason="only Linux can be told when to acknowledge")
def test_what_arrives_is_acknowledged_at_once_and_no_file_stays_open(tmp_path: Path) -> None:
    asked = (socket.IPPROTO_TCP, socket.TCP_QUICKACK)
    left, right = socket.socketpair()
    with (
        (tmp_path / "file").open("w"),
        left,
        right,
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as one,
    ):
        one.setsockopt(*asked, 0)
        before = one.getsockopt(*asked), len(os.listdir("/proc/self/fd"))
        acknowledge_at_once()
        after = one.getsockopt(*asked), len(os.listdir("/proc/self/fd"))
    assert (before[0], after) == (0, (1, before[1]))


def test_what_is_kept_is_not_looked_at_again_and_what_is_dead_is_not_kept() -> None:
    class Dead:
        pass

    dead = Dead()
    dead.itself = dead  # type: ignore[attr-defined]
    gone: list[int] = []
    weakref.finalize(dead, gone.append, 1)
    del dead
    try:
        keep_imports()
        assert gone == [1]
        assert len(gc.get_objects()) < gc.get_freeze_count() / 10
    finally:
        gc.unfreeze()


@pytest.mark.spark
def test_a_worker_begins_its_next_task_without_finders_of_zips(spark: SparkSession) -> None:
    def count(stream):  # type: ignore[no-untyped-def]
        found = sum(isinstance(finder, zipimporter) for finder in sys.path_importer_cache.values())
        for _ in stream:
            yield pa.RecordBatch.from_pydict({"n": pa.array([found])})

    frame = spark.range(0, 8, 1, numPartitions=8)
    map_batches(frame, count, "n long").collect()
    counts = [row["n"] for row in map_batches(frame, count, "n long").collect()]
    assert counts == [0] * 8
