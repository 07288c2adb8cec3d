"""Which Sluice this is."""

from importlib.metadata import PackageNotFoundError, version


def code_version() -> str:
    """Give the version of Sluice that is running."""
    try:
        return version("crawlsluice")
    except PackageNotFoundError:  # run from a zip that spark-submit was given
        return "0+unpackaged"
