"""The bare loops that ingest and measure are held against: the same parsers and kernels, without any engine."""

import multiprocessing
import time
from pathlib import Path

from fastwarc.warc import ArchiveIterator, WarcRecordType
from resiliparse.extract.html2text import extract_plain_text

from tests.bench.crawl import CORES

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
