"""``make bench``: ingest and measure through Spark, beside a bare loop over the same pages, in one run.

The bare loop is what a script without any engine would do: two processes, the same pinned parsers, no
tables, no ledger, no rejects. Session start is shown and not counted. Nothing here fails on a slow day.
"""

import json
import multiprocessing
import shutil
import sys
import time
from pathlib import Path

from fastwarc.warc import ArchiveIterator, WarcRecordType
from resiliparse.extract.html2text import extract_plain_text
from rich.console import Console
from rich.table import Table

from tests.bench.classify import classify_legs, worker_memory
from tests.bench.crawl import CORES, make_crawl
from tests.bench.entropies import counting_legs, entropy_leg
from tests.bench.measure import kernel_legs, leg, short_texts
from tests.bench.measure import spark_legs as measure_legs
from tests.bench.memory import PeakMemory, one_large_file
from tests.bench.near import SIZES, near_legs
from tests.bench.signatures import signature_legs

ROOT = Path(__file__).parents[2]


def bare_ingest(paths: list[str]) -> tuple[int, int]:
    """Read and extract some files, nothing else; gives pages and HTML bytes."""
    pages = size = 0
    for path in paths:
        with open(path, "rb") as stream:
            for record in ArchiveIterator(stream, record_types=WarcRecordType.response):
                html = record.reader.read()
                extract_plain_text(html.decode("utf-8", "replace"), main_content=True)
                pages, size = pages + 1, size + len(html)
    return pages, size


def bare_measure(parquet: list[str]) -> tuple[int, int]:
    """Run the measure kernels over written texts without Spark; gives documents and text bytes."""
    import pyarrow.parquet as pq

    from jobs.common.fetch import LID_SHA256, language_model
    from jobs.common.loaders import load_languages
    from schemas.recipe import load_recipe
    from transforms.columns import Measured, Texts

    model = load_languages(str(language_model()), LID_SHA256)
    families = load_recipe(ROOT / "conf" / "recipes" / "tiny.toml").measure_steps()[0].measured()
    step = Measured("bare", families, "whitespace_lower", load_model=lambda: model)
    n = size = 0
    for path in parquet:
        for batch in pq.ParquetFile(path).iter_batches(1000, columns=["text"]):
            texts = Texts.of(batch.column(0))
            step.columns(texts, batch)
            n, size = n + batch.num_rows, size + len(texts.data)
    return n, size


def in_processes(work, items: list[str]) -> tuple[int, int, float]:  # type: ignore[no-untyped-def]
    """Share items between two processes; gives summed counts and wall seconds, process start excluded."""
    with multiprocessing.get_context("spawn").Pool(CORES) as pool:
        pool.map(work, [[]] * CORES)  # start and import first
        started = time.monotonic()
        parts = pool.map(work, [items[i::CORES] for i in range(CORES)], chunksize=1)
        seconds = time.monotonic() - started
    return sum(p[0] for p in parts), sum(p[1] for p in parts), seconds


def main() -> None:
    """Run all legs and write ``build/bench.json``."""
    from jobs.common.kernels import use_own_cache
    from tests.sample.make import make

    use_own_cache()

    work = ROOT / "build" / "bench"
    shutil.rmtree(work, ignore_errors=True)
    make(work / "sample")
    warc_bytes, file_bytes = make_crawl(work / "crawl", work / "sample")
    paths = sorted(map(str, (work / "crawl").iterdir()))
    rows = [leg("bare ingest", *in_processes(bare_ingest, paths))]
    result = spark_legs(work)
    rows += result["rows"]
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
    told |= {name: result[name] for name in ("session_start_s", "peak_memory_bytes", "large_file", "classify_worker")}
    (ROOT / "build" / "bench.json").write_text(json.dumps(told, indent=2) + "\n")
    show(told)
    shutil.rmtree(work)


def spark_legs(work: Path) -> dict:  # type: ignore[type-arg]
    """Ingest and measure by the jobs themselves, on two cores."""
    from jobs import ingest, measure
    from jobs.common.context import Inputs, open_context

    memory, started = PeakMemory(), time.monotonic()
    tiny = (ROOT / "conf" / "recipes" / "tiny.toml").read_text()
    (work / "bench.toml").write_text(tiny.replace("files_per_unit = 8 ", "files_per_unit = 64 "))
    recipe, named = str(work / "bench.toml"), Inputs([str(work / "crawl")])
    context = open_context(recipe, str(work / "warehouse"), f"local[{CORES}]", named)
    # A JVM's first commits compile what they run, and each worker imports what it needs, as the bare loop's processes
    # did before they were timed. A night's run does not notice, so the warm-up is counted as session start: a few
    # files, enough for a task on each core, into a warehouse of its own.
    few = sorted(map(str, (work / "crawl").iterdir()))[: 2 * CORES]
    ingest.run(open_context(recipe, str(work / "warm"), None, Inputs(few)))
    begun = time.monotonic()
    ingest.run(context)
    ingested = time.monotonic()
    measure.run(context)
    measured = time.monotonic()
    from schemas.tables import DOCUMENTS

    found = context.warehouse.live(DOCUMENTS).selectExpr(
        "count(*) AS n", "sum(html_bytes) AS html", "sum(octet_length(text)) AS text"
    )
    sums = found.collect()[0]
    peak = memory.stop().peak_bytes
    large = one_large_file(work, recipe)
    texts = short_texts()
    # Kernels in a process of their own, as Spark's workers are: memory is slower to get where there are many threads.
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        alone = [row for legs in (kernel_legs, signature_legs, counting_legs) for row in pool.apply(legs, (texts,))]
    tokens = entropy_leg(context.warehouse.spark, work, texts)
    short = [*alone, tokens, *measure_legs(work, texts), *classify_legs(work, texts)]
    context.warehouse.spark.stop()
    # Each in a process of its own: what it takes is then its own.
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        worker = pool.apply(worker_memory, (work, texts))
        near = [pool.apply(near_legs, (work, [n])) for n in SIZES]
    spark_rows = [
        leg("sluice ingest", sums["n"], sums["html"], ingested - begun),
        leg("sluice measure", sums["n"], sums["text"], measured - ingested),
    ]
    return {
        "rows": spark_rows,
        "session_start_s": begun - started,
        "peak_memory_bytes": peak,
        "large_file": large,
        "classify_worker": worker,
        "short": short + [row for rows in near for row in rows],
    }


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
