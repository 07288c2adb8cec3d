"""Trained models in a warehouse: ``models/<name>/<version>/``, and a row of the table ``models`` for each.

A version is there when its ``card.json`` is: locally the whole folder appears at once, elsewhere the card comes last.
"""

import json
import os
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

from jobs.common import files
from jobs.common.model_card import Card
from jobs.common.tables import Warehouse
from schemas.models import MODELS
from transforms.local_rows import local_rows

CARD = "card.json"


def folder_of(warehouse: Warehouse, name: str, version: str) -> str:
    """Give the address of a version's folder."""
    return f"{warehouse.root}/models/{name}/{version}"


def card_of(folder: str) -> Card | None:
    """Give the card of a version that is there, or None."""
    uri = f"{folder}/{CARD}"
    if not files.exists(uri):
        return None
    card: Card = json.loads(files.read_bytes(uri))
    return card


def publish(staged: Path, folder: str) -> None:
    """Make a folder that was written on this machine the version's folder; what is half there goes first."""
    files.remove(folder)
    if files.is_local(folder):
        os.makedirs(os.path.dirname(folder), exist_ok=True)
        if staged.stat().st_dev == os.stat(os.path.dirname(folder)).st_dev:
            os.rename(staged, folder)
        else:
            shutil.move(staged, folder)
        return
    fs, target = files.filesystem(folder)
    for path in sorted(staged.iterdir(), key=lambda path: (path.name == CARD, path.name)):
        fs.put_file(str(path), f"{target}/{path.name}")


def put_row(warehouse: Warehouse, card: Card, folder: str) -> None:
    """Write the version's row, or write it again: the same one."""
    metrics = {name: told["value"] for name, told in card["metrics"].items() if told["value"] is not None}
    row: dict[str, Any] = {
        "name": card["name"],
        "version": card["version"],
        "sha256": card["sha256"],
        "uri": f"{folder}/{card['file']}",
        "kind": card["kind"],
        "labels": card["labels"],
        "normalisation": card["normalisation"],
        "trained_at": datetime.fromisoformat(card["trained_at"]),
        "metrics": metrics,
        "thresholds": card["thresholds"],
    }
    rows = local_rows(warehouse.spark, [row], MODELS.schema)
    warehouse.replace(rows.coalesce(1), MODELS, {"name": card["name"], "version": card["version"]})
