"""Pages taken down: remembered, taken out of every table and snapshot, proven; a run that was cut short is finished."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from jobs.common import files
from jobs.common.garbage import purge
from jobs.common.scratch import Scratch
from jobs.common.tables import Warehouse
from jobs.common.takedown_key import id_of, remembered
from jobs.common.takedown_proof import changes, replacements, versions, write_proof
from jobs.common.takedown_rows import find_ids, take_out
from jobs.common.takedown_snapshots import replace_snapshots, sweep
from jobs.common.version import code_version
from schemas.errors import QualityGateError
from schemas.takedowns import TAKEDOWNS
from transforms.fields import Row
from transforms.local_rows import local_rows
from transforms.text.taken_down import TakenDown, keyed
from transforms.text.taken_things import Thing

MOST_TOLD = 100_000
"""So many ids and hashes a proof lists; of more it says how many there are."""


@dataclass(frozen=True)
class Asked:
    """What an operator asks to be taken down.

    Attributes:
        things: In their normal forms; none: what was asked before and cut short.
        reason: Why, in the operator's words.
        key: Of the hashes.
        key_file: Where it was read.
        is_purged: Whether no trace of it must be left in files of older versions either.
    """

    things: tuple[Thing, ...]
    reason: str
    key: bytes
    key_file: str | None = None
    is_purged: bool = False

    @property
    def takedown_id(self) -> str:
        """Name it by what is asked: asked again, it is the same one."""
        told = [*sorted(keyed(self.key, *thing) for thing in self.things), self.reason]
        return hashlib.sha256("\n".join(told).encode()).hexdigest()[:12]


def take_down(warehouse: Warehouse, asked: Asked) -> Row:
    """Do it; nobody else may be writing the warehouse.

    It is remembered first and for good, so that what comes in later is held against it, and so that a run which is
    killed at any moment can be finished by anybody with the key.

    Returns:
        The proof, and where it was written.

    Raises:
        QualityGateError: something of it is still there.
    """
    began = datetime.now(UTC)
    before = versions(warehouse)
    _remember(warehouse, asked, began)
    taken = remembered(warehouse, asked.key_file, is_finishing=True)
    assert taken is not None  # noqa: S101 it was just written
    room = Scratch(warehouse.spark, f"{warehouse.root}/staging/takedown")
    files.remove(f"{warehouse.root}/staging")  # killed runs leave texts there
    try:
        ids = find_ids(warehouse, taken, _named(asked), room)
        told = take_out(warehouse, taken, ids, room)
        replaced = replace_snapshots(warehouse, ids)
        told |= sweep(warehouse, ids)
        if asked.is_purged:
            purge(warehouse)
        _require_gone(warehouse, taken, room)
        found = [row["doc_id"] for row in ids.orderBy("doc_id").limit(MOST_TOLD).collect()]
        n_ids = ids.count()
    finally:
        files.remove(f"{warehouse.root}/staging")
    _finish(warehouse)
    proof = _proof(asked, began) | {"n_documents": n_ids, "documents": found}
    proof |= {"tables": changes(before, warehouse, told), "snapshots": replacements(warehouse, replaced)}
    return write_proof(warehouse, proof)


def _named(asked: Asked) -> list[str]:
    return [thing.value for thing in asked.things if thing.kind == "doc_id"]


def _remember(warehouse: Warehouse, asked: Asked, now: datetime) -> None:
    """Write down the hashes that are new, as not done yet."""
    hashes = {keyed(asked.key, *thing): thing for thing in asked.things}
    known = {row["keyed_hash"] for row in warehouse.read(TAKEDOWNS).select("keyed_hash").collect()}
    shared = {"takedown_id": asked.takedown_id, "key_id": id_of(asked.key), "reason": asked.reason}
    new = [
        {
            **shared,
            "kind": thing.kind,
            "keyed_hash": one,
            "n_chars": len(thing.value) if thing.kind == "prefix" else None,
            "asked_at": now,
            "is_done": False,
        }
        for one, thing in hashes.items()
        if one not in known
    ]
    if new:
        warehouse.append(local_rows(warehouse.spark, new, TAKEDOWNS.schema).coalesce(1), TAKEDOWNS)


def _finish(warehouse: Warehouse) -> None:
    done = warehouse.read(TAKEDOWNS).collect()
    if not all(row["is_done"] for row in done):
        told = [{**row.asDict(), "is_done": True} for row in done]
        warehouse.overwrite(local_rows(warehouse.spark, told, TAKEDOWNS.schema).coalesce(1), TAKEDOWNS)


def _require_gone(warehouse: Warehouse, taken: TakenDown, room: Scratch) -> None:
    left = find_ids(warehouse, taken, [], Scratch(room.spark, f"{room.folder}/left")).count()
    if left:
        raise QualityGateError(f"{left:,} documents are still there after they were taken down; run it again")


def _proof(asked: Asked, began: datetime) -> Row:
    hashes = [{"kind": thing.kind, "keyed_hash": keyed(asked.key, *thing)} for thing in asked.things[:MOST_TOLD]]
    return {
        "takedown_id": asked.takedown_id,
        "reason": asked.reason,
        "key_id": id_of(asked.key),
        "n_asked": len(asked.things),
        "asked": hashes,
        "is_purged": asked.is_purged,
        "code_version": code_version(),
        "began_at": began.isoformat(),
        "finished_at": datetime.now(UTC).isoformat(),
    }
