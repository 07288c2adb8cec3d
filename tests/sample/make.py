"""Writes the sample crawl: ``python -m tests.sample.make DEST``. The same bytes every time."""

import hashlib
import json
import shutil
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

from tests.sample import plan, warc
from tests.sample.pages import Page
from tests.sample.texts import article
from tests.sample.truth import Outcome, Truth, load_truth, write_truth

__all__ = ["Truth", "load_truth", "make"]

SEED = 20241104
N_FILES = 72
N_GOOD = 300
WET_FILE = "wet/sample-wet-00000.warc.wet.gz"

Place = tuple[int, int]
"""File number and position among its responses."""

DAMAGED: Place = (20, 4)
TRUNCATED: Place = (49, 6)  # the last response of its file
REPEATED: tuple[tuple[Place, Place], ...] = (((5, 0), (61, 2)), ((9, 1), (33, 3)), ((14, 5), (70, 2)))


@dataclass
class _File:
    """A crawl file while it is written."""

    path: str
    data: bytearray = field(default_factory=bytearray)
    rows: list[Truth] = field(default_factory=list)


def make(dest: Path) -> None:
    """Write the crawl, unless ``dest`` already holds it as this version of the script makes it."""
    stamp, version = dest / "VERSION", _version()
    if stamp.exists() and stamp.read_text(encoding="utf-8") == version:
        return
    stamp.unlink(missing_ok=True)
    for folder in ("warc", "wet"):
        shutil.rmtree(dest / folder, ignore_errors=True)
        (dest / folder).mkdir(parents=True)
    files = _files()
    for file in files:
        (dest / file.path).write_bytes(file.data)
    listed = "".join(f"{file.path}\n" for file in files)
    (dest / "warc.paths.gz").write_bytes(warc.squeeze(listed.encode()))
    write_truth(dest, _settled(files))
    (dest / "good.jsonl").write_text(_good_texts(), encoding="utf-8")
    stamp.write_text(version, encoding="utf-8")  # last: a folder without it is not complete


def _version() -> str:
    """Give the hash of the generator's own source, so that a change to it is never missed."""
    sources = sorted(Path(__file__).parent.glob("*.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest() + "\n"


def _files() -> list[_File]:
    desk = plan.desk_of(SEED)
    pinned = {
        DAMAGED: desk.html("damaged", "en", article(desk.rng, "en"), reject_reason="bad_gzip"),
        TRUNCATED: desk.html("truncated", "en", article(desk.rng, "en"), reject_reason="truncated"),
    }
    for where, pair in zip(REPEATED, plan.repeated(desk), strict=True):
        pinned.update(zip(where, pair, strict=True))
    places = [(file, position) for file in range(N_FILES) for position in range(6 + file % 3)]
    rest = iter(plan.crawl_pages(desk, len(places) - len(pinned)))
    files = [_File(f"warc/sample-{number:05d}.warc.gz") for number in range(N_FILES)]
    for file in files:
        file.data += warc.warcinfo(Path(file.path).name)
    for turn, place in enumerate(places):
        page = pinned[place] if place in pinned else next(rest)
        _add_response(files[place[0]], page, turn, extras=place[0] % 4 if place != TRUNCATED else 0)
    return [*files, _wet_file(plan.wet_texts(desk))]


def _add_response(file: _File, page: Page, turn: int, extras: int) -> None:
    """Append a response; ``extras`` says which other records stand around it: 1 request, 2 both."""
    parts = urlsplit(page.url)
    name, at = warc.record_id(page.record_name or page.url), warc.date(turn * 37 - page.days_old * 86_400)
    fields = {
        "WARC-Record-ID": name,
        "WARC-Date": at,
        "WARC-Target-URI": page.url,
        "WARC-Payload-Digest": warc.digest(page.body),
        "Content-Type": "application/http; msgtype=response",
    }
    record = warc.member("response", fields, page.block)
    if page.category == "damaged":
        record = _with_flipped_bytes(record)
    elif page.category == "truncated":
        record = record[: len(record) // 2]
    if extras:
        file.data += warc.request(page.url, parts.netloc, parts.path, name, at)
    _append(file, page, name, record)
    if extras == 2:
        file.data += warc.metadata(page.url, name, at)


def _with_flipped_bytes(record: bytes) -> bytes:
    at = len(record) // 2
    return record[:at] + bytes(byte ^ 0xFF for byte in record[at : at + 24]) + record[at + 24 :]


def _wet_file(pages: list[Page]) -> _File:
    file = _File(WET_FILE)
    file.data += warc.warcinfo(Path(WET_FILE).name)
    for turn, page in enumerate(pages):
        name = warc.record_id(page.url)
        fields = {
            "WARC-Record-ID": name,
            "WARC-Date": warc.date(turn * 37),
            "WARC-Target-URI": page.url,
            "WARC-Refers-To": warc.record_id(f"response/{page.url}"),
            "WARC-Block-Digest": warc.digest(page.body),
            "Content-Type": "text/plain",
        }
        _append(file, page, name, warc.member("conversion", fields, page.body))
    return file


def _append(file: _File, page: Page, name: str, record: bytes) -> None:
    outcome: Outcome = "reject" if page.reject_reason else "document"
    row = Truth(
        url=page.url,
        file=file.path,
        record_id=name,
        category=page.category,
        language=page.language,
        charset=page.charset,
        outcome="gap" if page.category in ("damaged", "truncated") else outcome,
        reject_reason=page.reject_reason,
        first_reason=page.first_reason,
        group=page.group,
        has_pii=page.has_pii,
    )
    file.rows.append(row)
    file.data += record


def _settled(files: list[_File]) -> list[Truth]:
    """Give all rows; of two records with one id, the first by (content id, offset) stays a document."""
    seen: set[str] = set()
    lost: set[str] = set()
    for file in sorted(files, key=lambda one: hashlib.sha256(one.data).hexdigest()):
        lost |= {row.url for row in file.rows if row.record_id in seen}
        seen |= {row.record_id for row in file.rows}
    rows = [row for file in files for row in file.rows]
    return [
        replace(row, outcome="reject", reject_reason="duplicate_record_id") if row.url in lost else row for row in rows
    ]


def _good_texts() -> str:
    """Write the texts that a classifier of the demo learns as good ones: articles of other hosts, one a line."""
    rng = Random(SEED + 1)
    languages = ("en",) * 6 + ("de", "fr", "es", "ru")
    rows = []
    for number in range(N_GOOD):
        told = article(rng, languages[number % len(languages)])
        text = "\n\n".join((told.title, *told.paragraphs))
        rows.append({"url": f"https://library-{number % 40}.example/{number}", "text": text})
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def main() -> None:
    """Run the command."""
    if len(sys.argv) != 2:
        sys.exit("usage: python -m tests.sample.make DEST")
    make(Path(sys.argv[1]))


if __name__ == "__main__":
    main()
