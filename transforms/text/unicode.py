"""Character classes by code point, as arrays that kernels index; equal to Python's ``str`` methods."""

from functools import lru_cache

import numpy as np
import numpy.typing as npt

SPACE, ALPHA, ALNUM = 1, 2, 4
"""Bits of a class: ``str.isspace``, ``str.isalpha``, ``str.isalnum``."""

Bytes = npt.NDArray[np.uint8]


@lru_cache(maxsize=1)
def classes() -> Bytes:
    """Give the class bits of every code point, 0x110000 bytes; built once per process (0.3 s)."""
    characters = list(map(chr, range(0x110000)))
    table = np.zeros(0x110000, np.uint8)
    for bit, test in ((SPACE, str.isspace), (ALPHA, str.isalpha), (ALNUM, str.isalnum)):
        table |= np.fromiter(map(test, characters), bool, len(characters)).astype(np.uint8) * np.uint8(bit)
    return table
