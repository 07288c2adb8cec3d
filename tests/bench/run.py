"""``make bench``: ingest and measure through Spark, beside a bare loop over the same pages, in one run.

The bare loop is what a script without any engine would do: two processes, the same pinned parsers, no
tables, no ledger, no rejects. It and ingest are timed in turn, it before and after each of two ingests, since a
machine that others use too changes its speed within minutes. Session start is shown and not counted. Nothing here
fails on a slow day.
"""

import json
import multiprocessing
import shutil
import sys
import time
from pathlib import Path
from statistics import fmean

from pyspark.sql import SparkSession
from rich.console import Console
from rich.table import Table

from tests.bench.bare import ROOT, bare_measure, in_processes
from tests.bench.classify import classify_legs, worker_memory
from tests.bench.crawl import CORES, crawl_folder, make_crawl
from tests.bench.entropies import counting_legs, entropy_leg
from tests.bench.measure import kernel_legs, leg, short_texts
from tests.bench.measure import spark_legs as measure_legs
from tests.bench.memory import PeakMemory, one_large_file
from tests.bench.near import SIZES, near_legs
from tests.bench.signatures import signature_legs
from tests.bench.turns import in_turn


def main() -> None:
    """Run all legs and write ``build/bench.json``."""
    from jobs.common.kernels import use_own_cache
    from tests.sample.make import make

    use_own_cache()

    work = ROOT / "build" / "bench"
    shutil.rmtree(work, ignore_errors=True)
    make(work / "sample")
    with crawl_folder(work) as crawl:
        warc_bytes, file_bytes = make_crawl(crawl, work / "sample")
        result = spark_legs(work, crawl)
    rows = result["rows"]
    documents = sorted(map(str, (work / "warehouse" / "tables" / "documents").rglob("*.parquet")))
    rows.append(leg("bare measure", *in_processes(bare_measure, documents)))
    rows += result["short"]
    by_name = {row["leg"]: row for row in rows}
    ratios = {
        name: by_name[f"sluice {name}"]["documents_per_s_core"] / by_name[f"bare {name}"]["documents_per_s_core"]
        for name in ("ingest", "measure")
    }
    told = {
        "warc_bytes": warc_bytes,
        "file_bytes": file_bytes,
        "cores": CORES,
        "rows": rows,
        "ratio_to_bare_loop": ratios,
    }
    names = ("bare_ingest_s", "ingest_s", "session_start_s", "peak_memory_bytes", "large_file", "classify_worker")
    told |= {name: result[name] for name in names}
    (ROOT / "build" / "bench.json").write_text(json.dumps(told, indent=2) + "\n")
    show(told)
    shutil.rmtree(work)


def spark_legs(work: Path, crawl: Path) -> dict:  # type: ignore[type-arg]
    """Ingest and measure by the jobs themselves, on two cores."""
    from jobs import measure
    from jobs.common.context import Inputs, open_context

    memory, started = PeakMemory(), time.monotonic()
    tiny = (ROOT / "conf" / "recipes" / "tiny.toml").read_text()
    (work / "bench.toml").write_text(tiny.replace("files_per_unit = 8 ", "files_per_unit = 64 "))
    recipe, named = str(work / "bench.toml"), Inputs([str(crawl)])
    context = open_context(recipe, str(work / "warehouse"), f"local[{CORES}]", named)
    paths = sorted(map(str, crawl.iterdir()))
    opened = time.monotonic() - started
    again = open_context(recipe, str(work / "again"), None, named)
    bare, warmed, ingested = in_turn(work, recipe, paths, [context, again])
    shutil.rmtree(work / "again")
    measuring = time.monotonic()
    measure.run(context)
    measured = time.monotonic()
    from schemas.tables import DOCUMENTS

    found = context.warehouse.live(DOCUMENTS).selectExpr(
        "count(*) AS n", "sum(html_bytes) AS html", "sum(octet_length(text)) AS text"
    )
    sums = found.collect()[0]
    peak = memory.stop().peak_bytes
    large = one_large_file(work, crawl, recipe)
    texts = short_texts()
    short = short_legs(context.warehouse.spark, work, texts)
    context.warehouse.spark.stop()
    # Each in a process of its own: what it takes is then its own.
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        worker = pool.apply(worker_memory, (work, texts))
        near = [pool.apply(near_legs, (work, [n])) for n in SIZES]
    spark_rows = [
        leg("bare ingest", *bare[0][:2], fmean(seconds for _, _, seconds in bare)),
        leg("sluice ingest", sums["n"], sums["html"], fmean(ingested)),
        leg("sluice measure", sums["n"], sums["text"], measured - measuring),
    ]
    return {
        "rows": spark_rows,
        "bare_ingest_s": [seconds for _, _, seconds in bare],
        "ingest_s": ingested,
        "session_start_s": opened + warmed[0],
        "peak_memory_bytes": peak,
        "large_file": large,
        "classify_worker": worker,
        "short": short + [row for rows in near for row in rows],
    }


