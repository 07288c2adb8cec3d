"""Is there a Java that Spark runs on? Standard library only: `make` asks before anything is installed."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Collection

from schemas.errors import SetupError

SUPPORTED = (17, 21)
_INSTALL = (
    "install one (Debian/Ubuntu: apt install openjdk-17-jre-headless; macOS: brew install openjdk@17)"
    " and point JAVA_HOME at it"
)


def check_java(supported: Collection[int] = SUPPORTED) -> int:
    """Give the major version of the Java that Spark would start.

    Raises:
        SetupError: there is none, or Spark does not run on it; one line that says what to install.
    """
    allowed = " or ".join(map(str, supported))
    java = _java()
    if java is None:
        raise SetupError(f"Java {allowed} is needed, but no java was found: {_INSTALL}")
    try:
        told = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SetupError(f"Java {allowed} is needed, but {java} does not run ({error}): {_INSTALL}") from None
    found = re.search(r'version "(?:1\.)?(\d+)', told.stderr + told.stdout)
    if not found:
        raise SetupError(f"Java {allowed} is needed, but {java} does not tell its version: {_INSTALL}")
    version = int(found.group(1))
    if version not in supported:
        raise SetupError(f"Java {allowed} is needed, but {java} is Java {version}: {_INSTALL}")
    return version


def _java() -> str | None:
    home = os.environ.get("JAVA_HOME")
    if home:
        return os.path.join(home, "bin", "java")
    return shutil.which("java")


if __name__ == "__main__":
    try:
        check_java(tuple(int(version) for version in sys.argv[1:]) or SUPPORTED)
    except SetupError as error:
        sys.exit(f"sluice: {error}")
