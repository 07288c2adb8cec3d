"""What should become of every page of the sample crawl: one line of ``truth.jsonl`` each."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

Outcome = Literal["document", "reject", "gap"]


@dataclass(frozen=True)
class Truth:
    """One page (a response or a conversion record).

    Attributes:
        url: As in WARC-Target-URI.
        file: Path relative to the crawl's folder.
        record_id: As in WARC-Record-ID, with its angle brackets.
        category: What kind of page it is.
        language: Language of its text; None without text.
        charset: What ``documents.charset`` should say; None without text.
        outcome: What ingest should make of it.
        reject_reason: The reject's or gap's reason; None for documents.
        first_reason: First reason against it under conf/recipes/tiny.toml; None: it is kept.
        group: Shared by pages that belong together: copies of a text, owners of one record id.
        has_pii: Its text holds made-up personal data.
    """

    url: str
    file: str
    record_id: str
    category: str
    language: str | None
    charset: str | None
    outcome: Outcome
    reject_reason: str | None
    first_reason: str | None
    group: str | None
    has_pii: bool


def load_truth(dest: Path) -> list[Truth]:
    """Read the truth of a crawl that ``make`` wrote."""
    with (dest / "truth.jsonl").open(encoding="utf-8") as lines:
        return [Truth(**json.loads(line)) for line in lines]


def write_truth(dest: Path, rows: Iterable[Truth]) -> None:
    """Write the truth beside the crawl."""
    text = "".join(json.dumps(asdict(row), ensure_ascii=False) + "\n" for row in rows)
    (dest / "truth.jsonl").write_text(text, encoding="utf-8")
