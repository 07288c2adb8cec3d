"""Real texts for ``make parity-peers``: of ``../shared``, or of the sample crawl where that is not at hand."""

import gzip
import json
from contextlib import suppress
from pathlib import Path

import pyarrow.parquet as pq
from fastwarc.warc import ArchiveIterator, WarcRecordType
from resiliparse.extract.html2text import extract_plain_text

from tests.bench.extractors import read_pages
from transforms.charsets import decode, valid_text

Sources = dict[str, list[str]]
"""Texts by where they are from; each is valid UTF-8, as the texts of our tables are."""


def read_texts(data: Path, work: Path) -> tuple[Sources, bool]:
    """Give the texts, and whether they are real ones.

    Args:
        data: The folder of sample data, which may not be there.
        work: Where the sample crawl may be written.
    """
    sources = _real(data) if (data / "quality").exists() else {"sample crawl": _sample(work)}
    return {
        name: [valid_text(text) for text in texts] for name, texts in sources.items()
    }, "sample crawl" not in sources


def _real(data: Path) -> Sources:
    found = {path.name.partition(".")[0]: _read(path) for path in sorted((data / "quality").iterdir())}
    articles = data / "dedup" / "articles_1000.train"
    if articles.exists():
        lines = articles.read_text(encoding="utf-8").split("\n")
        found[articles.stem] = [line.partition(" ")[2] for line in lines if line]
    if (data / "extraction").exists():
        pages = read_pages(data / "extraction")
        found["trafilatura-eval-a"] = [extract_plain_text(page.html, main_content=True) for page in pages]
    return {name: texts for name, texts in found.items() if texts}


def _read(path: Path) -> list[str]:
    if path.suffix == ".parquet":
        return pq.read_table(path, columns=["contents"])["contents"].to_pylist()
    if path.suffixes[-2:] != [".jsonl", ".gz"]:
        return []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line)["text"] for line in lines]


def _sample(work: Path) -> list[str]:
    from tests.sample.make import make  # seconds, and only here

    make(work / "sample")
    texts = []
    for path in sorted((work / "sample" / "warc").iterdir()):
        with path.open("rb") as stream, suppress(OSError):  # some of its files are damaged on purpose
            for record in ArchiveIterator(stream, record_types=WarcRecordType.response):
                html = decode(record.reader.read(), record.http_charset).html
                texts.append(extract_plain_text(html, main_content=True))
    return texts
