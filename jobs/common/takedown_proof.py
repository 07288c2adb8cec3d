"""The proof of a takedown: what was asked, which documents, tables and snapshots it changed; no addresses."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime

from jobs.common import files
from jobs.common.snapshots import rows
from jobs.common.tables import Warehouse
from schemas.registry import ALL
from transforms.fields import Row


def versions(warehouse: Warehouse) -> dict[str, int]:
    """Give each table's version; -1: it was never written."""
    return {table.name: warehouse.version(table) for table in ALL}


def changes(before: Mapping[str, int], warehouse: Warehouse, n_rows: Mapping[str, int]) -> dict[str, Row]:
    """Give, of each table that has another version than ``before``, both versions and how many rows went or changed."""
    after = versions(warehouse)
    return {
        name: {"version_before": before[name], "version_after": after[name], "n_rows": n_rows.get(name, 0)}
        for name in after
        if after[name] != before[name]
    }


def replacements(warehouse: Warehouse, replaced: Mapping[str, str]) -> list[Row]:
    """Tell of snapshots (old id → new id) what was in them and is."""
    by_id = {row["snapshot_id"]: row for row in rows(warehouse)}
    names = ("n_documents", "n_kept", "digest", "texts_digest")
    return [
        {
            "snapshot_id": new,
            "supersedes": old,
            "is_published": by_id[new]["is_published"],
            "before": {name: by_id[old][name] for name in names},
            "after": {name: by_id[new][name] for name in names},
        }
        for old, new in replaced.items()
    ]


def write_proof(warehouse: Warehouse, proof: Row) -> Row:
    """Write it to the warehouse's ``takedowns/``, a file for each run; gives it with its address as ``proof``."""
    when = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    target = f"{warehouse.root}/takedowns/{proof['takedown_id']}-{when}.json"
    files.write_text(target, json.dumps(proof, indent=2) + "\n")
    return {**proof, "proof": target}
