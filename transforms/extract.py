"""HTML bytes → text: charset, then resiliparse's main content extraction (DCLM section 3.2).

Pages in any charset are kept; DCLM's own code drops every page that is not UTF-8.
"""

import re
from typing import Any, NamedTuple

from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.encoding import bytes_to_str, detect_encoding, map_encoding_to_html5

_META = re.compile(rb"<meta[^>]{0,512}?charset\s*=\s*[\"']?\s*([A-Za-z0-9._:-]+)", re.IGNORECASE)
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_SURROGATES = re.compile("[\x00\ud800-\udfff]")


class Decoded(NamedTuple):
    """A page as text, and the charset (Python codec name, lower case) it was read in."""

    html: str
    charset: str


def decode(body: bytes, declared: str | None) -> Decoded:
    """Decode a page.

    Asked in this order: byte order mark, HTTP header, ``<meta>`` in the first 2 KB, detection.
    Only the labels of the WHATWG's standard name a charset, as in browsers. A declared charset
    that cannot decode the page gives way to the next; what is left that no charset can read
    becomes U+FFFD.

    Args:
        body: The page's bytes.
        declared: Charset label of the HTTP header, if any.
    """
    for bom, charset in _BOMS:
        if body.startswith(bom):
            return Decoded(body[len(bom) :].decode(charset, "replace"), charset)
    for codec in filter(None, (_of_header(declared, body), _of_meta(body))):
        try:
            return Decoded(body.decode(codec), codec)
        except UnicodeDecodeError:
            continue
    detected = _codec(detect_encoding(body) or "utf-8") or "utf-8"
    return Decoded(bytes_to_str(body, detected, errors="replace", fallback_encodings=()), detected)


def _of_header(label: str | None, body: bytes) -> str | None:
    """Give the codec that the HTTP header names; not UTF-16 where no character of the start has a zero byte."""
    codec = _codec(label or "")
    return None if codec and codec.startswith("utf-16") and b"\x00" not in body[:1024] else codec


def _of_meta(body: bytes) -> str | None:
    """Give the codec that a ``<meta>`` names; one that can be read as ASCII is not in UTF-16."""
    meta = _META.search(body, 0, 2048)
    codec = _codec(meta.group(1).decode("ascii")) if meta else None
    return "utf-8" if codec and codec.startswith("utf-16") else codec


def _codec(label: str) -> str | None:
    """Give the codec that browsers use for a label (iso-8859-1 means windows-1252); None: unknown."""
    charset = map_encoding_to_html5(label, fallback_utf8=False)
    try:
        "".encode(charset or "")
    except LookupError:
        return None
    return str(charset).lower()


def is_html(content_type: str | None, body: bytes) -> bool:
    """Say whether a body is HTML: by its media type, or by its first tag where none is declared."""
    if content_type is not None:
        return content_type in ("text/html", "application/xhtml+xml")
    start = body[:512].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return start.startswith((b"<!doctype html", b"<html", b"<head", b"<body"))


def html_to_text(html: str, options: dict[str, Any]) -> str:
    """Extract the main text; ``options`` are resiliparse's flags (the recipe's ``[extract]``)."""
    return valid_text(extract_plain_text(html, **options))


def valid_text(text: str) -> str:
    """Drop NUL and lone surrogates: the one place after which every text is valid UTF-8."""
    return _SURROGATES.sub("", text)
