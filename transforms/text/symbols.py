"""Signs of text that is no prose, counted in a text's bytes: hashes, ellipses, curly brackets, ``lorem ipsum``.

What is longer than a byte is rare, and counted only where a first look found a part of it. Loops without a way out
let the compiler look at many bytes at once.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from transforms.text.unicode import Bytes

_LOREM_IPSUM = b"lorem ipsum"
_DOTS, _IPS = np.uint8(1), np.uint8(2)


class SymbolCounts(NamedTuple):
    """What is counted of one text."""

    n_chars: int
    n_symbols: int
    """``#``, ``...`` and ``…``, each as ``str.count`` does, without overlaps."""
    n_curly_brackets: int
    """``{`` and ``}``."""
    n_lorem_ipsum: int
    """``lorem ipsum``, in any case of ASCII."""


@njit(cache=True, nogil=True)
def count_symbols(text: Bytes) -> SymbolCounts:  # pragma: no cover
    """Count the symbols of one text of valid UTF-8."""
    n_tails = n_hashes = n_curly = 0
    for b in text:
        n_tails += b & 0xC0 == 0x80
        n_hashes += b == 35
        n_curly += (b == 0x7B) | (b == 0x7D)
    seen = _seen(text)
    n_dots = _count_dots(text) if seen & _DOTS else 0
    n_ellipses = _count_ellipses(text) if n_tails > 0 else 0
    n_lorem = _count_lorem(text) if seen & _IPS else 0
    return SymbolCounts(len(text) - n_tails, n_hashes + n_dots + n_ellipses, n_curly, n_lorem)


@njit(cache=True, nogil=True)
def _seen(text: Bytes) -> int:  # pragma: no cover
    """Say as bits whether ``...`` and, in any case, ``ips`` are in the text."""
    n = max(len(text) - 2, 0)
    first, second, third = text[:n], text[1 : n + 1], text[2 : n + 2]
    seen = np.uint8(0)  # not a wider number: then fewer bytes would be looked at together
    for i in range(n):
        seen |= _DOTS * np.uint8((first[i] == 46) & (second[i] == 46) & (third[i] == 46))
        seen |= _IPS * np.uint8((first[i] | 32 == 0x69) & (second[i] | 32 == 0x70) & (third[i] | 32 == 0x73))
    return seen


@njit(cache=True, nogil=True)
def _count_dots(text: Bytes) -> int:  # pragma: no cover
    """Count ``...`` without overlaps."""
    n = n_run = 0
    for b in text:
        n_run = n_run + 1 if b == 46 else 0
        if n_run == 3:
            n += 1
            n_run = 0
    return n


@njit(cache=True, nogil=True)
def _count_ellipses(text: Bytes) -> int:  # pragma: no cover
    """Count ``…`` (E2 80 A6)."""
    n = 0
    for i in range(len(text) - 2):
        n += text[i] == 0xE2 and text[i + 1] == 0x80 and text[i + 2] == 0xA6
    return n


@njit(cache=True, nogil=True)
def _count_lorem(text: Bytes) -> int:  # pragma: no cover
    n = n_same = 0  # bytes of the phrase that end here; it has one "l" only, its first
    for b in text:
        low = b | 32 if 65 <= b <= 90 else b
        n_same = n_same + 1 if low == _LOREM_IPSUM[n_same] else int(low == _LOREM_IPSUM[0])
        if n_same == len(_LOREM_IPSUM):
            n += 1
            n_same = 0
    return n
