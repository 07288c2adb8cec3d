r"""Measures of a document's URL against lists of domains and words.

They are what steps 1 to 4 of DCLM-Baseline (Li et al. 2024, after RefinedWeb's App. G.1) decide by: listed host, a
strict word anywhere, one hard word, two soft words. ``is_listed_domain`` is our correction of the first.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import numpy as np

from schemas.origin import UrlMeasures
from transforms.text.listed_words import (
    WordList,
    count_substrings,
    count_words,
    encoded,
    make_word_list,
    word_bytes,
)
from transforms.text.unicode import Bytes, Longs, classes
from transforms.text.urls import host_of

# Where netloc and host are plain to see, this finds what urllib does in a fifth of the time.
_PLAIN_URL = re.compile(r"[a-z][a-z0-9+.-]*://(([\w.-]+)(?::[0-9]*)?)(?![^/?#])", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True)
class UrlLists:
    """The lists in the form that ``measure_urls`` needs; built once by ``make_lists``."""

    domains: frozenset[str]
    longest_domain: int
    strict: WordList
    hard: WordList
    soft: WordList


def make_lists(domains: Iterable[str], strict: Iterable[str], hard: Iterable[str], soft: Iterable[str]) -> UrlLists:
    """Build the lists from their entries, which are put in lower case; empty entries match nothing.

    Strict entries are compared as they are: one that holds ``-`` or ``.`` can match no URL.
    """
    hosts = frozenset(map(str.lower, domains)) - {""}
    words = [make_word_list(map(str.lower, entries)) for entries in (strict, hard, soft)]
    return UrlLists(hosts, max(map(len, hosts), default=0), *words)


def measure_urls(urls: Sequence[str], lists: UrlLists) -> UrlMeasures:
    """Measure a batch of URLs; any string will do.

    Example:
        >>> lists = make_lists(["bad.example"], [], ["casino"], [])
        >>> measures = measure_urls(["http://sub.bad.example/casino"], lists)
        >>> bool(measures.is_listed_domain[0]), bool(measures.is_listed_netloc[0]), int(measures.n_hard[0])
        (True, False, 1)
    """
    n = len(urls)
    places = list(map(_place, urls))
    is_listed_domain = np.fromiter((_is_listed(host, lists) for host, _ in places), np.bool_, n)
    is_listed_netloc = np.fromiter((netloc.replace("www", "") in lists.domains for _, netloc in places), np.bool_, n)
    parts = [encoded(url.lower()) for url in urls]
    data, offsets = _joined(parts)
    n_strict = count_substrings(*_joined([part.translate(None, b"-.") for part in parts]), lists.strict)
    in_word = word_bytes(data, classes())
    n_hard, n_soft = (count_words(data, offsets, words, in_word) for words in (lists.hard, lists.soft))
    return UrlMeasures(is_listed_domain, is_listed_netloc, n_strict, n_hard, n_soft)


def _place(url: str) -> tuple[str, str]:
    """Give the host as ``host_of`` does and the netloc in lower case; both empty where urllib finds an error."""
    if plain := _PLAIN_URL.match(url):
        netloc, host = plain.groups()
        return host.lower().rstrip("."), netloc.lower()
    try:
        return host_of(url), urlsplit(url).netloc.lower()
    except ValueError:
        return "", ""


def _is_listed(host: str, lists: UrlLists) -> bool:
    """Whether the host or a parent domain of it is listed."""
    # What is longer than the longest entry cannot be listed: a host of a million dots costs no more than others.
    domain = host
    if len(host) > lists.longest_domain:
        domain = host[-lists.longest_domain - 1 :].partition(".")[2]
    while domain:
        if domain in lists.domains:
            return True
        domain = domain.partition(".")[2]
    return False


def _joined(parts: list[bytes]) -> tuple[Bytes, Longs]:
    """Give the parts one after another, and where each starts."""
    offsets = np.zeros(len(parts) + 1, np.int64)
    np.cumsum(np.fromiter(map(len, parts), np.int64, len(parts)), out=offsets[1:])
    return np.frombuffer(b"".join(parts), np.uint8), offsets
