"""``make bench-peers``, second part: near copies among the same documents, by this and by other tools, in one run.

All look for texts of 300 made-up words with a Jaccard similarity of 0.75 of their runs of five words, by 14 bands of 8
hashes. Spark ML's own join has no bands: it makes pairs of whatever shares one of three hashes. It is stopped after ten
minutes. Signing alone is timed by itself, one process each, from texts in memory (datatrove reads its own).
"""

import json
import multiprocessing
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
from pyspark.ml import Pipeline
from pyspark.ml.feature import HashingTF, MinHashLSH, NGram, RegexTokenizer
from pyspark.sql import functions as F
from rich.console import Console
from rich.table import Table

from tests.bench import peer_dedup
from tests.bench.bare import ROOT
from tests.bench.crawl import CORES
from tests.bench.near import near_legs
from transforms.columns import Texts
from transforms.text.lsh_curve import Bands
from transforms.text.minhash import band_hashes, sign
from transforms.text.shingles import Shingling

PYTHON = ROOT / "build" / "peers-dedup" / "bin" / "python"
N = 100_000
MOST_SECONDS = 600
_FILES = 4


def main() -> None:
    """Run all legs, print the table and write ``build/bench-dedup-peers.json``; ``join FOLDER`` runs Spark ML's."""
    if sys.argv[1:2] == ["join"]:
        spark_ml(Path(sys.argv[2]))
        return
    work = ROOT / "build" / "bench-dedup-peers"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    [ours] = near_legs(work, [N])
    write_texts(work)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        rows = [_row("sluice signs", pool.apply(signed, (work,)), None, peer_dedup.SIGNED)]
    rows += [peer("signs", tool, work) for tool in ("datatrove", "rensa")]
    rows.append(_row("sluice dedup", ours["seconds"], sum(ours["removed"].values())))
    rows += [peer("searches", tool, work) for tool in ("datatrove", "text-dedup")]
    rows.append(join(work))
    (ROOT / "build" / "bench-dedup-peers.json").write_text(json.dumps(rows, indent=2) + "\n")
    show(rows)
    shutil.rmtree(work)


def write_texts(work: Path) -> None:
    """Write the documents of ``near_legs`` as JSONL, for tools that read no Delta."""
    from jobs.common.context import open_context
    from schemas.tables import DOCUMENTS

    documents = open_context(str(work / "near.toml"), str(work / f"near-{N}")).warehouse.read(DOCUMENTS)
    rows = documents.select(F.col("doc_id").alias("id"), "text")
    rows.repartition(_FILES).write.json(str(work / "written"))
    (work / "in").mkdir()
    for number, path in enumerate(sorted((work / "written").glob("part-*"))):
        path.rename(work / "in" / f"{number}.jsonl")


def signed(work: Path) -> float:
    """Sign some of the texts by our kernel; gives seconds."""
    texts = [text for _, text in peer_dedup.texts_of(work)[: peer_dedup.SIGNED]]
    preset = Bands(peer_dedup.BANDS, peer_dedup.ROWS)

    def sign_all(some: list[str]) -> None:
        batch = Texts.of(pa.array(some))
        told = sign(batch.data, batch.offsets, Shingling("words", peer_dedup.WORDS), preset.n_hashes, 1)
        band_hashes(told.signatures, *preset)

    sign_all(texts[:10])  # compiles, or loads what was compiled
    started = time.monotonic()
    sign_all(texts)
    return time.monotonic() - started


def peer(what: str, tool: str, work: Path) -> dict[str, object]:
    """Run another tool in its environment; of a search its imports and processes are timed too."""
    command = [PYTHON, ROOT / "tests" / "bench" / "peer_dedup.py", what, tool, work, str(CORES)]
    done = subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True)
    told = json.loads(done.stdout.splitlines()[-1])
    if what == "signs":
        return _row(f"{tool} {told['version']} signs", told["seconds"], None, told["n"])
    return _row(f"{tool} {told['version']}", told["seconds"], N - len(told["kept"]))


def join(work: Path) -> dict[str, object]:
    """Run Spark ML's join in a process of its own, which can be stopped."""
    command = [sys.executable, "-m", "tests.bench.dedup_peers", "join", str(work)]
    try:
        done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=MOST_SECONDS)
    except subprocess.TimeoutExpired:
        return _row("Spark ML approxSimilarityJoin (stopped)", float(MOST_SECONDS), None)
    told = json.loads(done.stdout.splitlines()[-1])
    return _row("Spark ML approxSimilarityJoin", told["seconds"], told["n"])


def spark_ml(work: Path) -> None:
    """Find pairs as Spark ML's guide does; prints seconds and how many documents are the later one of a pair."""
    from jobs.common.session import open_session

    spark = open_session(f"local[{CORES}]")
    texts = spark.read.json(f"{work}/in").where(F.length("text") > 0)
    stages = [
        RegexTokenizer(inputCol="text", outputCol="words"),
        NGram(n=5, inputCol="words", outputCol="grams"),
        HashingTF(inputCol="grams", outputCol="features", binary=True, numFeatures=1 << 20),
        MinHashLSH(inputCol="features", outputCol="hashes", numHashTables=3, seed=1),
    ]
    started = time.monotonic()
    model = Pipeline(stages=stages).fit(texts)
    features = model.transform(texts).select("id", "features", "hashes")
    pairs = model.stages[-1].approxSimilarityJoin(features, features, 0.25).where("datasetA.id < datasetB.id")
    n = pairs.select("datasetB.id").distinct().count()
    print(json.dumps({"seconds": time.monotonic() - started, "n": n}))


def _row(tool: str, seconds: float, n_removed: int | None, n: int = N) -> dict[str, object]:
    return {"tool": tool, "documents": n, "seconds": seconds, "documents_per_s": n / seconds, "removed": n_removed}


def show(rows: list[dict[str, object]]) -> None:
    """Print the table."""
    table = Table(title=f"Near copies among {N:,} documents of 300 words; {CORES} cores", title_justify="left")
    for name in ("tool", "documents", "seconds", "documents/s", "removed"):
        table.add_column(name, justify="left" if name == "tool" else "right", no_wrap=True)
    for row in rows:
        removed = "–" if row["removed"] is None else f"{row['removed']:,}"
        table.add_row(
            str(row["tool"]),
            f"{row['documents']:,}",
            f"{row['seconds']:.2f}",
            f"{row['documents_per_s']:,.0f}",
            removed,
        )
    Console(width=110).print(table)


if __name__ == "__main__":
    sys.exit(main())
