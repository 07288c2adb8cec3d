"""The benchmark's crawl: the sample's HTML pages at a genuine page's weight, repeated under new ids."""

import gzip
import multiprocessing
import random
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from transforms.records import Record, read_records

FILES = 120
PAGES_PER_FILE = 900
BYTES_PER_FILE = 25_000_000  # about
TEASERS = 380  # bring a page to about 110 KB: what genuine crawled pages weigh, most of it boilerplate
CORES = 2


def make_crawl(folder: Path, sample: Path, n_files: int = FILES) -> tuple[int, int]:
    """Write the crawl; gives the bytes of its records and of its files."""
    folder.mkdir(parents=True)
    with multiprocessing.get_context("spawn").Pool(CORES) as pool:
        sizes = pool.starmap(_make_file, [(folder, sample, i) for i in range(n_files)])
    return sum(sizes), sum(path.stat().st_size for path in folder.iterdir())


def _make_file(folder: Path, sample: Path, number: int) -> int:
    pages = [page for path in sorted((sample / "warc").iterdir()) for page in _pages(path)]
    rng = random.Random(number)
    size = 0
    with (folder / f"bench-{number:02d}.warc.gz").open("wb") as out:
        for i in range(PAGES_PER_FILE):
            record, head, html = pages[(number * PAGES_PER_FILE + i) % len(pages)]
            body = head + html.replace(b"</body>", _teasers(rng, pages) + b"</body>")
            block = _record(record, body, number * PAGES_PER_FILE + i)
            out.write(gzip.compress(block, 1, mtime=0))
            size += len(block)
    return size


def _pages(path: Path) -> list[tuple[Record, bytes, bytes]]:
    with path.open("rb") as stream:
        found = [one for one in read_records(stream, 1 << 24) if isinstance(one, Record) and one.kind == "response"]
    parts = [(one, *bytes(one.body or b"").partition(b"\r\n\r\n")[::2]) for one in found]
    return [(one, _plain_head(head), html) for one, head, html in parts if b"<article" in html and b"</body>" in html]


def _plain_head(head: bytes) -> bytes:
    return re.sub(rb"(?im)^(content-length|transfer-encoding|content-encoding):.*\r?\n?", b"", head) + b"\r\n\r\n"


def _teasers(rng: random.Random, pages: list[tuple[Record, bytes, bytes]]) -> bytes:
    """Write lists of links with pictures and summaries, as portals carry them around an article."""
    words = re.findall(rb"[A-Za-z]{3,}", rng.choice(pages)[2]) or [b"news"]
    items = []
    for i in range(TEASERS):
        title, summary = b" ".join(rng.choices(words, k=6)), b" ".join(rng.choices(words, k=12))
        link = b"/%d/%s" % (i, title.replace(b" ", b"-"))
        items.append(
            b'<li class="teaser"><a href="%s"><img src="/img/%d.jpg" alt="%s"><span>%s</span></a><p>%s</p></li>'
            % (link, i, title, title, summary)
        )
    return b'<div class="sidebar"><ul class="nav menu">' + b"\n".join(items) + b"</ul></div>"


def _record(record: Record, body: bytes, number: int) -> bytes:
    date, url = record.headers["warc-date"], record.headers["warc-target-uri"]
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{number:032x}>\r\n"
        f"WARC-Date: {date}\r\nWARC-Target-URI: {url}?n={number}\r\nWARC-Identified-Payload-Type: text/html\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body + b"\r\n\r\n"


@contextmanager
def crawl_folder(work: Path) -> Iterator[Path]:
    """Give a folder for the crawl, in memory where there is room: a cache that is dropped between legs would show."""
    memory = Path("/dev/shm")
    if not memory.is_dir() or shutil.disk_usage(memory).free < 3 * FILES * BYTES_PER_FILE:
        yield work / "crawl"
        return
    with TemporaryDirectory(dir=memory) as folder:
        yield Path(folder) / "crawl"
