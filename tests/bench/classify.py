"""How fast a fastText classifier of DCLM's kind scores texts: beside the library here, and from Delta to Delta."""

import hashlib
import time
from pathlib import Path

import fasttext
import numpy as np
import pyarrow as pa

from jobs import classify, measure
from jobs.common.context import open_context
from schemas.tables import DOCUMENTS
from tests.bench.measure import COPIES, best, filled, leg
from tests.bench.memory import PeakMemory
from transforms.workers import map_batches

_RECIPE = """
name = "bench"
crawl = "bench"
[[steps]]
name = "size"
kind = "measure"
families = []
[[steps]]
name = "model"
kind = "classify"
[steps.models.quality]
path = "{path}"
sha256 = "{sha256}"
label = "hq"
min_score = 0.5
"""


def classifier_file(work: Path, texts: list[str]) -> Path:
    """Train a model of two labels on the texts: bigrams, 100 dimensions, 500,000 buckets, 0.2 GB."""
    examples = work / "examples.txt"
    lines = (" ".join(text.strip().splitlines()) for text in texts)
    labels = ("__label__hq", "__label__cc")
    examples.write_text("".join(f"{labels[i % 2]} {line}\n" for i, line in enumerate(lines)))
    settings = {"wordNgrams": 2, "dim": 100, "bucket": 500_000, "epoch": 1, "thread": 10, "verbose": 0}
    model = fasttext.train_supervised(str(examples), **settings)
    path = work / "quality.bin"
    model.save_model(str(path))
    return path


def classify_legs(work: Path, texts: list[str]) -> list[dict]:  # type: ignore[type-arg]
    """Score the texts in this process, by the library and by ours, and copies of them from Delta to Delta."""
    from transforms.columns import Texts
    from transforms.text.one_line import one_line
    from transforms.text.scoring import classifier

    path = classifier_file(work, texts)
    batch = Texts.of(pa.array(texts))
    ours, library = classifier(np.memmap(path, np.uint8, "r"), "hq"), fasttext.load_model(str(path)).f
    size = len(batch.data)

    def by_library() -> None:
        for text in texts:
            library.predict(" ".join(text.strip().splitlines()) + "\n", 1, 0.0, "strict")

    seconds = {
        "fastText library, classifier": best(by_library),
        "kernels, classifier": best(lambda: ours.scores(*one_line(batch.data, batch.offsets))),
    }
    return [leg(name, len(texts), size, one) for name, one in seconds.items()] + [_spark_leg(work, path, texts)]


def worker_memory(work: Path, texts: list[str]) -> dict[str, int]:
    """Give what a worker holds that scores texts by the model of ``classify_legs``, and one that passes texts through.

    To be run in a process of its own: workers that did other work before hold more.
    """
    context = filled(work / "classify.toml", work / "classify-memory", texts, 100)
    measured = context.live(DOCUMENTS).select("doc_id", "text")
    memory = PeakMemory(asks_pss=True)
    map_batches(measured, iter, measured.schema).write.format("noop").mode("overwrite").save()
    passing = memory.stop().worker_pss_bytes
    measure.run(context)
    context.warehouse.spark.stop()
    context = open_context(str(work / "classify.toml"), str(work / "classify-memory"))  # with workers of its own
    memory = PeakMemory(asks_pss=True)
    classify.run(context, context.recipe.classify_steps()[0])
    scoring = memory.stop().worker_pss_bytes
    context.warehouse.spark.stop()
    return {
        "passing_pss_bytes": passing,
        "scoring_pss_bytes": scoring,
        "model_bytes": (work / "quality.bin").stat().st_size,
    }


def _spark_leg(work: Path, path: Path, texts: list[str]) -> dict:  # type: ignore[type-arg]
    recipe = work / "classify.toml"
    recipe.write_text(_RECIPE.format(path=path, sha256=hashlib.sha256(path.read_bytes()).hexdigest()))
    warm, context = (filled(recipe, work / f"classify-{n}", texts, n) for n in (1, COPIES))
    for one in (warm, context):
        measure.run(one)
        started = time.monotonic()
        classify.run(one, one.recipe.classify_steps()[0])
    size = sum(len(text.encode()) for text in texts) * COPIES
    return leg("classify", len(texts) * COPIES, size, time.monotonic() - started)
