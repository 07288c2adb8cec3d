"""``MANIFEST.json`` beside a snapshot's data: what it is, what made it, which files hold it."""

import json
from datetime import datetime
from typing import Any

from jobs.common import files
from jobs.common.context import Context

Row = dict[str, Any]


def write_manifest(context: Context, snapshot: Row, results: list[Row]) -> str:
    """Write the manifest; gives its address."""
    folder = context.warehouse.snapshot_path(snapshot["snapshot_id"])
    fs, path = files.filesystem(context.warehouse.curated_path(snapshot["snapshot_id"]))
    found = fs.find(path, detail=True) if fs.exists(path) else {}
    data = [
        {"path": name[len(path) + 1 :], "size_bytes": info["size"]}
        for name, info in sorted(found.items())
        if name.endswith(".parquet")
    ]
    gates = [{key: value for key, value in row.items() if key != "snapshot_id"} for row in results]
    manifest = {**snapshot, "table": "curated", "format": "delta", "gates": gates, "files": data}
    target = f"{folder}/MANIFEST.json"
    files.write_text(target, json.dumps(manifest, indent=2, sort_keys=True, default=_plain) + "\n")
    return target


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
