"""A job's run: shown while it goes on, told to OpenLineage where an endpoint is set, at its end a row of ``runs``."""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from jobs.common.cores import cores_of
from jobs.common.lineage_events import Told, teller
from jobs.common.peak_memory import peak_memory_bytes
from jobs.common.progress import Reporter, Stage
from jobs.common.tables import Warehouse
from jobs.common.version import code_version
from schemas.registry import DATA_FLOW, RUNS
from schemas.tables import Table
from transforms.local_rows import local_rows


@dataclass(frozen=True)
class JobRun:
    """What is known of a job's run before it begins.

    Attributes:
        warehouse: Where.
        reporter: Where progress is told.
        run_id: Of the command.
        name: Of the job; its first word says which tables it reads and writes.
        crawl: On which it works.
        step_id: What it makes; None: nothing that has an id.
        fingerprint: Of the recipe.
    """

    warehouse: Warehouse
    reporter: Reporter
    run_id: str
    name: str
    crawl: str
    step_id: str | None
    fingerprint: str


@contextmanager
def recorded(job: JobRun, n_units: int) -> Iterator[Stage]:
    """Show the job's progress and, when it ends well, write its row; one that fails is told to OpenLineage only."""
    reads, writes = DATA_FLOW[job.name.split()[0]]
    inputs, before = _versions(job, reads), _versions(job, writes)
    started_at = datetime.now(UTC)
    tell = teller(job.reporter, job.run_id, f"{job.name} {job.crawl}")
    tell(Told("START", started_at, _at(job, inputs)))
    try:
        with job.reporter.stage(job.name, n_units) as stage:
            yield stage
    except BaseException as error:
        tell(Told("FAIL", datetime.now(UTC), _at(job, inputs), error=type(error).__name__))
        raise
    outputs = {name: version for name, version in _versions(job, writes).items() if version != before.get(name)}
    finished_at = datetime.now(UTC)
    row = _row(job, stage) | {
        "inputs": inputs,
        "outputs": outputs,
        "started_at": started_at,
        "finished_at": finished_at,
    }
    job.warehouse.append(local_rows(job.warehouse.spark, [row], RUNS.schema), RUNS)
    tell(Told("COMPLETE", finished_at, _at(job, inputs), _at(job, outputs)))


def _row(job: JobRun, stage: Stage) -> dict[str, object]:
    return {
        "run_id": job.run_id,
        "job": job.name,
        "crawl": job.crawl,
        "step_id": job.step_id,
        "recipe_fingerprint": job.fingerprint,
        "code_version": code_version(),
        "spark_version": job.warehouse.spark.version,
        "n_units": stage.n_units,
        "n_cores": cores_of(job.warehouse.spark),
        "n_documents": stage.n_documents,
        "seconds": stage.seconds,
        "peak_memory_bytes": peak_memory_bytes(os.getpid()),
    }


def _versions(job: JobRun, tables: Iterable[Table]) -> dict[str, int]:
    """Give the versions of the tables that are there."""
    told = {table.name: job.warehouse.version(table) for table in tables}
    return {name: version for name, version in told.items() if version >= 0}


def _at(job: JobRun, versions: Mapping[str, int]) -> dict[str, int]:
    return {f"{job.warehouse.root}/tables/{name}": version for name, version in versions.items()}
