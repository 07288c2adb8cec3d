"""How fast texts are measured: documents of 300 words, all families, in one process and from Delta to Delta.

Texts are real ones where ``../shared/data`` lies beside the project, those of the sample crawl otherwise.
"""

import gzip
import json
import re
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa
from pyspark.sql import functions as F

from jobs import measure
from jobs.common.context import Context, open_context
from schemas.tables import CRAWL_FILES, DOCUMENTS
from tests.bench.crawl import CORES
from tests.jobs.texts import document_rows, file_row

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "data" / "quality" / "cc-main-20190717-697docs.jsonl.gz"
WORDS, BASE = 300, 1000
COPIES, UNITS = 480, 4
"""480,000 documents, a gigabyte: what is paid once a run or a unit must not be what is timed."""

_RECIPE = """
name = "bench"
crawl = "bench"
[[steps]]
name = "all"
kind = "measure"
"""
_LANGUAGE = """
[steps.language]
model = "lid.176.ftz"
sha256 = "8f3472cfe8738a7b6099e8e999c3cbfae0dcd15696aac7d7738a8039db603e83"
"""


def short_texts() -> list[str]:
    """Give ``BASE`` texts of ``WORDS`` words."""
    found: list[str] = []
    for text in _sources():
        ends = [match.end() for match in re.finditer(r"\S+\s*", text)][WORDS - 1 :: WORDS]
        found += [text[start:end] for start, end in zip([0, *ends], ends, strict=False)]
    return [found[i % len(found)] for i in range(BASE)]


def _sources() -> Iterator[str]:
    if SHARED.exists():
        with gzip.open(SHARED, "rt", encoding="utf-8") as lines:
            yield from (json.loads(line)["text"] for line in lines)
        return
    from random import Random

    from tests.sample.texts import article

    rng = Random(5)
    for _ in range(BASE):
        yield "\n".join("\n".join(article(rng, "en").paragraphs) for _ in range(4))


def kernel_legs(texts: list[str]) -> list[dict]:  # type: ignore[type-arg]
    """Time the families in this process: all together, some of them, and the library alone."""
    import fasttext

    from jobs.common.fetch import LID_SHA256, language_model
    from jobs.common.loaders import load_languages
    from transforms.columns import Texts
    from transforms.text import text_rules
    from transforms.text.c4 import C4Rules, c4_lines
    from transforms.text.language import identify
    from transforms.text.pii import measure_pii

    batch, model = Texts.of(pa.array(texts)), load_languages(str(language_model()), LID_SHA256)
    library = fasttext.load_model(str(language_model())).f

    def families(asked: Sequence[str]) -> None:
        text_rules.measure(batch.data, batch.offsets, asked)
        c4_lines(batch.data, batch.offsets, C4Rules())

    timed: dict[str, Callable[[], object]] = {
        "kernels, all rule families": lambda: families(text_rules.CUT_FAMILIES),
        "kernels, without RedPajama-v2's signals": lambda: families(text_rules.CUT_FAMILIES[:-1]),
        "kernels, personal data": lambda: measure_pii(batch.strings),
        "kernels, language": lambda: identify(batch.data, batch.offsets, model),
        "fastText library, language": lambda: [
            library.predict(text.replace("\n", " ") + "\n", 1, 0.0, "strict") for text in texts
        ],
    }
    return [leg(name, len(texts), len(batch.data), best(work)) for name, work in timed.items()]


def best(work: Callable[[], object], goes: int = 25) -> float:
    """Give the least seconds of some goes, one core."""
    work()
    best = float("inf")
    for _ in range(goes):
        started = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - started)
    return best / CORES  # as if all cores had shared the work: leg multiplies by them


def spark_legs(work: Path, texts: list[str]) -> list[dict]:  # type: ignore[type-arg]
    """Measure copies of the texts from Delta to Delta, without and with the language model."""
    rows = []
    for name, recipe in (("language off", _RECIPE), ("language on", _RECIPE + _LANGUAGE)):
        path = work / f"{name.replace(' ', '_')}.toml"
        path.write_text(recipe)
        warm, context = (filled(path, work / f"{name}-{n}", texts, n) for n in (1, COPIES))
        measure.run(warm)
        started = time.monotonic()
        measure.run(context)
        seconds = time.monotonic() - started
        size = sum(len(text.encode()) for text in texts) * COPIES
        rows.append(leg(f"measure, {name}", len(texts) * COPIES, size, seconds))
    return rows


def filled(recipe: Path, folder: Path, texts: list[str], copies: int) -> Context:
    """Open a warehouse that holds so many copies of the texts, in four units."""
    context = open_context(str(recipe), str(folder))
    warehouse, place = context.warehouse, {"crawl": context.recipe.crawl, "unit": 0, "attempt": 0}
    named = [(f"{i:032x}", "https://a.example/", text) for i, text in enumerate(texts)]
    base = warehouse.spark.createDataFrame(document_rows(named, place), DOCUMENTS.schema)
    many = warehouse.spark.range(copies).select("id", (F.col("id") % UNITS).cast("int").alias("unit"))
    rows = base.drop("unit").crossJoin(F.broadcast(many)).withColumn("doc_id", F.sha2(F.concat("doc_id", "id"), 256))
    warehouse.append(rows.select(*DOCUMENTS.schema.names), DOCUMENTS)
    files = [file_row(place | {"unit": unit}, len(texts) * copies // UNITS) for unit in range(min(UNITS, copies))]
    warehouse.append(warehouse.spark.createDataFrame(files, CRAWL_FILES.schema), CRAWL_FILES)
    return context


def leg(name: str, n: int, size: int, seconds: float) -> dict:  # type: ignore[type-arg]
    """Give the row of a leg: so many documents of so many bytes in so many seconds, on all cores."""
    per_core = seconds * CORES
    rates = {"documents_per_s_core": n / per_core, "mb_per_s_core": size / 1e6 / per_core}
    return {"leg": name, "documents": n, "bytes": size, "seconds": seconds, **rates}
