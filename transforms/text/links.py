r"""URLs and IP addresses in running text, and the white space before them (DCLM's recipe, step 5).

The definition is two regular expressions of Python's ``re``, the second applied to what the first leaves
(``TLD`` stands for any of the given top-level domains, the longest that fits)::

    \s{0,10}(?:((https?|ftp)://))?[-a-zA-Z0-9@:%._\+~#=]{1,256}\.(TLD)\b([-a-zA-Z0-9()@:%_\+.~#?&//=]*)
    \s{0,10}\b((https?|ftp)://)?(?:[0-2]?[0-9]{1,2}\.){3}[0-2]?[0-9]{1,2}[-a-zA-Z0-9()@:%_\+.~#?&//=]*

The kernels look for dots and from there to both sides, so that they need no backtracking.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

import numpy as np

from transforms.text.addresses import find_addresses
from transforms.text.cases import WORD, cases, folds
from transforms.text.compiled import kernel
from transforms.text.cuts import Cuts, Spans, apply, collected, compose, put
from transforms.text.link_parts import HOST, MAX_SPACES, URL_BYTES, before_scheme, tail_end
from transforms.text.scanning import before_spaces, next_byte
from transforms.text.tries import Trie, begins_with_any, trie
from transforms.text.unicode import Bytes, Longs, char_at

_MAX_HOST = 256


def remove_links(data: Bytes, offsets: Longs, tlds: Sequence[str], mode: Literal["faithful", "corrected"]) -> Cuts:
    """Cut URLs and IPv4 addresses.

    Args:
        data: Valid UTF-8 bytes of all texts, one after another.
        offsets: Text ``i`` is ``data[offsets[i]:offsets[i + 1]]``.
        tlds: Top-level domains without dot; only URLs that spell theirs just so are found.
        mode: ``corrected`` cuts URLs everywhere. ``faithful`` cuts them only in texts that begin with the letters
            of some top-level domain in any case ("The…": .th), as DCLM's own code does; addresses in all texts.
    """
    exact, beginnings = _trees(tuple(tlds))
    urls = collected(*_urls(data, offsets, _anywhere() if mode == "corrected" else beginnings, exact, cases()))
    rest, rest_offsets = apply(data, offsets, urls)
    return compose(offsets, urls, collected(*find_addresses(rest, rest_offsets, cases())))


@lru_cache(maxsize=2)
def _trees(tlds: tuple[str, ...]) -> tuple[Trie, Trie]:
    """Give the tree of the domains as they are, and the one that ignores case."""
    return trie(tlds, np.arange(0x110000, dtype=np.int32)), trie(tlds, folds())


@lru_cache(maxsize=1)
def _anywhere() -> Trie:
    """Give the tree of the empty string, which every text begins with."""
    return trie([""], folds())


@kernel
def _urls(
    data: Bytes, offsets: Longs, beginnings: Trie, domains: Trie, kinds: Bytes
) -> tuple[Spans, Longs]:  # pragma: no cover
    """Collect the URLs of every text that begins with one of ``beginnings``."""
    spans = np.empty((len(offsets), 2), np.int64)
    firsts = np.zeros(len(offsets), np.int64)
    n = 0
    for i in range(len(offsets) - 1):
        floor = offsets[i]
        text = data[: offsets[i + 1]]
        at = len(text)
        if begins_with_any(text, floor, beginnings):
            at = next_byte(text, 46, floor, len(text))
        while at < len(text):
            if at > floor and URL_BYTES[text[at - 1]] & HOST and _domain(text, at, domains, kinds):
                host = at
                while host > floor and at - host < _MAX_HOST and URL_BYTES[text[host - 1]] & HOST:
                    host -= 1
                start = before_spaces(text, floor, before_scheme(text, floor, host), MAX_SPACES, kinds)
                floor = at = _url_end(text, host, at, domains, kinds)
                spans, n = put(spans, firsts[i], n, start, at)
            else:
                at += 1
            at = next_byte(text, 46, at, len(text))
        firsts[i + 1] = n
    return spans, firsts


@kernel
def _url_end(text: Bytes, host: int, dot: int, domains: Trie, kinds: Bytes) -> int:  # pragma: no cover
    """Give the end of the URL whose host begins at ``host``; its domain stands after the last dot that can be."""
    end = _domain(text, dot, domains, kinds)
    at = dot + 1
    while at < len(text) and at <= host + _MAX_HOST and URL_BYTES[text[at]] & HOST:
        if text[at] == 46:
            end = max(end, _domain(text, at, domains, kinds))
        at += 1
    return tail_end(text, end)


@kernel
def _domain(text: Bytes, dot: int, domains: Trie, kinds: Bytes) -> int:  # pragma: no cover
    """Give the end of the longest top-level domain after the dot that a word boundary follows; 0 if there is none."""
    node = end = was_word = 0
    at = dot + 1
    while True:
        code, size = char_at(text, at) if at < len(text) else (0, 0)
        is_word = kinds[code] & WORD  # of NUL, as after the end: 0
        if domains.ends[node] and is_word != was_word:
            end = at
        node = domains.children[node, domains.symbols[code]]
        if node == 0 or size == 0:
            return end
        was_word = is_word
        at += size
