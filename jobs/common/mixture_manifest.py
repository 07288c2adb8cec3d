"""What a mixture is: a request, and the manifest that holds what was asked against what was reached."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.common.domains import Division
from jobs.common.version import code_version
from schemas.schedule import Schedule
from transforms.digests import digest
from transforms.fields import Row
from transforms.mixture import reached
from transforms.phases import Part, budgets

_DIGESTED = ("phase_number", "source", "doc_id", "copy", "n_tokens", "order_key")
_BETWEEN = "|"  # in no name, id or number


@dataclass(frozen=True)
class Asked:
    """A mixture to be made.

    Attributes:
        snapshot: Its registry row.
        schedule: What is asked.
        origin: The schedule's file, which errors mention.
        division: The snapshot's documents, each of its source.
    """

    snapshot: Row
    schedule: Schedule
    origin: str
    division: Division

    @property
    def mixture_id(self) -> str:
        """Name of the schedule, and a hash of all that can change the result."""
        told = [self.schedule.asked(), self.snapshot["snapshot_id"], self.snapshot["tokenizer"]]
        text = json.dumps([*told, self.division.domains_id, code_version()])
        return f"{self.schedule.name}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def manifest(asked: Asked, parts: Sequence[Part], there: Sequence[Row], rows: DataFrame) -> Row:
    """Tell what a mixture is and how near it came to what was asked.

    Args:
        asked: What was.
        parts: Its parts, of ``parts_of``.
        there: source, n_documents and n_tokens of all sources of the snapshot.
        rows: Of ``mixture``, those of this one.
    """
    got = {(row["phase_number"], row["source"]): row for row in rows.transform(reached).collect()}  # a row a part
    totals: dict[int, int] = {}
    for (number, _), row in got.items():
        totals[number] = totals.get(number, 0) + row["n_reached"]
    phases = [
        {
            "name": phase.name,
            "n_tokens": budget,
            "n_reached": totals.get(number, 0),
            "sources": [
                _part(part, got.get((number, part.source)), totals.get(number, 0))
                for part in parts
                if part.phase_number == number
            ],
        }
        for number, (phase, budget) in enumerate(zip(asked.schedule.phases, budgets(asked.schedule), strict=True))
    ]
    told = {name: asked.snapshot[name] for name in ("snapshot_id", "name", "crawl", "digest", "tokenizer")}
    return {
        "mixture_id": asked.mixture_id,
        "schedule": json.loads(asked.schedule.asked()),
        "snapshot": told,
        "code_version": code_version(),
        "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
        # As one text: a mixture has many rows, none of their fields is null, and each costs a hash.
        "digest": digest(rows.select(F.concat_ws(_BETWEEN, *_DIGESTED).alias("row"))),
        "sources": [_source(asked.schedule, row, parts) for row in sorted(there, key=lambda row: str(row["source"]))],
        "phases": phases,
    }


def _part(part: Part, got: Any, total: int) -> Row:
    n_reached = got["n_reached"] if got else 0
    return {
        "source": part.source,
        "proportion": part.proportion,
        "proportion_reached": n_reached / total if total else 0.0,
        "n_tokens": part.n_tokens,
        "n_reached": n_reached,
        "n_rows": got["n_rows"] if got else 0,
    }


def _source(schedule: Schedule, row: Row, parts: Sequence[Part]) -> Row:
    """Tell of a source what there is and how often it is seen; one that no phase names is asked for nothing."""
    n_asked = sum(part.n_tokens for part in parts if part.source == row["source"])
    return {
        "source": row["source"],
        "n_documents": row["n_documents"],
        "n_tokens": row["n_tokens"],
        "n_asked": n_asked,
        "epochs": n_asked / row["n_tokens"] if row["n_tokens"] else 0.0,
        "max_epochs": schedule.limit(row["source"]),
    }
