"""datatrove's side of ``make parity-peers``: its four filters asked of every text, in its own environment.

Run by ``tests.bench.parity``: ``python parity_datatrove.py FOLDER N_TIMED``. It reads ``texts.jsonl`` and
``sentences.json`` of the folder, writes ``told.jsonl`` (a line for each text) and prints one line of JSON: versions,
and CPU seconds for the first ``N_TIMED`` texts of each source. It imports nothing of this project: the environment
has none of its packages.
"""

import json
import platform
import sys
import time
from collections import Counter
from importlib.metadata import version
from itertools import groupby
from pathlib import Path

from datatrove.data import Document
from datatrove.pipeline.filters import c4_filters, fineweb_quality_filter, gopher_quality_filter
from datatrove.pipeline.filters import gopher_repetition_filter as repetition
from datatrove.pipeline.filters.base_filter import get_filter_result
from datatrove.utils.logging import logger
from datatrove.utils.text import PUNCTUATION_SET, split_into_sentences, split_into_words

WORD_USERS = (repetition, gopher_quality_filter, fineweb_quality_filter)
ANY_END = "c4_any_end"
FILTERS = {
    "gopher_repetition": repetition.GopherRepetitionFilter(),
    "gopher_quality": gopher_quality_filter.GopherQualityFilter(),
    ANY_END: c4_filters.C4QualityFilter(filter_no_terminal_punct=False),
    "fineweb": fineweb_quality_filter.FineWebQualityFilter(),
}
"""FineWeb's four filters, with its settings, in its order (datatrove's examples/fineweb.py)."""
ASKED = {**FILTERS, "c4": c4_filters.C4QualityFilter()}


class Sentences:
    """A splitter of lines that counts what it gives."""

    def __init__(self, split) -> None:  # type: ignore[no-untyped-def]
        self.split, self.n = split, 0

    def __call__(self, line: str, language: str):  # type: ignore[no-untyped-def]
        found = self.split(line, language)
        self.n += len(found)
        return found


def use(words, sentences) -> None:  # type: ignore[no-untyped-def]
    """Put splitters in the place of those that the filters call."""
    for module in WORD_USERS:
        module.split_into_words = words
    c4_filters.split_into_sentences = Sentences(sentences)


def ask(name: str, document: Document) -> str:
    """Give the reason for which a filter drops a document, which C4 changes if it keeps it; empty: it is kept."""
    kept, reason = get_filter_result(ASKED[name].filter(document))
    return "" if kept else reason


def judge(text: str) -> dict:  # type: ignore[type-arg]
    """Ask every filter; FineWeb's also of what C4 left of the text."""
    reasons, left, n_sentences = {}, {}, {}
    for name in ASKED:
        c4_filters.split_into_sentences.n = 0
        document = Document(text, "")
        reasons[name] = ask(name, document)
        if name.startswith("c4"):
            left[name], n_sentences[name] = document.text, c4_filters.split_into_sentences.n
    if not reasons[ANY_END]:
        reasons["fineweb_after_c4"] = ask("fineweb", Document(left[ANY_END], ""))
    return {"reasons": reasons, "left": left, "n_sentences": n_sentences}


def measure(text: str) -> dict[str, float]:
    """Give what datatrove measures by its own words, under our measures' names."""
    words = split_into_words(text)
    plain = [word for word in words if any(c not in PUNCTUATION_SET for c in word)]
    n, n_chars = max(len(words), 1), max(len(text), 1)
    told = {
        "n_plain_words": len(plain),
        "mean_plain_word_chars": sum(map(len, plain)) / max(len(plain), 1),
        "hash_word_ratio": text.count("#") / n,
        "ellipsis_word_ratio": (text.count("...") + text.count("…")) / n,
        "alpha_word_ratio": sum(any(c.isalpha() for c in word) for word in words) / n,
        "n_distinct_stop_words": len(set(gopher_quality_filter.STOP_WORDS) & set(words)),
        "newline_word_ratio": text.count("\n") / n,
    }
    for size in range(2, 5):
        grams = repetition.get_n_grams(words, size)
        told[f"top_{size}gram_char_ratio"] = repetition.find_top_duplicate(grams) / n_chars if grams else 0
    for size in range(5, 11):
        told[f"dup_{size}gram_char_ratio"] = repetition.find_all_duplicate(words, size) / n_chars
    return told


def only(words: list[str], others: list[str]) -> list[str]:
    """Give the words that one list has more often than the other, the most frequent first."""
    return [word[:40] for word, _ in (Counter(words) - Counter(others)).most_common(5)]


def compared(row: dict, told: dict) -> dict:  # type: ignore[type-arg]
    """Judge by datatrove's own words too; where it then decides otherwise, say what it measures and cuts otherwise."""
    own = judge(row["text"])
    told = {"ours": told["reasons"], "left": told["left"], "own": own["reasons"]}
    if any(bool(told["ours"].get(name)) != bool(reason) for name, reason in own["reasons"].items()):
        words = split_into_words(row["text"])
        told |= {"measures": measure(row["text"]), "n_sentences": own["n_sentences"]}
        told |= {"only_own": only(words, row["words"]), "only_ours": only(row["words"], words)}
    return told


def every(texts: list[str]) -> None:
    """Ask each of the four filters of each text."""
    for text in texts:
        for one in FILTERS.values():
            one.filter(Document(text, ""))


def in_order(texts: list[str]) -> None:
    """Run the four filters as a pipeline: what one drops the next never sees."""
    documents = (Document(text, "") for text in texts)
    for one in FILTERS.values():
        documents = one.run(documents)
    for _ in documents:
        pass


def timed(work, sources: dict[str, list[str]]) -> dict[str, float]:  # type: ignore[no-untyped-def]
    """Give this process's CPU seconds for each source."""
    told = {}
    for source, texts in sources.items():
        started = time.process_time()
        work(texts)
        told[source] = time.process_time() - started
    return told


def main(folder: Path, n_timed: int) -> None:
    """Judge by the splitter that is sent along, then by datatrove's own; then once more by its own, timed."""
    logger.remove()
    with (folder / "texts.jsonl").open() as lines:
        rows = [json.loads(line) for line in lines]
    words = {row["text"]: row["words"] for row in rows} | {row["left"]: row["left_words"] for row in rows}
    n_sentences = json.loads((folder / "sentences.json").read_text())
    use(lambda text, _: words[text], lambda line, _: range(n_sentences[line]))
    ours = [judge(row["text"]) for row in rows]
    use(split_into_words, split_into_sentences)
    with (folder / "told.jsonl").open("w") as out:
        for row, told in zip(rows, ours, strict=True):
            out.write(json.dumps(compared(row, told)) + "\n")
    sources = {name: [row["text"] for row in some][:n_timed] for name, some in groupby(rows, lambda row: row["source"])}
    seconds = {"every": timed(every, sources), "in_order": timed(in_order, sources)}
    versions = {name: version(name) for name in ("datatrove", "spacy", "numpy")} | {"python": platform.python_version()}
    print(json.dumps({"versions": versions, "seconds": seconds}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
