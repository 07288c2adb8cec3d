"""What a forecast reckons with: files to read and the documents that they hold, and what a document takes up."""

from collections.abc import Sequence
from typing import NamedTuple

from jobs.common.context import Context
from jobs.common.snapshots import rows
from jobs.common.sources import look
from jobs.common.subset import choose
from jobs.common.tables import Warehouse
from schemas.registry import ALL, DATA_FLOW
from schemas.tables import CRAWL_FILES, CURATED, Table
from transforms.fields import Row

_KINDS = ("wet", "wat", "arc")


class ToRead(NamedTuple):
    """What there is to read: files and their bytes, those that are new, and the documents that all of them hold."""

    n_files: int
    n_new_files: int
    new_bytes: int
    n_new_documents: int
    n_known_documents: int
    n_missing: int


def to_read(context: Context) -> ToRead:
    """Look at the inputs that the operator named, and at what is known of them; only their sizes are asked."""
    asked = choose(context) if context.given.index else {}
    found, missing = look(sorted(asked) or list(context.inputs))
    live = [row.asDict() for row in context.warehouse.read(CRAWL_FILES).collect()]  # a row a file
    mine = [row for row in live if row["crawl"] == context.recipe.crawl]
    tags = {(row["uri"], row["tag"].partition("#")[0]) for row in mine}
    new = [one for one in found if (one.uri, one.tag) not in tags]
    n_bytes = {one.uri: asked[one.uri].n_bytes if asked else one.size for one in new}
    per_byte = _documents_per_byte(live)
    n_new = sum(size * per_byte.get(_kind(uri), per_byte[""]) for uri, size in n_bytes.items())
    n_known = sum(row["n_documents"] for row in mine)
    return ToRead(len(found), len(new), sum(n_bytes.values()), round(n_new), n_known, len(missing))


def _documents_per_byte(files: Sequence[Row]) -> dict[str, float]:
    """Say how many documents a byte of each kind of file held; ``""``: of all files."""
    told = {}
    for kind in ("", *_KINDS, "warc"):
        mine = [row for row in files if row["status"] in {"ok", "damaged"} and kind in {"", _kind(row["uri"])}]
        size = sum(row["read_bytes"] for row in mine)
        if size or not kind:
            told[kind] = sum(row["n_documents"] for row in mine) / max(1, size)
    return told


def _kind(uri: str) -> str:
    return next((kind for kind in _KINDS if f".{kind}." in f"{uri}."), "warc")


def stored(warehouse: Warehouse, n_documents: int) -> dict[str, float]:
    """Say how many bytes of tables each kind of job writes for one document, by the tables as they are."""
    sizes = {table.name: _size(warehouse, warehouse.path(table)) for table in ALL if _grows(warehouse, table)}
    told = {
        kind: sum(sizes.get(table.name, 0) for table in written) / max(1, n_documents)
        for kind, (_, written) in DATA_FLOW.items()
    }
    latest = next((row for row in reversed(rows(warehouse)) if row["is_published"]), None)
    if latest and warehouse.has(CURATED, warehouse.curated_path(latest["snapshot_id"])):
        texts = _size(warehouse, warehouse.curated_path(latest["snapshot_id"]))
        told["curate"] += texts / max(1, latest["n_documents"])
    return told


def _grows(warehouse: Warehouse, table: Table) -> bool:
    """Say whether a table is there and grows with documents: it belongs to units, snapshots or steps."""
    return bool(table.partitions) and warehouse.has(table)


def _size(warehouse: Warehouse, path: str) -> int:
    return int(warehouse.detail(path, "sizeInBytes") or 0)


def words(warehouse: Warehouse) -> float:
    """Give the words of a kept document, on average."""
    kept = [(row["n_kept_words"], row["n_kept"]) for row in rows(warehouse) if row["n_kept"]]
    return float(kept[-1][0] / kept[-1][1]) if kept else 0.0
