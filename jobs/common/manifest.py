"""``MANIFEST.json`` beside a snapshot's data: what it is, what made it, which files hold it."""

import json
from datetime import UTC, datetime
from typing import Any

from jobs.common import files
from jobs.common.data_files import checksums, data_files
from jobs.common.tables import Warehouse
from schemas.errors import RecipeError, SourceUnavailableError

Row = dict[str, Any]

# Which snapshot is the published one, the registry says: a manifest stays as it was written.
_NOT_TOLD = ("is_published", "recipe_checked")
_NAME = "MANIFEST.json"


def write_manifest(warehouse: Warehouse, snapshot: Row, results: list[Row]) -> Row:
    """Write the manifest and give it back.

    Args:
        warehouse: Where the snapshot is.
        snapshot: Its registry row.
        results: Its ``gate_results`` rows.

    Returns:
        The row, gates, and files: path from the table's folder, size_bytes and sha256 of each.

    Raises:
        SourceUnavailableError: a data file cannot be read.
    """
    name = snapshot["snapshot_id"]
    gates = [{key: value for key, value in row.items() if key != "snapshot_id"} for row in results]
    told = {key: value for key, value in snapshot.items() if key not in _NOT_TOLD}
    manifest = {**told, "table": "curated", "format": "delta", "gates": gates, "files": _files(warehouse, name)}
    text = json.dumps(manifest, indent=2, sort_keys=True, default=_plain)
    files.write_text(_target(warehouse, name), f"{text}\n")
    plain: Row = json.loads(text)
    return plain


def read_manifest(warehouse: Warehouse, snapshot_id: str) -> Row:
    """Read a snapshot's manifest.

    Raises:
        RecipeError: there is none, or it is not what Sluice writes.
    """
    target = _target(warehouse, snapshot_id)
    if not files.exists(target):
        raise RecipeError(f"snapshot {snapshot_id} has no {_NAME}; run `sluice publish` first")
    try:
        told = json.loads(files.read_bytes(target))
        if not {"files", "texts_digest", "n_kept"} <= told.keys():
            raise ValueError("keys are missing")
    except (ValueError, AttributeError) as error:
        raise RecipeError(f"{target}: not a manifest of Sluice ({error}); restore it from a copy") from None
    return dict(told)


def _files(warehouse: Warehouse, snapshot_id: str) -> list[Row]:
    """List the data files; their bytes are read only if the manifest that is there does not know them."""
    names = data_files(warehouse, snapshot_id)
    known = {row["path"]: row for row in _known(warehouse, snapshot_id)}
    fresh = checksums(warehouse, snapshot_id, [name for name in names if name not in known])
    lost = [row for row in fresh if row["error"]]
    if lost:
        raise SourceUnavailableError(f"snapshot {snapshot_id}: {lost[0]['path']}: {lost[0]['error']}; run it again")
    rows = {**known, **{row["path"]: row for row in fresh}}
    return [{key: rows[name][key] for key in ("path", "size_bytes", "sha256")} for name in names]


def _known(warehouse: Warehouse, snapshot_id: str) -> list[Row]:
    """Give what was written before: data files have names of their own and are never written twice."""
    try:
        return list(read_manifest(warehouse, snapshot_id)["files"])
    except RecipeError:
        return []


def _target(warehouse: Warehouse, snapshot_id: str) -> str:
    return f"{warehouse.snapshot_path(snapshot_id)}/{_NAME}"


def _plain(value: object) -> str:
    # What was read from a table has no time zone: it is this machine's.
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)
