"""``make bench-peers``: ingest beside datatrove's WARC reader with the same parsers, in one run.

datatrove runs in an environment of its own (``build/peers``), two processes, files shared between them as its
local executor does. Start and imports are not counted, on either side; Sluice's legs write tables.
"""

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench.bare import ROOT, bare_ingest, in_processes
from tests.bench.crawl import CORES, make_crawl

PYTHON = ROOT / "build" / "peers" / "bin" / "python"
N_FILES = {"resiliparse": 60, "trafilatura": 4}  # trafilatura takes 25 times as long
RESILIPARSE = "[extract.resiliparse]   # DCLM's settings\nmain_content = true\n"


def main() -> None:
    """Run all legs, print the table and write ``build/bench-peers.json``."""
    from tests.sample.make import make

    work = ROOT / "build" / "bench-peers"
    shutil.rmtree(work, ignore_errors=True)
    make(work / "sample")
    make_crawl(work / "crawl", work / "sample", max(N_FILES.values()))
    paths = sorted((work / "crawl").iterdir())
    n, _, seconds = in_processes(bare_ingest, list(map(str, paths)))
    rows = [_row("bare loop", "resiliparse", n, seconds)]
    for engine, n_files in N_FILES.items():
        few = work / engine
        few.mkdir()
        for path in paths[:n_files]:
            (few / path.name).hardlink_to(path)
        rows += [datatrove(engine, few), sluice(engine, few, work)]
    (ROOT / "build" / "bench-peers.json").write_text(json.dumps(rows, indent=2) + "\n")
    show(rows)
    shutil.rmtree(work)


def datatrove(engine: str, folder: Path) -> dict[str, object]:
    """Run datatrove's leg in its environment."""
    command = [PYTHON, ROOT / "tests" / "bench" / "peer_datatrove.py", engine, folder, str(CORES)]
    told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])
    return _row(f"datatrove {told['version']}", engine, told["documents"], told["seconds"])


def sluice(engine: str, folder: Path, work: Path) -> dict[str, object]:
    """Run our leg: the job itself, on a session that has ingested something before."""
    from jobs import ingest
    from jobs.common.context import Inputs, open_context

    tiny = (ROOT / "conf" / "recipes" / "tiny.toml").read_text()
    recipe = work / f"{engine}.toml"
    recipe.write_text(tiny.replace(RESILIPARSE, "").replace('engine = "resiliparse"', f'engine = "{engine}"'))
    few = sorted(map(str, (work / "sample" / "warc").iterdir()))[: 2 * CORES]
    ingest.run(open_context(str(recipe), str(work / f"warm-{engine}"), f"local[{CORES}]", Inputs(few)))
    context = open_context(str(recipe), str(work / f"warehouse-{engine}"), None, Inputs([str(folder)]))
    started = time.monotonic()
    ingest.run(context)
    seconds = time.monotonic() - started
    n = sum(row["n_documents"] for row in context.crawl_files().collect())
    return _row("sluice ingest", engine, n, seconds)


def _row(reader: str, engine: str, n: int, seconds: float) -> dict[str, object]:
    rate = n / seconds / CORES
    return {"reader": reader, "engine": engine, "documents": n, "seconds": seconds, "documents_per_s_core": rate}


def show(rows: list[dict[str, object]]) -> None:
    """Print the table."""
    table = Table(title=f"110-KB pages; {CORES} cores", title_justify="left")
    for name in ("reader", "extractor", "documents", "seconds", "docs/s/core"):
        table.add_column(name, justify="left" if name in ("reader", "extractor") else "right", no_wrap=True)
    for row in rows:
        numbers = (f"{row['documents']:,}", f"{row['seconds']:.1f}", f"{row['documents_per_s_core']:,.0f}")
        table.add_row(str(row["reader"]), str(row["engine"]), *numbers)
    Console(width=110).print(table)


if __name__ == "__main__":
    sys.exit(main())
