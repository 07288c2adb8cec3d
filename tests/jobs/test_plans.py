"""What Spark is asked to do: no text below a shuffle, and no forbidden way to ask."""

import ast
import re

import pytest
from pyspark.sql import functions as F

from jobs.common.judged import judged
from jobs.common.snapshots import decided, published_id, row_of
from schemas.tables import DOCUMENTS
from tests.conftest import ROOT

FORBIDDEN = {
    "rdd",
    "sparkContext",
    "_jvm",
    "_jdf",
    "_jsc",
    "accumulator",
    "approxSimilarityJoin",
    "monotonically_increasing_id",
    "rand",
    "toPandas",
}
SOURCES = [path for room in ("jobs", "transforms", "schemas") for path in (ROOT / room).rglob("*.py")]


def shuffled_texts(capsys, frame):
    """Give the Exchange nodes of a plan (broadcasts included) that carry a text."""
    frame.explain("formatted")
    plan = capsys.readouterr().out
    nodes = re.split(r"\n(?=\(\d+\) )", plan)
    return [node for node in nodes if re.match(r"\(\d+\) \w*Exchange", node) and re.search(r"\btext#", node)]


@pytest.mark.spark
def test_no_text_is_shuffled_to_choose_the_kept_ones(published, capsys):
    kept = decided(published.warehouse, published_id(published.warehouse, "tiny")).where("is_kept").select("doc_id")
    texts = published.warehouse.read(DOCUMENTS).join(F.broadcast(kept), "doc_id", "inner")
    assert shuffled_texts(capsys, texts) == []


@pytest.mark.spark
def test_the_search_finds_a_shuffled_text(published, capsys):
    assert shuffled_texts(capsys, published.warehouse.read(DOCUMENTS).repartition("doc_id"))


@pytest.mark.spark
def test_deciding_reads_no_text_at_all(published, capsys):
    population = row_of(published.warehouse, published_id(published.warehouse, "tiny"))["population_id"]
    judged(published, published.recipe.steps, population).explain("formatted")
    assert not re.search(r"\btext#", capsys.readouterr().out)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_used_that_spark_connect_lacks(path):
    names = {node.attr for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)}
    assert names & FORBIDDEN == set()
