"""Job runs as OpenLineage events, by the standard's own client, where its environment names an endpoint.

What is set is the client's own: ``OPENLINEAGE_URL`` or ``OPENLINEAGE_CONFIG``, ``OPENLINEAGE_API_KEY``,
``OPENLINEAGE_NAMESPACE``, ``OPENLINEAGE_DISABLED``.
"""

import os
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from jobs.common.progress import Reporter
from schemas.errors import SetupError

_PRODUCER = "https://pypi.org/project/crawlsluice"
_ENDPOINT = ("OPENLINEAGE_URL", "OPENLINEAGE_CONFIG")


@dataclass(frozen=True)
class Told:
    """One event of a job's run.

    Attributes:
        state: START, COMPLETE or FAIL.
        at: When.
        inputs: Address of each table that is read → its version.
        outputs: The same of those that were written.
        error: Kind of the error that ended it.
    """

    state: str
    at: datetime
    inputs: Mapping[str, int] = field(default_factory=dict)
    outputs: Mapping[str, int] = field(default_factory=dict)
    error: str | None = None


def teller(reporter: Reporter, command_id: str, job: str) -> Callable[[Told], None]:
    """Give what tells the events of one job's run; where no endpoint is set, it tells nobody.

    An endpoint that is out of reach costs a line, never the job.

    Args:
        reporter: Where that line goes.
        command_id: 32 hex digits: of the command that the job is part of.
        job: Its name.

    Raises:
        SetupError: an endpoint is set, and the client is not installed.
    """
    if not any(os.environ.get(name) for name in _ENDPOINT):
        return lambda _: None
    try:
        from openlineage.client import OpenLineageClient  # an extra: only who set an endpoint needs it
    except ImportError:
        told = "OPENLINEAGE_URL is set, which needs the package openlineage-python"
        raise SetupError(f"{told}; pip install 'crawlsluice[lineage]'") from None
    run_id = str(uuid.uuid4())
    lost: list[Exception] = []

    def tell(told: Told) -> None:
        if lost:
            return
        try:
            OpenLineageClient().emit(_event(told, run_id, command_id, job))
        except Exception as error:  # whatever the network or the endpoint does
            lost.append(error)
            reporter.log(f"OpenLineage: {type(error).__name__}; nothing more is told of {job}")

    return tell


def _event(told: Told, run_id: str, command_id: str, job: str) -> Any:
    from openlineage.client.event_v2 import InputDataset, Job, OutputDataset, Run, RunEvent, RunState
    from openlineage.client.facet_v2 import error_message_run, parent_run

    namespace = os.environ.get("OPENLINEAGE_NAMESPACE", "sluice")
    parent = parent_run.ParentRunFacet(
        parent_run.Run(str(uuid.UUID(command_id))), parent_run.Job(namespace, "sluice"), producer=_PRODUCER
    )
    facets: dict[str, Any] = {"parent": parent}
    if told.error:
        facets["errorMessage"] = error_message_run.ErrorMessageRunFacet(told.error, "python", producer=_PRODUCER)
    return RunEvent(
        eventTime=told.at.isoformat(),
        eventType=RunState[told.state],
        producer=_PRODUCER,
        run=Run(run_id, facets=facets),
        job=Job(namespace, job),
        inputs=[InputDataset(*_named(uri), facets=_version(version)) for uri, version in told.inputs.items()],
        outputs=[OutputDataset(*_named(uri), facets=_version(version)) for uri, version in told.outputs.items()],
    )


def _version(version: int) -> dict[str, Any]:
    from openlineage.client.facet_v2 import dataset_version_dataset

    return {"version": dataset_version_dataset.DatasetVersionDatasetFacet(str(version), producer=_PRODUCER)}


def _named(uri: str) -> tuple[str, str]:
    """Give a dataset's namespace and name as the standard has them: ``file`` and a path, ``s3://bucket`` and a key."""
    parts = urlsplit(uri)
    return (f"{parts.scheme}://{parts.netloc}", parts.path.lstrip("/")) if parts.netloc else ("file", parts.path)