def short_legs(spark: SparkSession, work: Path, texts: list[str]) -> list[dict]:  # type: ignore[type-arg]
    """Time kernels and jobs on short texts."""
    # Kernels in a process of their own, as Spark's workers are: memory is slower to get where there are many threads.
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        alone = [row for legs in (kernel_legs, signature_legs, counting_legs) for row in pool.apply(legs, (texts,))]
    tokens = entropy_leg(spark, work, texts)
    return [*alone, tokens, *measure_legs(work, texts), *classify_legs(work, texts)]


def show(told: dict) -> None:  # type: ignore[type-arg]
    """Print the table."""
    size = f"{told['warc_bytes'] / 1e6:,.0f} MB of WARC records, {told['file_bytes'] / 1e6:,.0f} MB gzipped"
    table = Table(title=f"{size}; {CORES} cores", title_justify="left")
    for name in ("leg", "documents", "MB", "seconds", "docs/s/core", "MB/s/core", "of bare"):
        table.add_column(name, justify="left" if name == "leg" else "right", no_wrap=True)
    for row in told["rows"]:
        kind, _, step = row["leg"].partition(" ")
        ratio = f"{told['ratio_to_bare_loop'][step]:.2f}" if kind == "sluice" else ""
        numbers = (f"{row['documents']:,}", f"{row['bytes'] / 1e6:,.0f}", f"{row['seconds']:.1f}")
        rates = (f"{row['documents_per_s_core']:,.0f}", f"{row['mb_per_s_core']:.1f}", ratio)
        table.add_row(row["leg"], *numbers, *rates)
    console = Console(width=110)
    console.print(table)
    console.print(
        f"session start {told['session_start_s']:.1f} s (not counted);"
        f" peak memory, JVM and workers {told['peak_memory_bytes'] / 2**30:.1f} GiB; written to build/bench.json"
    )
    for row in told["rows"]:
        if "removed" in row:
            told_of = (
                f"{sum(row['removed'].values()):,} removed, peak memory {row['peak_memory_bytes'] / 2**30:.1f} GiB"
            )
            console.print(f"{row['leg']}: {row['seconds']:.0f} s, {told_of}")
    large = told["large_file"]
    console.print(
        f"one WARC of {large['file_bytes'] / 1e6:,.0f} MB: {large['seconds']:.0f} s,"
        f" its worker at most {large['worker_peak_bytes'] / 2**20:,.0f} MiB"
    )
    model, scoring, passing = (
        told["classify_worker"][f"{name}_bytes"] / 1e6 for name in ("model", "scoring_pss", "passing_pss")
    )
    console.print(
        f"a worker (PSS) that scores by a model of {model:,.0f} MB: {scoring:,.0f} MB; one that passes texts"
        f" through: {passing:,.0f} MB; asked: at most {model + 300:,.0f} MB more"
    )


if __name__ == "__main__":
    sys.exit(main())
