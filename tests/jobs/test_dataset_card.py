"""What lies beside a snapshot for hubs and search: the card's front matter, and metadata that other tools read."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.dataset as ds
import pytest
from ruamel.yaml import YAML

from jobs.common.croissant import SAID
from jobs.common.dataset_card import card, size_category
from jobs.common.snapshots import published_id
from schemas.tables import CURATED

MANIFEST = {
    "snapshot_id": "tiny-1",
    "crawl": "c: [1]",
    "status": "published",
    "digest": "1:0",
    "texts_digest": "1:1",
    "n_documents": 12_345,
    "n_kept": 1_000,
    "n_kept_words": 5,
    "n_kept_tokens": None,
    "tokenizer": None,
    "created_at": datetime(2026, 1, 2, 3, 4, tzinfo=UTC).isoformat(),
    "code_version": "1",
    "parent_id": None,
    "recipe": 'name = "tiny"\n~~~~ not the end\n',
}


def front_matter(text):
    start, yaml, rest = text.split("---\n", 2)
    assert start == ""
    return YAML(typ="safe").load(yaml), rest


def test_the_front_matter_is_yaml_and_the_recipe_stays_one_block():
    languages = [{"label": "en", "n_kept": 900}, {"label": "no", "n_kept": 9}, {"label": "unknown", "n_kept": 91}]
    told, rest = front_matter(card(MANIFEST, [], languages))
    assert told["language"] == ["en", "no"], "codes only; 'no' is Norwegian"
    assert told["size_categories"] == ["1K<n<10K"]
    assert told["configs"][0]["data_files"][0]["path"].startswith("curated/")
    assert "1,000 of 12,345 documents" in rest
    assert "tokens" not in rest.partition("## What a row is")[0]
    assert rest.rstrip().endswith("~~~~ not the end\n~~~~~")


def test_tokens_are_told_where_they_were_counted():
    text = card({**MANIFEST, "n_kept_tokens": 1_234, "tokenizer": "neox-1"}, [], [])
    assert "1,234 tokens of neox-1" in text


@pytest.mark.parametrize(("n", "name"), [(0, "n<1K"), (999, "n<1K"), (1000, "1K<n<10K"), (10**12, "n>1T")])
def test_sizes_are_named_as_hubs_do(n, name):
    assert size_category(n) == name


def test_every_column_is_described():
    assert set(SAID) == set(CURATED.schema.names)


@pytest.mark.spark
def test_other_tools_read_the_snapshot_by_its_metadata(published):
    mlcroissant = pytest.importorskip("mlcroissant")
    warehouse = published.warehouse
    name = published_id(warehouse, "tiny")
    folder = Path(warehouse.snapshot_path(name))
    rows = warehouse.read(CURATED, warehouse.curated_path(name)).select("doc_id", "text", "n_words").collect()
    mine = {(row["doc_id"], row["text"], row["n_words"]) for row in rows}
    dataset = mlcroissant.Dataset(jsonld=str(folder / "croissant.json"))
    assert not dataset.metadata.ctx.issues.errors
    read = ([row[f"documents/{key}"] for key in ("doc_id", "text", "n_words")] for row in dataset.records("documents"))
    told = {(doc_id.decode(), text.decode(), n) for doc_id, text, n in read}
    assert told == mine
    data, _ = front_matter((folder / "README.md").read_text())
    found = sorted(map(str, folder.glob(data["configs"][0]["data_files"][0]["path"])))
    table = ds.dataset(found, format="parquet").to_table(columns=["doc_id", "text", "n_words"])
    assert {tuple(row.values()) for row in table.to_pylist()} == mine
    files = [one for one in json.loads((folder / "croissant.json").read_text())["distribution"] if "sha256" in one]
    assert sorted(str(folder / one["contentUrl"]) for one in files) == found
