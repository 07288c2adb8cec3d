"""A snapshot's tokens, by a tokenizer given as a file."""

import json
import shutil
from dataclasses import replace

import pytest
from pyspark.sql import functions as F

from jobs.common.context import open_context
from jobs.common.snapshots import published_id, row_of
from jobs.common.tables import Warehouse
from jobs.common.tokens import count_tokens
from schemas.errors import RecipeError
from schemas.tables import CURATED
from schemas.tokens import TOKENS
from tests.conftest import edited

tokenizers = pytest.importorskip("tokenizers", reason="the extra tokens is not installed")
pytestmark = pytest.mark.spark


def made(path):
    """Write a tokenizer that takes each word, and each run of other characters, for a token; it cuts texts at five."""
    tokenizer = tokenizers.Tokenizer(tokenizers.models.WordLevel({"?": 0}, unk_token="?"))
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    tokenizer.enable_truncation(5)
    tokenizer.save(str(path))


def recipe_with(tmp_path, value):
    return edited(tmp_path, ("[gates]", f'[tokens]\nname = "words"\ntokenizer = {value}\n\n[gates]'))


def test_kept_texts_are_counted_once(published, tmp_path, spark):
    shutil.copytree(published.warehouse.root, tmp_path / "wh")
    made(tmp_path / "tokenizer.json")
    recipe = recipe_with(tmp_path, '"tokenizer.json"')
    opened = open_context(str(recipe), str(tmp_path / "wh"))
    context = replace(opened, warehouse=Warehouse(spark, str(tmp_path / "wh")))
    name = published_id(context.warehouse, "tiny")
    count_tokens(context, name)
    curated = context.warehouse.read(CURATED, context.warehouse.curated_path(name))
    pattern = r"\w+|[^\w\s]+"
    expected = curated.select("doc_id", "crawl", "unit", F.regexp_count("text", F.lit(f"(?U){pattern}")).alias("n"))
    found = context.warehouse.read(TOKENS)
    told = {row["doc_id"]: (row["crawl"], row["unit"], row["n_tokens"]) for row in found.collect()}
    assert told == {row["doc_id"]: (row["crawl"], row["unit"], row["n"]) for row in expected.collect()}
    row = row_of(context.warehouse, name)
    assert row["n_kept_tokens"] == sum(n for *_, n in told.values())
    assert row["tokenizer"] == context.recipe.tokens.label
    version = context.warehouse.version(TOKENS)
    count_tokens(context, name)
    assert context.warehouse.version(TOKENS) == version


@pytest.mark.parametrize(
    ("content", "value", "said"),
    [
        (None, '"gone.json"', "no such list 'gone.json'"),
        ("{}", '"tokenizer.json"', r"tokens.tokenizer: .*tokenizer.json is no tokenizer.json"),
        ("{}", f'{{ path = "tokenizer.json", sha256 = "{"0" * 64}" }}', "has sha256 44136.*; allowed: 0000"),
    ],
)
def test_what_is_no_tokenizer_is_told_in_one_line(tmp_path, content, value, said):
    if content is not None:
        (tmp_path / "tokenizer.json").write_text(json.dumps(json.loads(content)))
    with pytest.raises(RecipeError, match=said) as told:
        open_context(str(recipe_with(tmp_path, value)), str(tmp_path / "wh"))
    assert "\n" not in str(told.value)
