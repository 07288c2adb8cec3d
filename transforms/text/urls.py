"""URL → host and registered domain."""

import re
from functools import lru_cache
from urllib.parse import urlsplit

from publicsuffixlist import PublicSuffixList

# A host of plain characters, with an end: nothing that an address may hold can change it.
_USUAL = re.compile(r"https?://([A-Za-z0-9.-]+)(?::[0-9]*)?(?:[/?#]|\Z)")


def host_of(url: str) -> str:
    """Give the host in lower case, without user, port or final dot; empty if there is none.

    Example:
        >>> host_of("https://user@WWW.Example.org:8080/a")
        'www.example.org'
    """
    if usual := _USUAL.match(url):
        return usual.group(1).lower().rstrip(".")
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:  # e.g. an IPv6 bracket that never closes
        return ""


@lru_cache(maxsize=65_536)
def domain_of(host: str) -> str:
    """Give the registered domain (public suffix plus one label); the host itself if it has none.

    Example:
        >>> domain_of("news.bbc.co.uk")
        'bbc.co.uk'
        >>> domain_of("127.0.0.1")
        '127.0.0.1'
    """
    if not host or host.replace(".", "").isdigit() or ":" in host:
        return host
    return _suffixes().privatesuffix(host) or host


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def is_public_suffix(host: str) -> bool:
    """Say whether people register names below a host, so that it is nobody's own.

    Example:
        >>> is_public_suffix("co.uk"), is_public_suffix("bbc.co.uk")
        (True, False)
    """
    return domain_of(host) == host and not host.replace(".", "").isdigit() and _suffixes().privatesuffix(host) is None
