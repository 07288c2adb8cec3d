"""``make bench-extractors``: every engine on the same pages, quality beside speed, on one core.

The pages are half of trafilatura's own evaluation: for each, segments that must and segments that must
not be in the text. Counting is as there: white space made one, a segment is found or not; found
segments that must be are true positives, and so on, summed over all pages. Decoding the pages is not
timed; times are this process's CPU time. Nothing here fails on a slow day.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

from fastwarc.warc import ArchiveIterator, WarcRecordType
from rich.console import Console
from rich.table import Table

from schemas.extract import Extract
from transforms.charsets import decode, valid_text
from transforms.extract import Extractor, extractor

ROOT = Path(__file__).parents[2]
FOLDER = ROOT.parent / "shared" / "data" / "extraction"
NAME = "trafilatura-eval-a"

SETTINGS: dict[str, dict[str, Any]] = {
    "resiliparse": {},
    "resiliparse, main_content = false": {"resiliparse": {"main_content": False}},
    "trafilatura": {"engine": "trafilatura"},
    "trafilatura, favor_precision = false": {"engine": "trafilatura", "trafilatura": {"favor_precision": False}},
    "trafilatura, fast = true": {"engine": "trafilatura", "trafilatura": {"fast": True}},
    "justext": {"engine": "justext"},
    'justext, stop_lists = ["English"]': {"engine": "justext", "justext": {"stop_lists": ["English"]}},
    "wet": {"engine": "wet"},
}


class EvalPage(NamedTuple):
    """A page, its size in bytes before decoding, and the segments that must and must not be in its text."""

    html: str
    size: int
    wanted: list[str]
    unwanted: list[str]


def read_pages(folder: Path) -> list[EvalPage]:
    """Read pages and gold; every page has its gold line."""
    lines = (folder / f"{NAME}.gold.jsonl").read_text(encoding="utf-8").splitlines()
    gold = {line["url"].strip(): line for line in map(json.loads, lines)}
    pages = []
    with open(folder / f"{NAME}.warc.gz", "rb") as stream:
        for record in ArchiveIterator(stream, record_types=WarcRecordType.response):
            line, body = gold.pop(record.headers["WARC-Target-URI"]), record.reader.read()
            pages.append(EvalPage(decode(body, record.http_charset).html, len(body), line["with"], line["without"]))
    assert not gold, f"no page for {list(gold)[:3]}"
    return pages


def one_space(text: str) -> str:
    return " ".join(text.split())


def found(segments: list[str], text: str) -> int:
    return sum(one_space(segment) in text for segment in segments)


def measure(extract: Extractor, pages: list[EvalPage]) -> dict[str, Any]:
    """Run one engine over all pages; a page that raises counts as one without text."""
    extract(pages[0].html)  # load stop lists and rules first
    tp = fp = fn = tn = n_empty = n_failed = 0
    seconds = 0.0
    for page in pages:
        begun = time.process_time()
        try:
            text = extract(page.html)
        except Exception:
            text, n_failed = "", n_failed + 1
        seconds += time.process_time() - begun
        text = one_space(valid_text(text))
        n_empty += not text
        wanted, unwanted = found(page.wanted, text), found(page.unwanted, text)
        tp, fn = tp + wanted, fn + len(page.wanted) - wanted
        fp, tn = fp + unwanted, tn + len(page.unwanted) - unwanted
    return {
        "extractor": extract.name,
        "precision": tp / (tp + fp),
        "recall": tp / (tp + fn),
        "f1": 2 * tp / (2 * tp + fp + fn),
        "accuracy": (tp + tn) / (tp + fp + fn + tn),
        "counts": {"tp": tp, "fp": fp, "fn": fn, "tn": tn},
        "pages_per_s": len(pages) / seconds,
        "mb_per_s": sum(page.size for page in pages) / 1e6 / seconds,
        "n_empty": n_empty,
        "n_failed": n_failed,
    }


def main(folder: Path) -> None:
    """Measure all settings, print the table and write ``build/bench-extractors.json``."""
    if not (folder / f"{NAME}.warc.gz").exists():
        print(f"nothing measured: {folder / NAME}.warc.gz is not here; its folder may be given as an argument")
        return
    pages = read_pages(folder)
    size = sum(page.size for page in pages)
    rows = []
    for name, settings in SETTINGS.items():
        rows.append({"settings": name, **measure(extractor(Extract(**settings).model_dump()), pages)})
        print(f"{name}: done", file=sys.stderr)
    told = {"pages": len(pages), "html_bytes": size, "rows": rows}
    (ROOT / "build" / "bench-extractors.json").write_text(json.dumps(told, indent=2) + "\n")
    show(told)


def show(told: dict[str, Any]) -> None:
    """Print the table."""
    title = f"{told['pages']} pages, {told['html_bytes'] / 1e6:,.0f} MB of HTML; one core"
    table = Table(title=title, title_justify="left")
    for name in ("settings", "precision", "recall", "F1", "accuracy", "pages/s", "MB/s", "empty", "failed"):
        table.add_column(name, justify="left" if name == "settings" else "right")
    for row in told["rows"]:
        scores = (f"{row[name]:.3f}" for name in ("precision", "recall", "f1", "accuracy"))
        rates = (f"{row['pages_per_s']:,.0f}", f"{row['mb_per_s']:.1f}", f"{row['n_empty']}", f"{row['n_failed']}")
        table.add_row(row["settings"], *scores, *rates)
    console = Console(width=120)
    console.print(table)
    versions = ", ".join(sorted({row["extractor"] for row in told["rows"]}))
    console.print(f"{versions}; written to build/bench-extractors.json")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
