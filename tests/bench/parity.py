"""``make parity-peers``: our rules beside datatrove's filters, on the same real texts: decisions, and speed.

First datatrove's filters get our splitter's words and sentences: every decision must be ours, and every text that
C4 keeps ours byte for byte, else the exit code is 1. Then they use their own splitter (spaCy's): how often
decisions agree, and which limits are crossed on one side only. Times are CPU seconds of one process on each side.
"""

import json
import platform
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jobs.common.kernels import use_own_cache

if TYPE_CHECKING:
    from tests.bench.parity_ours import Judged, Thresholds

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / "build" / "peers" / "bin" / "python"
DATA = ROOT.parent / "shared" / "data"
N_TIMED = 250
"""Texts of each source that both sides are timed on: datatrove's takes a second for about 50."""
RECIPE = ROOT / "conf" / "recipes" / "fineweb.toml"


def main() -> int:
    """Run all legs, print the tables and write ``build/parity.json``; gives the exit code."""
    use_own_cache()  # before numba is imported, which everything of ours below does
    from tests.bench.parity_compare import Comparison
    from tests.bench.parity_ours import Thresholds, judge
    from tests.bench.parity_report import show
    from tests.bench.parity_texts import read_texts

    work = ROOT / "build" / "parity"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    sources, are_real = read_texts(DATA, work)
    rules = Thresholds.read(RECIPE)
    texts = [text for some in sources.values() for text in some]
    ours = judge(texts, rules)
    write(work, sources, ours)
    peer, answers = ask_datatrove(work)
    names = [f"{name} {i}" for name, some in sources.items() for i in range(len(some))]
    found = Comparison(names, ours, answers, rules)
    told = {
        "are_real_texts": are_real,
        "versions": {"datatrove's side": peer["versions"], "ours": our_versions()},
        "parity": found.rows("ours"),
        "own_splitter": found.rows("own"),
        "speed": speed({name: some[:N_TIMED] for name, some in sources.items()}, rules, peer["seconds"]),
    }
    (ROOT / "build" / "parity.json").write_text(json.dumps(told, indent=2) + "\n")
    show(told)
    shutil.rmtree(work)
    return int(any(row["causes"] for row in told["parity"]))


def write(work: Path, sources: dict[str, list[str]], ours: "Judged") -> None:
    """Write what datatrove's side reads: texts, our words of them and of what C4 leaves, and our sentences."""
    from tests.bench.parity_ours import cut_words, sentences_of_lines

    left = ours.left["c4_any_end"]
    texts = [(name, text) for name, some in sources.items() for text in some]
    words, left_words = cut_words(text for _, text in texts), cut_words(left)
    with (work / "texts.jsonl").open("w") as out:
        for one in zip(texts, words, left, left_words, strict=True):
            (source, text), *others = one
            row = {"source": source, "text": text}
            out.write(json.dumps(row | dict(zip(("words", "left", "left_words"), others, strict=True))) + "\n")
    (work / "sentences.json").write_text(json.dumps(sentences_of_lines(text for _, text in texts)))


def ask_datatrove(work: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Run datatrove's side in its environment; gives versions and seconds, and its answers text by text."""
    command = [PYTHON, ROOT / "tests" / "bench" / "parity_datatrove.py", work, str(N_TIMED)]
    peer = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()[-1])
    with (work / "told.jsonl").open() as lines:
        return peer, [json.loads(line) for line in lines]


def our_versions() -> dict[str, str]:
    """Give what our figures depend on."""
    return {name: version(name) for name in ("crawlsluice", "numba", "numpy")} | {"python": platform.python_version()}


def speed(
    sources: dict[str, list[str]], rules: "Thresholds", theirs: dict[str, dict[str, float]]
) -> list[dict[str, Any]]:
    """Time our side on the texts that datatrove's was timed on; a row for each way and source, and for all."""
    from tests.bench.parity_ours import every, in_order, seconds

    rows = []
    for way, work in (("every", every), ("in_order", in_order)):
        ran = {name: seconds(work, texts, rules) for name, texts in sources.items()}
        for name, some in {**{name: [name] for name in sources}, "all": list(sources)}.items():
            n = sum(len(sources[one]) for one in some)
            n_bytes = sum(len(text.encode()) for one in some for text in sources[one])
            other, mine = sum(theirs[way][one] for one in some), sum(ran[one] for one in some)
            row = {"way": way, "texts": name, "n": n, "bytes": n_bytes, "datatrove_s": other, "ours_s": mine}
            rows.append(row | {"datatrove_per_s": n / other, "ours_per_s": n / mine, "ratio": other / mine})
    return rows


if __name__ == "__main__":
    sys.exit(main())
