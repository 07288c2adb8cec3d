"""Character classes by code point, as arrays that kernels index; equal to Python's ``str`` methods."""

import re
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from transforms.text.compiled import inlined

SPACE, ALPHA, ALNUM = 1, 2, 4
"""Bits of a class: ``str.isspace``, ``str.isalpha``, ``str.isalnum``."""

Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Doubles = npt.NDArray[np.float64]


@lru_cache(maxsize=1)
def classes() -> Bytes:
    """Give the class bits of every code point, 0x110000 bytes; built once per process (0.3 s)."""
    characters = list(map(chr, range(0x110000)))
    table = np.zeros(0x110000, np.uint8)
    for bit, test in ((SPACE, str.isspace), (ALPHA, str.isalpha), (ALNUM, str.isalnum)):
        table |= np.fromiter(map(test, characters), bool, len(characters)).astype(np.uint8) * np.uint8(bit)
    return table


def expand(runs: str) -> Bytes:
    """Expand a property written as runs, ``<length in hex><letter, G for value 0>…``, to a value per code point."""
    pairs = re.findall("([0-9a-f]+)([G-Z])", runs)
    values = np.array([ord(letter) - ord("G") for _, letter in pairs], np.uint8)
    return np.repeat(values, [int(length, 16) for length, _ in pairs])


@inlined
def char_at(data: Bytes, i: int) -> tuple[int, int]:  # pragma: no cover
    """Decode the code point at byte ``i`` of valid UTF-8; gives it and its length in bytes."""
    b = np.int64(data[i])
    if b < 0x80:
        return b, 1
    if b < 0xE0:
        return (b & 0x1F) << 6 | (data[i + 1] & 0x3F), 2
    if b < 0xF0:
        return (b & 0x0F) << 12 | (data[i + 1] & 0x3F) << 6 | (data[i + 2] & 0x3F), 3
    return (b & 0x07) << 18 | (data[i + 1] & 0x3F) << 12 | (data[i + 2] & 0x3F) << 6 | (data[i + 3] & 0x3F), 4
