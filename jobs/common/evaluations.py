"""The table of evaluated models: files of an evaluation harness go in, joined to the snapshots models learned from."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import TypeVar

from pyspark.sql import functions as F

from jobs.common import files
from jobs.common.snapshots import named, rows
from jobs.common.tables import Warehouse
from schemas.benchmark import Benchmark
from schemas.errors import RecipeError
from schemas.leaderboard import LEADERBOARD
from schemas.registry import SNAPSHOTS
from transforms.centred import averages
from transforms.fields import Row
from transforms.local_rows import local_rows
from transforms.scales import compute, largest_filled, scale_of
from transforms.task_results import Evaluated, evaluations_of

T = TypeVar("T", str, int)

_OF_SNAPSHOTS = ("name", "crawl", "status", "is_published", "n_kept", "n_kept_tokens", "tokenizer")
_CONTENT = tuple(name for name in LEADERBOARD.schema.names if name != "added_at")


@dataclass(frozen=True)
class Said:
    """What the operator says of evaluations whose files do not; None: nothing."""

    snapshot: str | None = None
    model: str | None = None
    n_params: int | None = None
    n_tokens: int | None = None


def rows_of(benchmark: Benchmark, version: str | None, uri: str, said: Said) -> list[Row]:
    """Read a file and give its rows of ``leaderboard``; ``snapshot_id`` is as it was named, and no time is in them.

    Raises:
        RecipeError: the file or what is said of it is wrong; one line.
        SourceUnavailableError: it cannot be read.
    """
    data = files.read_bytes(uri)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise RecipeError(f"{uri}: not UTF-8; allowed: JSON or CSV in UTF-8") from None
    found = evaluations_of(text, uri, benchmark.tasks)
    if said.model and len(found) > 1:
        raise RecipeError(f"--model: given for the {len(found):,} models of {uri}; allowed: for a file of one")
    shared = {"benchmark": benchmark.name, "version": version or benchmark.version}
    shared |= {"file": PurePosixPath(uri).name, "file_sha256": hashlib.sha256(data).hexdigest()}
    told = [shared | _row(benchmark, version, uri, one, said) for one in found]
    names = [(row["snapshot_id"], row["model"]) for row in told]
    for name in names:
        if names.count(name) > 1:
            raise RecipeError(f"{uri}: model {name[1]!r:.80} stands twice; allowed: once for each snapshot")
    return told


def _row(benchmark: Benchmark, version: str | None, uri: str, one: Evaluated, said: Said) -> Row:
    told = averages(one.accuracies, benchmark, version)
    snapshot = _agreed(uri, "--snapshot", one.snapshot, said.snapshot)
    if not snapshot:
        raise RecipeError(f"{uri}: names no snapshot; give --snapshot, or 'snapshot_id' in the file")
    n_params = _agreed(uri, "--params", one.n_params, said.n_params)
    n_tokens = _agreed(uri, "--tokens", one.n_tokens, said.n_tokens)
    return {
        "snapshot_id": snapshot,
        "model": said.model or one.model or PurePosixPath(uri).stem,
        "n_params": n_params,
        "n_tokens": n_tokens,
        "scale": scale_of(benchmark.scales, n_params, n_tokens),
        "core": told.core,
        "extended": told.extended,
        "accuracies": one.accuracies,
        "missing": list(told.missing),
    }


def _agreed(uri: str, option: str, told: T | None, said: T | None) -> T | None:
    if told is not None and said is not None and told != said:
        raise RecipeError(f"{option}: given {said!r:.80}, but {uri} says {told!r:.80}; allowed: leave it out")
    return said if told is None else told


def require(told: Iterable[Row], benchmark: Benchmark, wanted: str) -> None:
    """Make sure that every evaluation has an average.

    Args:
        told: Of ``rows_of``.
        benchmark: Whose tasks they are.
        wanted: ``core`` or ``extended``.

    Raises:
        RecipeError: a task of it is missing; names the first evaluation and its missing tasks.
    """
    for row in told:
        if row[wanted] is None:
            missing = [task for task in row["missing"] if wanted == "extended" or task in benchmark.core]
            names = ", ".join(missing)
            raise RecipeError(f"{row['file']}: {row['model']:.80}: no {wanted.upper()}; missing: {names:.300}")


def put_rows(warehouse: Warehouse, told: Sequence[Row]) -> int:
    """Write what is new or differs, in one atomic commit; gives how many rows that are.

    Raises:
        RecipeError: a snapshot is not known; nothing was written.
    """
    ids = {name: _snapshot_id(warehouse, name) for name in dict.fromkeys(row["snapshot_id"] for row in told)}
    now = datetime.now(UTC)
    given = {
        _key(row): row for row in (one | {"snapshot_id": ids[one["snapshot_id"]], "added_at": now} for one in told)
    }
    there = {_key(row): row for row in (one.asDict() for one in warehouse.read(LEADERBOARD).collect())}
    fresh = {key: row for key, row in given.items() if key not in there or _differ(row, there[key])}
    if fresh:
        table = local_rows(warehouse.spark, list((there | fresh).values()), LEADERBOARD.schema)
        warehouse.overwrite(table.coalesce(1), LEADERBOARD)
    return len(fresh)


def _key(row: Row) -> tuple[str, ...]:
    return tuple(row[name] for name in LEADERBOARD.key)


def _differ(a: Row, b: Row) -> bool:
    return any(a[name] != b[name] for name in _CONTENT)


def _snapshot_id(warehouse: Warehouse, name: str) -> str:
    """Find a snapshot by its id, also one whose data were freed since a model learned from it, or by its recipe."""
    if any(row["snapshot_id"] == name for row in rows(warehouse)):
        return name
    return str(named(warehouse, name, "snapshot")["snapshot_id"])


def board(warehouse: Warehouse, benchmark: Benchmark, version: str | None = None) -> list[Row]:
    """Give the evaluations by one version of the baselines, best CORE first, each beside its snapshot.

    Returns:
        Columns of ``leaderboard``, of the snapshot (null where the registry has it no more), ``compute``, ``epochs``
        (how often a run saw each token of its snapshot) and ``fills`` (scale that the snapshot's tokens suffice for).

    Raises:
        RecipeError: the benchmark has no such version.
    """
    benchmark.baselines_of(version)
    mine = warehouse.read(LEADERBOARD).where(
        (F.col("benchmark") == benchmark.name) & (F.col("version") == (version or benchmark.version))
    )
    known = warehouse.read(SNAPSHOTS).select("snapshot_id", *_OF_SNAPSHOTS)
    order = (F.desc_nulls_last("core"), F.desc_nulls_last("extended"), "model", "snapshot_id", "file_sha256")
    told = mine.join(F.broadcast(known), "snapshot_id", "left").orderBy(*order)
    return [_beside(row.asDict(), benchmark) for row in told.collect()]  # a row an evaluation


def _beside(row: Row, benchmark: Benchmark) -> Row:
    n_params, n_tokens, there = row["n_params"], row["n_tokens"], row["n_kept_tokens"]
    return row | {
        "compute": compute(n_params, n_tokens) if n_params and n_tokens else None,
        "epochs": n_tokens / there if n_tokens and there else None,
        "fills": largest_filled(benchmark.scales, there),
    }
