"""A unit's rows, staged by Spark; staged again, with more care, where a page ended its worker."""

from collections.abc import Callable

from pyspark import TaskContext

# What Spark says of a Python worker that ended by itself, in the versions that are supported.
_DEAD_WORKER = ("python worker exited unexpectedly", "python worker crashed", "connection reset", "broken pipe")


def with_care_if_needed(stage: Callable[[bool], None]) -> None:
    """Call ``stage(False)``; where that ends in the death of a Python worker, ``stage(True)`` once.

    Args:
        stage: Runs the unit's Spark job anew each time; its argument says to read every page in a
            process of its own, so that the page that ended the worker costs one reject.
    """
    try:
        stage(False)
    except Exception as error:
        if not has_lost_a_worker(error):
            raise
        stage(True)


def has_lost_a_worker(error: Exception) -> bool:
    """Say whether a Spark job failed because a Python worker died."""
    told = str(error).lower()
    return any(words in told for words in _DEAD_WORKER)


def is_second_attempt() -> bool:
    """Say whether this worker's task was tried before: then its input may be what ended the first worker."""
    task = TaskContext.get()
    return task is not None and task.attemptNumber() > 0
