"""How fast entropies come of texts that are tokens already: counted in this process, and by Spark from Parquet.

Tokens are those of the texts, cut into short runs that are put together anew: so new pairs come up as long as texts do,
rather more of them than in a gigabyte of pages. Bytes are those of as many tokens of the texts.
"""

import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame, Row, SparkSession

from tests.bench.crawl import CORES
from tests.bench.measure import SHARED, best, leg
from transforms.bigrams import PACKED, add_batches, count_batches, packed_counts, with_frequencies
from transforms.entropies import with_entropies
from transforms.token_counts import Encode, Encoded
from transforms.workers import map_batches

_TOKENIZER = SHARED.parents[1] / "models" / "gpt-neo-test-tokenizer.json"
_LENGTH, _RUN = 1000, 5  # tokens of a text, and of a run
_PARTS, _SIZE = 16, 1e9  # bytes
_SHIFT = 0x10000  # a token is written as a character, above those that are none
_DOMAINS = ["a", "b", "c", "d", "e", "f", "g"]


def counting_legs(texts: list[str]) -> list[dict]:  # type: ignore[type-arg]
    """Count the tokens and pairs of 40 MB in this process, and add them up."""
    ids, bytes_each = _tokens(texts)
    batches = [_batch(_runs(ids, 1_000_000, seed)) for seed in range(10)]
    load = _load()
    encoded = iter(())

    def counted() -> list[pa.RecordBatch]:
        nonlocal encoded
        encoded = iter(ready)
        return list(count_batches(lambda: lambda _: next(encoded), _DOMAINS, batches))

    ready = [load()(batch.column("text").to_pylist()) for batch in batches]
    packed = pa.Table.from_batches(counted()).sort_by("bucket").to_batches()
    seconds = {
        "kernels, tokens and pairs counted": best(counted, 5),
        "kernels, counts added up": best(lambda: list(add_batches(_DOMAINS, packed)), 5),
    }
    n = sum(len(one.ids) for one in ready)
    return [leg(name, n // _LENGTH, int(n * bytes_each), one) for name, one in seconds.items()]


def entropy_leg(spark: SparkSession, work: Path, texts: list[str]) -> dict:  # type: ignore[type-arg]
    """Time a gigabyte of seven domains, from tokens in Parquet to entropies, less what only reading them takes."""
    ids, bytes_each = _tokens(texts)
    per_part = int(_SIZE / bytes_each / _PARTS)
    schema = "domain string, is_counted boolean, text string"

    def written(stream: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in stream:
            for seed in batch.column(0).to_pylist():
                yield _batch(_runs(ids, per_part, seed))

    def read(stream: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        encode = _load()()
        for batch in stream:
            encode(batch.column("text").to_pylist())
        yield from ()

    path = str(work / "tokens")
    map_batches(spark.range(0, _PARTS, 1, _PARTS), written, schema).write.parquet(path)
    texts_of = spark.read.parquet(path)
    _entropies(texts_of.limit(CORES))  # workers and kernels are there from now on
    started = time.monotonic()
    map_batches(texts_of, read, PACKED).write.format("noop").mode("overwrite").save()
    was_read = time.monotonic()
    rows = _entropies(texts_of)
    seconds = time.monotonic() - was_read - (was_read - started)
    n = sum(row["n_tokens"] for row in rows)
    return leg("entropies of tokens, after reading them", n // _LENGTH, int(n * bytes_each), seconds)


def _entropies(texts: DataFrame) -> list[Row]:
    counts = texts.transform(packed_counts(_load(), _DOMAINS)).transform(with_frequencies(_DOMAINS))
    return counts.transform(with_entropies).collect()


def _tokens(texts: Sequence[str]) -> tuple[np.ndarray, float]:  # type: ignore[type-arg]
    """Give the texts' tokens and the bytes of one: by GPT-Neo's tokenizer where it is at hand, else words."""
    size = sum(len(text.encode()) for text in texts)
    if _TOKENIZER.exists():
        from jobs.common.tokenizer_file import load_encoder

        ids = load_encoder(str(_TOKENIZER), None)(texts).ids
    else:
        words = re.findall(r"\w+|[^\w\s]", " ".join(texts))
        ids = np.unique(words, return_inverse=True)[1].astype(np.int32)
    return ids, size / len(ids)


def _runs(ids: np.ndarray, n: int, seed: int) -> np.ndarray:  # type: ignore[type-arg]
    rng = np.random.default_rng(seed)
    is_start = rng.random(n) < 1 / _RUN
    shift = rng.integers(0, len(ids), n)[np.maximum.accumulate(np.where(is_start, np.arange(n), 0))]
    return ids[(np.arange(n) + shift) % len(ids)]


def _batch(ids: np.ndarray) -> pa.RecordBatch:  # type: ignore[type-arg]
    texts = (ids.astype(np.uint32) + _SHIFT).tobytes().decode("utf-32-le")
    rows = [texts[i : i + _LENGTH] for i in range(0, len(texts), _LENGTH)]
    domains = [_DOMAINS[i % len(_DOMAINS)] for i in range(len(rows))]
    return pa.RecordBatch.from_pydict({"domain": domains, "is_counted": [True] * len(rows), "text": rows})


def _load() -> Callable[[], Encode]:
    def load() -> Encode:
        def encode(texts: Sequence[str]) -> Encoded:
            ids = np.frombuffer("".join(texts).encode("utf-32-le"), np.uint32) - np.uint32(_SHIFT)
            return Encoded(ids.astype(np.int32), np.cumsum([0, *map(len, texts)], dtype=np.int64))

        return encode

    return load


def main() -> None:
    """Print the legs, alone."""
    import shutil

    from jobs.common.kernels import use_own_cache

    use_own_cache()
    from jobs.common.session import open_session
    from tests.bench.measure import short_texts

    work = Path(__file__).parents[2] / "build" / "bench-entropies"
    shutil.rmtree(work, ignore_errors=True)
    texts = short_texts()
    for row in (*counting_legs(texts), entropy_leg(open_session(f"local[{CORES}]"), work, texts)):
        print(f"{row['leg']}: {row['bytes'] / 1e6:,.0f} MB, {row['mb_per_s_core']:.1f} MB/s/core")
    shutil.rmtree(work)


if __name__ == "__main__":
    main()
