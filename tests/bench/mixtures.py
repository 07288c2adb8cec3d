"""``make bench-mixing``: entropies, a million documents mixed, laws fitted, and published numbers beside ours."""

import json
import multiprocessing
import shutil
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench.crawl import CORES
from tests.bench.entropies import counting_legs, entropy_leg
from tests.bench.laws import law_legs, truths
from tests.bench.measure import short_texts
from tests.bench.mixing import mix_leg

ROOT = Path(__file__).parents[2]


def main() -> None:
    """Run all and write ``build/bench-mixing.json``."""
    from jobs.common.kernels import use_own_cache

    use_own_cache()
    from jobs.common.session import open_session

    work = ROOT / "build" / "bench-mixing"
    shutil.rmtree(work, ignore_errors=True)
    texts = short_texts()
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        rows = pool.apply(counting_legs, (texts,)) + pool.apply(law_legs)
    spark = open_session(f"local[{CORES}]")
    rows += [entropy_leg(spark, work, texts), mix_leg(spark, work)]
    spark.stop()
    told = {"cores": CORES, "rows": rows, "truths": list(truths())}
    (ROOT / "build" / "bench-mixing.json").write_text(json.dumps(told, indent=2) + "\n")
    show(told)
    shutil.rmtree(work)


def show(told: dict) -> None:  # type: ignore[type-arg]
    """Print both tables."""
    table = Table(title=f"{CORES} cores", title_justify="left")
    for name in ("leg", "MB", "seconds", "MB/s/core"):
        table.add_column(name, justify="left" if name == "leg" else "right", no_wrap=True)
    for row in told["rows"]:
        sizes = (f"{row['bytes'] / 1e6:,.0f}", f"{row['mb_per_s_core']:.1f}") if row["bytes"] else ("", "")
        table.add_row(row["leg"], sizes[0], f"{row['seconds']:.1f}", sizes[1])
    known = Table(title="Published numbers", title_justify="left")
    for name in ("what", "asked", "came out"):
        known.add_column(name)
    for one in told["truths"]:
        known.add_row(*one)
    console = Console(width=130)
    console.print(table, known)


if __name__ == "__main__":
    sys.exit(main())
