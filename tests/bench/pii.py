"""``python -m tests.bench.pii``: precision and recall of ``transforms.text.pii``, and what it costs.

The labelled texts are 1,500 sentences of templates filled by a generator (presidio-research, MIT). A found span is
right if a label of its kind begins and ends where it does, byte for byte; ``overlap`` asks only that they share a
byte. Nothing here fails on a bad day: the tests hold what must be true.
"""

import json
import sys
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from transforms.text.pii import KINDS, Span, find

DATA = Path(__file__).parents[3] / "shared" / "data" / "pii" / "synth_dataset_v2.json"
LABELS = {
    "EMAIL_ADDRESS": "email",
    "PHONE_NUMBER": "phone",
    "IP_ADDRESS": "ip",
    "IBAN_CODE": "iban",
    "CREDIT_CARD": "credit_card",
    "US_SSN": "ssn",
}
NOT_OURS = {
    "PERSON": "names need a model of the language, and are in most pages on purpose",
    "STREET_ADDRESS": "as names",
    "GPE": "countries and towns identify nobody",
    "ORGANIZATION": "is not a person",
    "DATE_TIME": "identifies nobody by itself",
    "TITLE": "identifies nobody by itself",
    "AGE": "identifies nobody by itself",
    "NRP": "nationality, religion, politics: sensitive, but words of every encyclopedia",
    "ZIP_CODE": "a few digits of no shape of their own, and many people share one",
    "DOMAIN_NAME": "a site, not a person",
    "US_DRIVER_LICENSE": "has a shape per state and no check digit",
}
ENGLISH = "The council met on 4 May 2019 and again in 2020; about 1,250 people came, some from 30 km away. "


class Labelled(NamedTuple):
    """A text, the spans that are labelled as a kind of ours, and the names of all its labels."""

    text: str
    spans: list[Span]
    names: list[str]


def read_labelled(path: Path) -> list[Labelled]:
    """Read the texts; their positions are in characters, ours in bytes."""
    texts = []
    for row in json.loads(path.read_text(encoding="utf-8")):
        text, labels = row["full_text"], row["spans"]
        spans = [
            Span(
                LABELS[label["entity_type"]],
                len(text[: label["start_position"]].encode()),
                len(text[: label["end_position"]].encode()),
            )
            for label in labels
            if label["entity_type"] in LABELS
        ]
        texts.append(Labelled(text, spans, [label["entity_type"] for label in labels]))
    return texts


def share_a_byte(one: Span, other: Span) -> bool:
    return one.kind == other.kind and one.start < other.end and other.start < one.end


def count(texts: list[Labelled]) -> dict[str, Counter[str]]:
    """Count by kind: labels, finds, exact and overlapping agreements."""
    counts: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
    for text, labels, _ in texts:
        found = find(text)
        for span in labels:
            counts[span.kind]["labels"] += 1
            counts[span.kind]["exact"] += span in found
            counts[span.kind]["overlapped"] += any(share_a_byte(span, other) for other in found)
        for span in found:
            counts[span.kind]["found"] += 1
            counts[span.kind]["right"] += any(share_a_byte(span, other) for other in labels)
    return counts


def scores(n_found_right: int, n_found: int, n_label_right: int, n_labels: int) -> list[str]:
    """Precision, recall and F1; a dash where there is nothing to divide by."""
    if not n_found or not n_labels or not n_found_right:
        return ["-", "-", "-"]
    precision, recall = n_found_right / n_found, n_label_right / n_labels
    return [f"{value:.3f}" for value in (precision, recall, 2 * precision * recall / (precision + recall))]


def show(counts: dict[str, Counter[str]], console: Console) -> None:
    """Print a line for each kind."""
    table = Table(title="exact: same bytes, same kind; overlap: one byte shared, same kind", title_justify="left")
    for name in (
        "kind",
        "labelled",
        "found",
        "exact",
        "precision",
        "recall",
        "F1",
        "overlap: precision",
        "recall",
        "F1",
    ):
        table.add_column(name, justify="left" if name == "kind" else "right")
    rows = {**counts, "all": sum(counts.values(), Counter())}
    for kind, n in rows.items():
        exact = scores(n["exact"], n["found"], n["exact"], n["labels"])
        loose = scores(n["right"], n["found"], n["overlapped"], n["labels"])
        table.add_row(kind, str(n["labels"]), str(n["found"]), str(n["exact"]), *exact, *loose)
    console.print(table)


def show_misses(texts: list[Labelled], console: Console) -> None:
    """Print what was found and is not labelled, and what is labelled and was not found."""
    for text, labels, _ in texts:
        found, data = find(text), text.encode()
        for word, spans in (("not found", set(labels) - set(found)), ("not labelled", set(found) - set(labels))):
            for kind, start, end in sorted(spans):
                console.print(f"{word}: {kind} {data[start:end].decode()!r}", markup=False, highlight=False)


def show_not_ours(texts: list[Labelled], console: Console) -> None:
    """Say which labels are no PII of ours, and why."""
    names = Counter(name for one in texts for name in one.names)
    told = set(names) - set(LABELS)
    console.print(f"\n{sum(names[name] for name in told)} of {names.total()} labelled spans are no PII of ours:")
    for name in sorted(told, key=lambda name: -names[name]):
        console.print(f"  {name} ({names[name]}): {NOT_OURS.get(name, 'a name that this script does not know')}")


def microseconds(text: str, n: int = 2000) -> float:
    find(text)
    begun = time.process_time()
    for _ in range(n):
        find(text)
    return (time.process_time() - begun) / n * 1e6


def show_cost(console: Console) -> None:
    """Print what a text of 1.8 KB costs: without a candidate, with refused ones, and with PII."""
    plain = (ENGLISH * 20)[:1800]
    dated = plain[:1700] + " It was open 1939-1945, on 24.06.2019 and at 12:30:45."
    pii = plain[:1700] + " Write to jane@example.org or call (212) 555-0123."
    console.print("\nMicroseconds for a text of 1.8 KB, one core:")
    for name, text in (("no candidate", plain), ("dates and times", dated), ("an e-mail and a phone", pii)):
        console.print(f"  {name}: {microseconds(text):.1f}")


def main(path: Path) -> None:
    """Print all tables."""
    console = Console(width=None if sys.stdout.isatty() else 140)
    if not path.exists():
        console.print(f"nothing measured: {path} is not here; it may be given as an argument")
        return
    texts = read_labelled(path)
    show(count(texts), console)
    show_misses(texts, console)
    show_not_ours(texts, console)
    show_cost(console)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else DATA)
