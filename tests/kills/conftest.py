"""A small crawl, and what a run over it gives that nobody disturbs."""

import shutil

import pytest

from jobs import nightly
from jobs.common.context import Inputs, open_context
from jobs.common.snapshots import rows
from tests.conftest import edited


@pytest.fixture(scope="session")
def crawl(sample, tmp_path_factory):
    """Four files in two units, one of them damaged."""
    folder = tmp_path_factory.mktemp("kills") / "crawl"
    folder.mkdir()
    for path in sorted((sample / "warc").iterdir())[18:22]:
        shutil.copy(path, folder)
    return folder


@pytest.fixture(scope="session")
def recipe(tmp_path_factory):
    return edited(
        tmp_path_factory.mktemp("recipe"),
        ("files_per_unit = 8 ", "files_per_unit = 2 "),
        ("min_kept_documents         = 50", "min_kept_documents = 1"),
        ("max_bad_files_ratio        = 0.1 ", "max_bad_files_ratio = 0.5 "),
    )


@pytest.fixture(scope="session")
def undisturbed(spark, crawl, recipe, tmp_path_factory):
    """The warehouse of a run that nobody disturbs."""
    context = open_context(str(recipe), str(tmp_path_factory.mktemp("undisturbed")), None, Inputs([str(crawl)]))
    nightly.run(context)
    return context.warehouse


@pytest.fixture(scope="session")
def digest(undisturbed):
    return rows(undisturbed)[-1]["digest"]
