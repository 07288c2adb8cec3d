"""Hashes and ellipses of a text, which Gopher's rules and datatrove's count in different ways."""

from typing import NamedTuple

import numpy as np

from transforms.text.compiled import inlined, kernel
from transforms.text.scanning import next_byte
from transforms.text.unicode import Bytes

_BLOCK = 192  # bytes looked at together


class SignCounts(NamedTuple):
    """How often signs occur in a text, each as ``str.count`` counts it, without overlaps."""

    n_hashes: int
    n_ellipses: int
    """``…`` (E2 80 A6)."""
    n_dots: int
    """``...``."""
    n_spaced_dots: int
    """``. . .``."""


@kernel
def count_signs(text: Bytes) -> SignCounts:  # pragma: no cover
    """Count the signs of one text."""
    n_hashes = n_ellipses = n_dots = n_spaced = n_asked = 0
    for start in range(0, len(text), _BLOCK):
        hashes, ellipses, asked = _count_block(text[start:], min(len(text) - start, _BLOCK))
        n_hashes += hashes
        n_ellipses += ellipses
        n_asked += asked
    if n_asked > 0:  # in few texts
        n_dots, n_spaced = _count_dots(text)
    return SignCounts(n_hashes, n_ellipses, n_dots, n_spaced)


@inlined
def _count_block(text: Bytes, size: int) -> tuple[int, int, int]:  # pragma: no cover
    """Count ``#``, ``…`` and dots two bytes before another, of those that begin in the first ``size`` bytes.

    Without branches, and with counters of a byte, so that the compiler takes 32 places or more at once:
    ``size`` is at most 255.
    """
    hashes = ellipses = asked = np.uint8(0)
    one, two, three = text[:size], text[1:], text[2 : size + 2]
    for i in range(len(one)):
        hashes = np.uint8(hashes + np.uint8(one[i] == 35))
    for i in range(len(three)):
        ellipses = np.uint8(ellipses + np.uint8((one[i] == 0xE2) & (two[i] == 0x80) & (three[i] == 0xA6)))
        asked = np.uint8(asked + np.uint8((one[i] == 46) & (three[i] == 46)))
    return np.int64(hashes), np.int64(ellipses), np.int64(asked)


@kernel
def _count_dots(text: Bytes) -> tuple[int, int]:  # pragma: no cover
    """Count ``...`` and ``. . .``."""
    n_dots = n_spaced = after_dots = after_spaced = 0
    at = next_byte(text, 46, 0, len(text))
    while at + 3 <= len(text):
        if at >= after_dots and _are_dots(text, at, 1):
            n_dots += 1
            after_dots = at + 3
        if at >= after_spaced and ends_in_spaced_dots(text, at, at + 5):
            n_spaced += 1
            after_spaced = at + 5
        at = next_byte(text, 46, at + 1, len(text))
    return n_dots, n_spaced


@inlined
def ends_in_ellipsis(text: Bytes, first: int, last: int) -> bool:  # pragma: no cover
    """Say whether ``text[first:last]`` ends in ``...`` or ``…``."""
    i = last - 3
    return i >= first and (_are_dots(text, i, 1) or (text[i] == 0xE2 and text[i + 1] == 0x80 and text[i + 2] == 0xA6))


@inlined
def ends_in_spaced_dots(text: Bytes, first: int, last: int) -> bool:  # pragma: no cover
    """Say whether ``text[first:last]`` ends in ``. . .``."""
    i = last - 5
    return first <= i and last <= len(text) and _are_dots(text, i, 2) and text[i + 1] == 32 and text[i + 3] == 32


@inlined
def _are_dots(text: Bytes, i: int, step: int) -> bool:  # pragma: no cover
    return text[i] == 46 and text[i + step] == 46 and text[i + 2 * step] == 46
