"""HTML bytes → characters: which charset a page is read in, how that was decided, and what it could not read."""

import re
from contextlib import suppress
from functools import lru_cache
from typing import NamedTuple

from resiliparse.parse.encoding import bytes_to_str, detect_encoding, map_encoding_to_html5

_META = re.compile(rb"<meta[^>]{0,512}?charset\s*=\s*[\"']?\s*([A-Za-z0-9._:-]+)", re.IGNORECASE)
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_SURROGATES = re.compile("[\x00\ud800-\udfff]")
_UNREADABLE = "\ufffd"


class Decoded(NamedTuple):
    """A page as characters.

    Attributes:
        html: The page.
        charset: Python codec name, lower case.
        source: What named it: ``bom``, ``http`` (the Content-Type header), ``meta`` or ``detected``.
        declared: The label that the page goes by, as written: the header's, else the ``<meta>``'s; None: none.
        n_replaced: Byte sequences that the charset cannot read, each now U+FFFD.
    """

    html: str
    charset: str
    source: str
    declared: str | None
    n_replaced: int = 0


def decode(body: bytes, declared: str | None) -> Decoded:
    """Decode a page.

    Asked in this order: byte order mark, HTTP header, ``<meta>`` in the first 2 KB, detection.
    Only the labels of the WHATWG's standard name a charset, as in browsers. A declared charset
    that cannot decode the page gives way to the next; what is left that no charset can read
    becomes U+FFFD and is counted.

    Args:
        body: The page's bytes.
        declared: Charset label of the HTTP header, if any.
    """
    for bom, charset in _BOMS:
        if body.startswith(bom):
            rest = body[len(bom) :]
            html = rest.decode(charset, "replace")
            return Decoded(html, charset, "bom", declared or _meta_label(body), _n_replaced(html, charset, rest))
    with suppress(UnicodeDecodeError):
        if codec := _of_header(declared, body):
            return Decoded(body.decode(codec), codec, "http", declared)
    meta = _meta_label(body)
    label = declared or meta
    with suppress(UnicodeDecodeError):
        if codec := _of_meta(meta):
            return Decoded(body.decode(codec), codec, "meta", label)
    detected = _codec(detect_encoding(body) or "utf-8") or "utf-8"
    html = bytes_to_str(body, detected, errors="replace", fallback_encodings=())
    return Decoded(html, detected, "detected", label, _n_replaced(html, detected, body))


def _n_replaced(html: str, charset: str, body: bytes) -> int:
    """Count what became U+FFFD; one that the page itself holds is none of it."""
    mark = _UNREADABLE.encode(charset, "ignore")  # empty where the charset has no such character
    own = body.count(mark) if mark else 0
    return max(0, html.count(_UNREADABLE) - own)


def _of_header(label: str | None, body: bytes) -> str | None:
    """Give the codec that the HTTP header names; not UTF-16 where no character of the start has a zero byte."""
    codec = _codec(label or "")
    return None if codec and codec.startswith("utf-16") and b"\x00" not in body[:1024] else codec


def _meta_label(body: bytes) -> str | None:
    meta = _META.search(body, 0, 2048)
    return meta.group(1).decode("ascii") if meta else None


def _of_meta(label: str | None) -> str | None:
    """Give the codec that a ``<meta>`` names; a page in which it can be read as ASCII is not in UTF-16."""
    codec = _codec(label or "")
    return "utf-8" if codec and codec.startswith("utf-16") else codec


@lru_cache(1024)
def _codec(label: str) -> str | None:
    """Give the codec that browsers use for a label (iso-8859-1 means windows-1252); None: unknown."""
    charset = map_encoding_to_html5(label, fallback_utf8=False)
    try:
        "".encode(charset or "")
    except LookupError:
        return None
    return str(charset).lower()


def valid_text(text: str) -> str:
    """Drop NUL and lone surrogates: the one place after which every text is valid UTF-8."""
    with suppress(UnicodeEncodeError):  # nearly all texts hold neither, and this is ten times as fast as to look
        if b"\0" not in text.encode():
            return text
    return _SURROGATES.sub("", text)
