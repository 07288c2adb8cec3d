"""Ingest and its bare loop, timed in turn: a machine that others use too changes its speed within minutes."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.bare import bare_ingest, in_processes
from tests.bench.crawl import CORES

if TYPE_CHECKING:
    from jobs.common.context import Context


def in_turn(
    work: Path, recipe: str, paths: list[str], contexts: "list[Context]"
) -> tuple[list[tuple[int, int, float]], list[float], list[float]]:
    """Run the bare loop before and after the ingest of each context, all over the same files.

    Returns:
        What the bare loop's runs counted and took, and the seconds of each warming up and of each ingest.
    """
    from jobs import ingest

    bare, warmed, ingested = [in_processes(bare_ingest, paths)], [], []
    for number, context in enumerate(contexts):
        begun = time.monotonic()
        # Workers that have nothing to do while the bare loop runs are gone behind it.
        warm_up(recipe, work / f"warm-{number}", paths[: 2 * CORES])
        warmed.append(time.monotonic() - begun)
        begun = time.monotonic()
        ingest.run(context)
        ingested.append(time.monotonic() - begun)
        bare.append(in_processes(bare_ingest, paths))
    return bare, warmed, ingested


def warm_up(recipe: str, warehouse: Path, paths: list[str]) -> None:
    """Ingest and measure a few files, enough for a task on each core, into a warehouse of their own.

    A JVM's first commits compile what they run, and each worker imports what it needs (and compiles kernels that were
    changed, for a minute), as the bare loop's processes did before they were timed. A night's run does not notice, so
    this is counted as session start.
    """
    from jobs import ingest, measure
    from jobs.common.context import Inputs, open_context

    context = open_context(recipe, str(warehouse), None, Inputs(paths))
    ingest.run(context)
    measure.run(context)
