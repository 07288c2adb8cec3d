"""A snapshot and a schedule → the table ``mixture`` and its manifest, written once."""

import json

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.common import files
from jobs.common.mixture_manifest import Asked, manifest
from jobs.common.scratch import room_in
from jobs.common.tables import Warehouse
from schemas.errors import RecipeError
from schemas.mixture import MIXTURE
from schemas.tokens import TOKENS
from transforms.fields import Row
from transforms.mixture import mixed, placed, unique_tokens
from transforms.phases import parts_of, require_enough


def manifest_path(warehouse: Warehouse, snapshot_id: str, mixture_id: str) -> str:
    """Give where a mixture's manifest is: with its snapshot, so that it goes when that goes."""
    return f"{warehouse.snapshot_path(snapshot_id)}/mixtures/{mixture_id}.json"


def made(warehouse: Warehouse, asked: Asked) -> Row | None:
    """Give the manifest of a mixture that was made before; None: it was not, or not to its end."""
    path = manifest_path(warehouse, asked.snapshot["snapshot_id"], asked.mixture_id)
    return dict(json.loads(files.read_bytes(path))) if files.exists(path) else None


def make(warehouse: Warehouse, asked: Asked) -> Row:
    """Write a mixture, then its manifest; gives the manifest. Nobody else may be writing the warehouse.

    Raises:
        RecipeError: the snapshot's tokens were not counted, or a source is not there or short.
    """
    parts = parts_of(asked.schedule)
    with room_in(warehouse, f"mix-{asked.mixture_id}") as room:
        documents = room.keep(_documents(warehouse, asked), "documents")
        unique = room.keep(documents.transform(unique_tokens), "unique")
        there = {row["source"]: row for row in unique.collect()}  # a row a source
        tokens = {source: row["n_tokens"] for source, row in there.items()}
        require_enough(parts, tokens, asked.schedule, asked.origin)
        seed = asked.schedule.seed
        rows = documents.transform(placed, seed).transform(mixed, parts, unique, seed)
        place = {"snapshot_id": asked.snapshot["snapshot_id"], "mixture_id": asked.mixture_id}
        named = rows.withColumns({name: F.lit(value) for name, value in place.items()})
        warehouse.replace(named.select(*MIXTURE.schema.names), MIXTURE, place)
    told = manifest(asked, parts, [row.asDict() for row in there.values()], rows_of(warehouse, asked))
    path = manifest_path(warehouse, place["snapshot_id"], place["mixture_id"])
    files.write_text(path, f"{json.dumps(told, indent=2)}\n")
    return told


def rows_of(warehouse: Warehouse, asked: Asked) -> DataFrame:
    """Read a mixture's rows."""
    return warehouse.read(MIXTURE).where(
        (F.col("snapshot_id") == asked.snapshot["snapshot_id"]) & (F.col("mixture_id") == asked.mixture_id)
    )


def _documents(warehouse: Warehouse, asked: Asked) -> DataFrame:
    """Give doc_id, crawl, unit, n_tokens and source of a snapshot's documents."""
    name, tokenizer = asked.snapshot["snapshot_id"], asked.snapshot["tokenizer"]
    if tokenizer is None:
        raise RecipeError(f"snapshot {name} was not counted in tokens; give its recipe [tokens] and run it again")
    counted = warehouse.read(TOKENS).where((F.col("snapshot_id") == name) & (F.col("tokenizer") == tokenizer))
    sources = asked.division.documents().select("doc_id", F.col("domain").alias("source"))
    return counted.select("doc_id", "crawl", "unit", "n_tokens").join(sources, "doc_id")
