"""HTML bytes → text: charset, then resiliparse's main content extraction (DCLM section 3.2).

Pages in any charset are kept; DCLM's own code drops every page that is not UTF-8.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from resiliparse.extract.html2text import extract_plain_text

from transforms.charsets import decode, valid_text


class Page(NamedTuple):
    """What reading one HTML page gave.

    Attributes:
        text: Its main text, valid UTF-8; empty where it has none.
        charset: Python codec name it was decoded with, lower case.
        charset_source: What named the charset: ``bom``, ``http`` (header), ``meta``, ``detected`` or ``format``.
        charset_declared: The label that the page goes by, as written; None: none.
        n_replaced: Byte sequences that the charset could not read.
    """

    text: str
    charset: str
    charset_source: str
    charset_declared: str | None
    n_replaced: int


PageReader = Callable[[bytes, str | None], Page]
"""Body of an HTML page and the charset label of its HTTP header → the page.

Raises:
    PageRefused: the page gives no document, with the reason that ``rejects`` will show.
"""


class PageRefused(Exception):
    """A page that is not read: a stable reason and a free detail."""

    def __init__(self, reason: str, detail: str | None = None) -> None:
        """Say why."""
        super().__init__(reason)
        self.reason, self.detail = reason, detail


def page_reader(options: dict[str, Any]) -> PageReader:
    """Give the reader that a recipe's ``[extract]`` section asks for."""

    def read(body: bytes, declared: str | None) -> Page:
        page = decode(body, declared)
        text = html_to_text(page.html, options)
        return Page(text, page.charset, page.source, page.declared, page.n_replaced)

    return read


def is_html(content_type: str | None, body: bytes) -> bool:
    """Say whether a body is HTML: by its media type, or by its first tag where none is declared."""
    if content_type is not None:
        return content_type in ("text/html", "application/xhtml+xml")
    start = body[:512].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return start.startswith((b"<!doctype html", b"<html", b"<head", b"<body"))


def html_to_text(html: str, options: dict[str, Any]) -> str:
    """Extract the main text; ``options`` are resiliparse's flags (the recipe's ``[extract]``)."""
    return valid_text(extract_plain_text(html, **options))
