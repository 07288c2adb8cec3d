"""The files that hold a snapshot's documents: which they are, their checksums, and what lies beside them."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from urllib.parse import unquote

import pyarrow as pa

from jobs.common import files
from jobs.common.stores import Access
from jobs.common.tables import Warehouse
from schemas.errors import SourceUnavailableError
from schemas.tables import CURATED
from transforms.fields import Row
from transforms.local_rows import local_rows
from transforms.workers import map_batches

_SUMS = "path string, size_bytes long, sha256 string, error string"
_BLOCK = 4 << 20
_FILES_PER_TASK = 8


def data_files(warehouse: Warehouse, snapshot_id: str) -> list[str]:
    """Give the files of the table's current version, as sorted paths from the table's own folder."""
    return warehouse.files_of(CURATED, warehouse.curated_path(snapshot_id))


def strays(warehouse: Warehouse, snapshot_id: str) -> list[str]:
    """Give the Parquet files that lie in the table's folder and are not of it, as sorted paths from there."""
    fs, root = files.filesystem(warehouse.curated_path(snapshot_id))
    mine = set(data_files(warehouse, snapshot_id))
    found = [path[len(root) + 1 :] for path in fs.find(root)] if fs.exists(root) else []
    return sorted(path for path in found if path.endswith(".parquet") and unquote(path) not in mine)


def drop_strays(warehouse: Warehouse, snapshot_id: str) -> None:
    """Remove what killed runs left beside the table's files, so that who reads the folder reads the table.

    Nobody may be writing the snapshot.
    """
    for path in strays(warehouse, snapshot_id):
        files.remove(f"{warehouse.curated_path(snapshot_id)}/{path}")


def checksums(warehouse: Warehouse, snapshot_id: str, names: Sequence[str]) -> list[Row]:
    """Hash files where they are, in Spark's workers.

    Args:
        warehouse: Where the snapshot is.
        snapshot_id: Whose files.
        names: Paths from the folder of the snapshot's table.

    Returns:
        path, size_bytes, sha256 and error (None: it was read, else the other two are None) of each, by path.
    """
    if not names:
        return []
    asked = local_rows(warehouse.spark, [(name,) for name in names], "path string")
    spread = asked.repartition(-(-len(names) // _FILES_PER_TASK))
    hashing = partial(_hashed, warehouse.curated_path(snapshot_id), Access.here())
    rows = map_batches(spread, hashing, _SUMS).collect()  # a row a file
    return sorted((row.asDict() for row in rows), key=lambda row: str(row["path"]))


def _hashed(root: str, access: Access, stream: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for batch in stream:
        rows = [_sum_of(root, name, access) for name in batch.column("path").to_pylist()]
        told = pa.schema([("path", "string"), ("size_bytes", "int64"), ("sha256", "string"), ("error", "string")])
        yield pa.RecordBatch.from_pylist(rows, told)


def _sum_of(root: str, name: str, access: Access) -> Row:
    size, seen = 0, hashlib.sha256()
    try:
        with files.open_binary(f"{root}/{name}", access=access) as stream:
            while block := stream.read(_BLOCK):
                size += len(block)
                seen.update(block)
    except (OSError, SourceUnavailableError) as error:
        return {"path": name, "size_bytes": None, "sha256": None, "error": type(error).__name__}
    return {"path": name, "size_bytes": size, "sha256": seen.hexdigest(), "error": None}
