"""One Spark session and one sample crawl for all tests; whoever writes gets a warehouse of their own."""

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings

from jobs.common.kernels import use_own_cache

use_own_cache()  # before any test imports numba: what was compiled of an older kernel must not be used

settings.register_profile("sluice", deadline=None)  # the first example of many compiles a kernel
settings.load_profile("sluice")

ROOT = Path(__file__).parents[1]
RECIPE = ROOT / "conf" / "recipes" / "tiny.toml"
SHARED = ROOT.parent / "shared"


def pytest_addoption(parser):
    parser.addoption("--resume", action="store_true", help="leave out tests that passed before with this very code")


def pytest_configure(config):
    if config.getoption("--resume"):
        from tests.resume import Resume

        config.pluginmanager.register(Resume())


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Keep a file's tests in one process, and in one of them all files that read ``published``: it takes a minute."""
    from xdist.scheduler import LoadFileScheduling

    class Together(LoadFileScheduling):
        def _split_scope(self, nodeid):
            return scope(super()._split_scope(nodeid))

    return Together(config, log)


@cache
def scope(file):
    """Name what must run in one process with a test file."""
    return "published" if "published" in (ROOT / file).read_text() else file


@pytest.fixture(scope="session")
def spark():
    """The session that all Spark tests share: local classic, or Connect where SPARK_REMOTE says so."""
    from jobs.common.session import open_session

    session = open_session("local[2]")
    # Tables of a few rows: compiling and re-planning each query would cost more than running it.
    session.conf.set("spark.sql.codegen.wholeStage", "false")
    session.conf.set("spark.sql.codegen.factoryMode", "NO_CODEGEN")
    session.conf.set("spark.sql.adaptive.enabled", "false")
    session.conf.set("spark.sql.shuffle.partitions", "2")
    # Logs of a few commits: Delta's own sums of them take half of a commit's time.
    session.conf.set("spark.databricks.delta.writeChecksumFile.enabled", "false")
    session.conf.set("spark.databricks.delta.snapshotPartitions", "1")
    yield session
    session.stop()


@pytest.fixture(scope="session")
def sample(tmp_path_factory):
    """The sample crawl, made anew, so that no test depends on what an earlier run left."""
    from tests.sample.make import make

    folder = tmp_path_factory.mktemp("sample")
    make(folder)
    return folder


@pytest.fixture
def open_at(spark, tmp_path):
    """Open a context on a warehouse of this test's own."""
    from jobs.common.context import Inputs, open_context

    def opened(inputs=(), recipe=RECIPE, warehouse=None):
        named = Inputs([str(one) for one in inputs]) if inputs else None
        return open_context(str(recipe), str(warehouse or tmp_path / "warehouse"), None, named)

    return opened


@pytest.fixture(scope="session")
def published(spark, sample, tmp_path_factory):
    """The sample crawl, run once from files to published snapshot. Read it only."""
    from jobs import nightly
    from jobs.common.context import Inputs, open_context

    warehouse = tmp_path_factory.mktemp("published")
    # Larger units than the demo's: fewer commits, the same snapshot.
    recipe = edited(tmp_path_factory.mktemp("recipe"), ("files_per_unit = 8 ", "files_per_unit = 25 "))
    context = open_context(str(recipe), str(warehouse), None, Inputs([str(sample / "warc.paths.gz")]))
    nightly.run(context)
    return context


@pytest.fixture(scope="session")
def sluice_process():
    """Run the command line in a process of its own; gives the finished process, output as text."""

    def run(*args, env=None, check=None, timeout=400):
        command = [sys.executable, "-m", "jobs.cli", *map(str, args)]
        told = subprocess.run(
            command, cwd=ROOT, env={**os.environ, **(env or {})}, capture_output=True, text=True, timeout=timeout
        )
        if check is not None:
            assert told.returncode == check, told.stdout + told.stderr
        return told

    return run


def edited(tmp_path, *changes):
    """Write a copy of the tiny recipe with pieces replaced; each must be there."""
    text = RECIPE.read_text()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    target = tmp_path / "recipe.toml"
    target.write_text(text)
    return target
