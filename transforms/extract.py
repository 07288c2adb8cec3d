"""HTML bytes → text: charset, then the engine that the recipe names (``transforms.extractors``).

Pages in any charset are kept; DCLM's own code drops every page that is not UTF-8.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any, NamedTuple, Protocol

from transforms.charsets import decode, valid_text


class Page(NamedTuple):
    """What reading one HTML page gave.

    Attributes:
        text: Its main text, valid UTF-8; empty where it has none.
        charset: Python codec name it was decoded with, lower case.
        charset_source: What named the charset: ``bom``, ``http`` (header), ``meta``, ``detected`` or ``format``.
        charset_declared: The label that the page goes by, as written; None: none.
        n_replaced: Byte sequences that the charset could not read.
        extractor: Engine that made the text, with the version of its package as installed where it ran.
    """

    text: str
    charset: str
    charset_source: str
    charset_declared: str | None
    n_replaced: int
    extractor: str


class Extractor(Protocol):
    """An engine with its options: one page as characters → its text. The text depends on nothing else.

    It is made on the driver and runs in the workers, so it is a class of an importable module: pickled
    by name, it is loaded there with its package, and ``name`` tells the version that is there. Whatever
    it raises costs one page.

    Attributes:
        name: Engine and version, as ``documents.extractor`` shows it.
    """

    name: str

    def __call__(self, html: str) -> str:
        """Give the text, empty where there is none; it may hold NUL, which ``page_reader`` drops."""
        ...


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
    """Give the reader that a recipe's ``[extract]`` section (as a dict) asks for.

    Raises:
        ImportError: the engine's package is not installed.
        ValueError: an option names what the package does not have.
    """
    extract = extractor(options)

    def read(body: bytes, declared: str | None) -> Page:
        page = decode(body, declared)
        text = valid_text(extract(page.html))
        return Page(text, page.charset, page.source, page.declared, page.n_replaced, extract.name)

    return read


def extractor(options: dict[str, Any]) -> Extractor:
    """Give the engine of a recipe's ``[extract]`` section, with its options; raises as ``page_reader``."""
    engine = options["engine"]
    # Late, because two engines need packages that not everybody installs.
    made: Extractor = import_module(f"transforms.extractors.{engine}").Extractor(options.get(engine) or {})
    return made


def is_html(content_type: str | None, body: bytes) -> bool:
    """Say whether a body is HTML: by its media type, or by its first tag where none is declared."""
    if content_type is not None:
        return content_type in ("text/html", "application/xhtml+xml")
    start = body[:512].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return start.startswith((b"<!doctype html", b"<html", b"<head", b"<body"))
