"""Near copies by other tools, in the environment of ``make bench-peers``: prints one line of JSON.

Run by ``tests.bench.dedup_peers``: ``python peer_dedup.py searches|signs TOOL FOLDER PROCESSES``; ``FOLDER/in``
holds JSONL files of id and text. It imports nothing of this project: the environment has none of its packages.
"""

import json
import logging
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

BANDS, ROWS, WORDS = 14, 8, 5
SIGNED = 10_000
"""Documents that are only signed, by one process."""


def texts_of(folder: Path) -> list[tuple[str, str]]:
    """Read id and text of all files."""
    rows = [json.loads(line) for path in sorted((folder / "in").iterdir()) for line in path.read_text().splitlines()]
    return [(row["id"], row["text"]) for row in rows]


def datatrove(folder: Path, n: int) -> list[str]:
    """Run its four stages one after the other, as its example does; gives the ids that stay."""
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.dedup import MinhashDedupBuckets, MinhashDedupCluster, MinhashDedupFilter
    from datatrove.pipeline.dedup import MinhashDedupSignature as Signature
    from datatrove.pipeline.dedup.minhash import MinhashConfig
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.writers import JsonlWriter
    from datatrove.utils.logging import logger

    logger.remove()
    config = MinhashConfig(n_grams=WORDS, num_buckets=BANDS, hashes_per_bucket=ROWS)
    reader = JsonlReader(str(folder / "in"))
    at = {name: str(folder / name) for name in ("signatures", "buckets", "remove", "out", "logs")}
    stages = [
        ([reader, Signature(at["signatures"], config)], n),
        ([MinhashDedupBuckets(at["signatures"], at["buckets"], config=config)], BANDS),
        ([MinhashDedupCluster(at["buckets"], at["remove"], config=config)], 1),
        ([reader, MinhashDedupFilter(at["remove"]), JsonlWriter(at["out"], compression=None)], n),
    ]
    for number, (pipeline, tasks) in enumerate(stages):
        logs = f"{at['logs']}/{number}"
        LocalPipelineExecutor(pipeline, tasks=tasks, workers=min(n, tasks), logging_dir=logs).run()
    return [json.loads(line)["id"] for path in (folder / "out").iterdir() for line in path.read_text().splitlines()]


def text_dedup(folder: Path, n: int) -> list[str]:
    """Run its MinHash script; gives the ids that stay."""
    from datasets import load_from_disk

    command = [sys.executable, "-m", "text_dedup.minhash", "--path", "json", "--data_files", f"{folder}/in/*.jsonl"]
    command += ["--split", "train", "--cache_dir", f"{folder}/cache", "--output", f"{folder}/kept", "--column", "text"]
    command += ["--ngram", str(WORDS), "--num_perm", str(BANDS * ROWS), "--b", str(BANDS), "--r", str(ROWS)]
    command += ["--threshold", "0.75", "--hash_func", "xxh3", "--num_proc", str(n), "--min_length", "1"]
    subprocess.run([*command, "--batch_size", "10000"], check=True, capture_output=True)
    return list(load_from_disk(f"{folder}/kept")["id"])


def datatrove_signs(folder: Path) -> float:
    """Sign some texts, in a process; gives seconds."""
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.dedup import MinhashDedupSignature as Signature
    from datatrove.pipeline.dedup.minhash import MinhashConfig
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.utils.logging import logger

    logger.remove()
    config = MinhashConfig(n_grams=WORDS, num_buckets=BANDS, hashes_per_bucket=ROWS)
    pipeline = [JsonlReader(str(folder / "in"), limit=SIGNED), Signature(str(folder / "signed"), config)]
    started = time.monotonic()
    LocalPipelineExecutor(pipeline, tasks=1, workers=1, logging_dir=str(folder / "logs-signed")).run()
    return time.monotonic() - started


def rensa_signs(folder: Path) -> float:
    """Sign some texts, shingles from the text included; gives seconds."""
    from rensa import RMinHash

    texts = texts_of(folder)[:SIGNED]
    started = time.monotonic()
    for _, text in texts:
        words = text.split()
        sketch = RMinHash(num_perm=BANDS * ROWS, seed=1)
        sketch.update([" ".join(words[i : i + WORDS]) for i in range(max(len(words) - WORDS + 1, 1))])
        sketch.digest()
    return time.monotonic() - started


SEARCHES = {"datatrove": datatrove, "text-dedup": text_dedup}
SIGNS = {"datatrove": datatrove_signs, "rensa": rensa_signs}


def main(what: str, tool: str, folder: Path, n: int) -> None:
    """Run one tool; of a search its imports are timed too."""
    logging.disable(logging.WARNING)
    started = time.monotonic()
    if what == "signs":
        told = {"seconds": SIGNS[tool](folder), "n": SIGNED}
    else:
        kept = SEARCHES[tool](folder, n)
        told = {"seconds": time.monotonic() - started, "kept": sorted(kept)}
    print(json.dumps({"version": version(tool)} | told))


if __name__ == "__main__":
    main(*sys.argv[1:3], Path(sys.argv[3]), int(sys.argv[4]))
