"""Suffix arrays (Manber and Myers 1990) of sequences of small numbers, by libdivsufsort.

The package ``pydivsufsort`` is an extra: it is imported where a suffix array is asked for.
"""

import numpy as np

from transforms.text.compiled import kernel
from transforms.text.ids import slot_bits
from transforms.text.unicode import Bytes, Ints

_MOST_BYTES = (1 << 31) - 1  # what 32-bit places can tell apart


def suffix_array(numbers: Ints) -> Ints:
    """Sort the suffixes of a sequence.

    libdivsufsort sorts suffixes of bytes. Each number is written in 1 to 4 bytes, as the largest needs, highest first;
    suffixes that begin inside a number are sorted too and left out: they cost 4 bytes each for so long.

    Args:
        numbers: 0 or more each.

    Returns:
        Where each suffix begins, in ascending order of suffixes; one that is the beginning of another comes first.

    Raises:
        ImportError: pydivsufsort is not installed.
        ValueError: the sequence is too long: 2^31 bytes or more.
    """
    from pydivsufsort import divsufsort  # an extra

    if len(numbers) == 0:
        return np.zeros(0, np.int32)
    width = max((int(numbers.max()).bit_length() + 7) // 8, 1)
    if width * len(numbers) > _MOST_BYTES:
        most = _MOST_BYTES // width
        raise ValueError(f"{len(numbers)} numbers of {width} bytes are too many for one suffix array; allowed: {most}")
    places: Ints = divsufsort(_written(numbers, width))
    return places[: _leave_begins(places, width)].copy()


def sorting_bytes(n: int) -> int:
    """Give the most bytes of memory that ``suffix_array`` takes for so many numbers, its result among them."""
    return 4 * n + 4 * n + 4 * 4 * n  # the bytes, the result, and a place for each byte


def numbering_bytes(n: int) -> int:
    """Give the most bytes of memory that ``ids.distinct`` takes for so many items, its result among them."""
    return 20 * n + (4 << slot_bits(2 * n))


@kernel
def _written(numbers: Ints, width: int) -> Bytes:  # pragma: no cover
    """Write each number in so many bytes, highest first."""
    written = np.empty(width * len(numbers), np.uint8)
    n = 0
    for number in numbers:
        for k in range(width):
            written[n] = number >> 8 * (width - 1 - k) & 255
            n += 1
    return written


@kernel
def _leave_begins(places: Ints, width: int) -> int:  # pragma: no cover
    """Put the suffixes that begin with a number at the front, as numbers of numbers; gives how many they are."""
    n = 0
    for place in places:
        if place % width == 0:
            places[n] = place // width
            n += 1
    return n
