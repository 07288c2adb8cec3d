"""Whether a page is one that was taken down, told by keyed hashes: nothing here knows the addresses themselves."""

import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from transforms.text.urls import host_of

_HOSTS = re.compile(rb"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+")
_CUT_HOST = re.compile(rb"[A-Za-z0-9_-]\.[A-Za-z0-9_.-]*\Z|//[A-Za-z0-9_.-]*\Z")
_URLS = re.compile(rb"https?://[^\s\"'<>]+", re.IGNORECASE)
_DEFAULT_PORTS = {"http": 80, "https": 443}
_HASH_CHARS = 32


def keyed(key: bytes, kind: str, value: str) -> str:
    """Give the keyed hash of a thing in its normal form: 128 bits of HMAC-SHA256, as hex."""
    return hmac.digest(key, f"{kind}\n{value}".encode(), "sha256").hex()[:_HASH_CHARS]


def normal_host(host: str) -> str:
    """Give a host as addresses write it: in lower case and ASCII, without a final dot."""
    low = host.strip().lower().rstrip(".")
    if low.isascii():
        return low
    try:
        return low.encode("idna").decode("ascii")
    except UnicodeError:
        return low


def normal_url(url: str) -> str:
    """Give what of an address says which page it is: no scheme, user, default port or fragment.

    Example:
        >>> normal_url("HTTPS://user@Example.org:443/a?b=1#c")
        'example.org/a?b=1'
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:  # no host that anybody could name
        return url.strip()
    shown = f":{port}" if port and port != _DEFAULT_PORTS.get(parts.scheme.lower()) else ""
    query = f"?{parts.query}" if parts.query else ""
    return f"{normal_host(host_of(url))}{shown}{parts.path or '/'}{query}"


@dataclass(frozen=True)
class TakenDown:
    """What was taken down.

    Attributes:
        key: Of the hashes.
        hashes: ``keyed`` of each thing.
        kinds: Which kinds of things there are; what is not asked for is not hashed.
        n_chars: How long the prefixes are.
    """

    key: bytes
    hashes: frozenset[str]
    kinds: frozenset[str]
    n_chars: tuple[int, ...] = ()

    def has_page(self, url: str, doc_id: str | None = None) -> bool:
        """Say whether a page is taken down: by its address, or as one document."""
        if doc_id is not None and self.has("doc_id", doc_id):
            return True
        if self.has_host(host_of(url)):
            return True
        if not self.kinds & {"url", "prefix"}:
            return False
        normal = normal_url(url)
        starts = (normal[:n] for n in self.n_chars if n <= len(normal))
        return self.has("url", normal) or any(self.has("prefix", start) for start in starts)

    def has_host(self, host: str) -> bool:
        """Say whether a whole host is taken down, by its name or with a domain above it."""
        return bool(host) and _has_host(self, normal_host(host))

    def is_told_in(self, data: bytes, *, is_cut: bool = False) -> bool:
        """Say whether the name of something that is taken down stands in ``data``.

        Where ``data`` is cut off inside of a name (``is_cut``), nobody can say whose it is: it may be.
        """
        if is_cut and _CUT_HOST.search(data):
            return True
        if any(self.has_page(url.decode("utf-8", "replace")) for url in _URLS.findall(data)):
            return True
        return any(self.has_host(name.decode("ascii")) for name in _HOSTS.findall(data))

    def has(self, kind: str, value: str) -> bool:
        """Say whether a thing in its normal form is taken down."""
        return kind in self.kinds and keyed(self.key, kind, value) in self.hashes

    def __hash__(self) -> int:
        """Hash what tells one from another; the set is large."""
        return hash((self.key, len(self.hashes), self.kinds))


@lru_cache(maxsize=65_536)
def _has_host(taken: TakenDown, host: str) -> bool:
    return taken.has("host", host) or any(taken.has("domain", one) for one in _with_parents(host))


def _with_parents(host: str) -> Iterator[str]:
    """Give a host and each domain above it."""
    rest = host
    while rest:
        yield rest
        rest = rest.partition(".")[2]
