"""One made-up page: what the server sent, and what should become of it."""

import zlib
from dataclasses import dataclass
from random import Random
from typing import Literal, TypedDict, Unpack

from tests.sample import markup, names
from tests.sample.texts import Article
from tests.sample.warc import squeeze

CODECS = {"utf-8": "utf-8", "iso-8859-1": "cp1252", "windows-1251": "cp1251", "Shift_JIS": "shift_jis"}
"""Charset label → the codec that ``documents.charset`` should name (browsers' reading of labels)."""

Declared = Literal["header", "meta", "none"]
Headers = tuple[tuple[str, str], ...]


class Told(TypedDict, total=False):
    """What a page may say about itself beyond its text."""

    first_reason: str | None
    reject_reason: str | None
    group: str | None
    has_pii: bool
    status: str
    days_old: int


@dataclass
class Page:
    """A response, or a text of a WET file.

    Attributes:
        days_old: How many days before the crawl began it was fetched; 0: in its turn.
        record_name: What the record id is made from; the url where empty.
    """

    category: str
    url: str
    headers: Headers
    body: bytes
    language: str | None = None
    charset: str | None = None
    status: str = "200 OK"
    first_reason: str | None = None
    reject_reason: str | None = None
    group: str | None = None
    has_pii: bool = False
    days_old: int = 0
    record_name: str = ""

    @property
    def block(self) -> bytes:
        """The HTTP response as it is stored."""
        fields = (*self.headers, ("Content-Length", str(len(self.body))))
        if any(name == "Transfer-Encoding" for name, _ in self.headers):
            fields = self.headers
        head = "".join(f"{name}: {value}\r\n" for name, value in fields)
        return f"HTTP/1.1 {self.status}\r\n{head}\r\n".encode() + self.body


class Desk:
    """Where pages are written: hands out addresses and wraps texts."""

    def __init__(self, rng: Random) -> None:
        """Start with no address given away."""
        self.rng = rng
        self._n_urls = 0

    def address(self, language: str, slug: str = "story") -> tuple[str, str]:
        """Give a new (host, path)."""
        self._n_urls += 1
        host = self.rng.choice(names.HOSTS[language])
        return host, f"/{self.rng.randint(2015, 2024)}/{slug}-{self._n_urls:04d}.html"

    def html(
        self,
        category: str,
        language: str,
        article: Article | tuple[str, str],
        encoding: tuple[str, Declared] = ("utf-8", "header"),
        slug: str = "story",
        **told: Unpack[Told],
    ) -> Page:
        """Write an HTML page of an article, or of a (title, main part)."""
        title, main = (article.title, markup.article_main(article)) if isinstance(article, Article) else article
        label, declared = encoding
        host, path = self.address(language, slug)
        source = markup.page(main, title, language, host, label if declared == "meta" else None)
        media = f"text/html; charset={label}" if declared == "header" else "text/html"
        # A real site writes what its charset lacks as character references, too.
        body = source.encode(label, "xmlcharrefreplace")
        headers = (("Content-Type", media),)
        return Page(category, f"https://{host}{path}", headers, body, language, CODECS[label], **told)

    def other(self, category: str, media: str, body: bytes, reject_reason: str) -> Page:
        """Write a response that gives no document."""
        host, path = self.address("en", "item")
        return Page(category, f"https://{host}{path}", (("Content-Type", media),), body, reject_reason=reject_reason)

    def text(self, category: str, language: str, article: Article, **told: Unpack[Told]) -> Page:
        """Write a text of a WET file."""
        host, path = self.address(language, "wet")
        body = "\n".join((article.title, *article.paragraphs)).encode() + b"\n"
        return Page(category, f"https://{host}{path}", (), body, language, "utf-8", **told)


def chunked(page: Page, rng: Random) -> Page:
    """Store the body in chunks, as it came over the wire."""
    parts, at = [], 0
    while at < len(page.body):
        piece = page.body[at : at + rng.randint(200, 900)]
        parts.append(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
        at += len(piece)
    page.body = b"".join(parts) + b"0\r\n\r\n"
    page.headers = (*page.headers, ("Transfer-Encoding", "chunked"))
    return page


def gzipped(page: Page) -> Page:
    """Store the body compressed, as it came over the wire."""
    page.body = squeeze(page.body)
    page.headers = (*page.headers, ("Content-Encoding", "gzip"))
    return page


def png(rng: Random) -> bytes:
    """Give a valid grey PNG of 8 by 8 pixels."""
    pixels = b"".join(b"\0" + rng.randbytes(8) for _ in range(8))
    header = (8).to_bytes(4, "big") * 2 + bytes((8, 0, 0, 0, 0))
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(pixels, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big") for name, data in chunks
    )
