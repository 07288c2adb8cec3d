"""A fault that a Python worker saw, told by the driver in the worker's own line."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from pyspark.errors import PySparkException

from schemas.errors import RecipeError

_LINE = re.compile(r"RecipeError: (.+)")


@contextmanager
def told_by_workers() -> Iterator[None]:
    """Raise a worker's RecipeError here, without the traces of Spark and of Python around it.

    Raises:
        RecipeError: a worker raised one; its first line.
    """
    try:
        yield
    except PySparkException as error:
        found = _LINE.search(str(error))
        if found is None:
            raise
        raise RecipeError(found.group(1).strip()) from None
