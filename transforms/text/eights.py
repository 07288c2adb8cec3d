"""Eight bytes of a text at once, as one number whose lowest byte comes first.

What is asked of each byte is answered by its highest bit ("marks"): a word is read in one or two steps
in place of one for each byte, and no branch depends on how long it is.
"""

import numpy as np

from transforms.text.compiled import inlined
from transforms.text.unicode import Bytes

_ONES = np.uint64(0x0101010101010101)
_HIGH = np.uint64(0x8080808080808080)
_LOW = np.uint64(0x7F7F7F7F7F7F7F7F)
_LOWER_CASE = np.uint64(0x2020202020202020)
# What is added to each byte so that its highest bit says whether it is a or more, or behind z.
_FROM_A, _BEHIND_Z = _ONES * np.uint64(128 - 97), _ONES * np.uint64(128 - 123)
_PLAIN, _BLANKS = _ONES * np.uint64(33), _ONES * np.uint64(32)
_PLACES = np.uint64(0x0001020304050607)
_1, _7, _56 = np.uint64(1), np.uint64(7), np.uint64(56)


@inlined
def eight_at(data: Bytes, start: int) -> np.uint64:  # pragma: no cover
    """Give the bytes from ``start`` on, zeros behind the end of the data."""
    value = np.uint64(0)
    if start + 8 <= len(data):
        for k in range(8):  # LLVM makes one load of these
            value |= np.uint64(data[np.uint64(start) + np.uint64(k)]) << np.uint64(8 * k)
        return value
    for k in range(len(data) - start):
        value |= np.uint64(data[np.uint64(start) + np.uint64(k)]) << np.uint64(8 * k)
    return value


@inlined
def write_eight(data: Bytes, start: int, eight: np.uint64) -> None:  # pragma: no cover
    """Write eight bytes; there must be room for them all."""
    for k in range(8):  # LLVM makes one store of these
        data[np.uint64(start) + np.uint64(k)] = np.uint8(eight >> np.uint64(8 * k) & np.uint64(255))


@inlined
def first_bytes(eight: np.uint64, n: int) -> np.uint64:  # pragma: no cover
    """Give the first ``n`` bytes, up to 7, and zeros for the others."""
    return eight & ((_1 << np.uint64(8 * n)) - _1)


@inlined
def lower_cased(eight: np.uint64) -> np.uint64:  # pragma: no cover
    """Make upper-case ASCII letters lower; nothing else becomes a letter, but control characters may become digits."""
    return eight | _LOWER_CASE


@inlined
def letters(eight: np.uint64) -> np.uint64:  # pragma: no cover
    """Mark ASCII letters."""
    low = lower_cased(eight) & _LOW
    return (low + _FROM_A) & ~(low + _BEHIND_Z) & ~eight & _HIGH


@inlined
def first_gap(eight: np.uint64) -> np.uint64:  # pragma: no cover
    """Mark the first byte that is no printable ASCII character (33 to 127); marks behind it mean nothing."""
    return ((eight - _PLAIN) | eight) & _HIGH


@inlined
def first_equal(eight: np.uint64, byte: int) -> np.uint64:  # pragma: no cover
    """Mark the first byte that is ``byte``; marks behind it mean nothing."""
    apart = eight ^ _ONES * np.uint64(byte)
    return (apart - _ONES) & ~apart & _HIGH


@inlined
def first_control(eight: np.uint64) -> np.uint64:  # pragma: no cover
    """Mark the first byte below 32; marks behind it mean nothing."""
    return (eight - _BLANKS) & ~eight & _HIGH


@inlined
def not_ascii(eight: np.uint64) -> np.uint64:  # pragma: no cover
    """Mark bytes of characters that are not ASCII."""
    return eight & _HIGH


@inlined
def before(marks: np.uint64) -> np.uint64:  # pragma: no cover
    """Give the bits of all bytes before the first mark; all 64 without one."""
    return ((marks & (~marks + _1)) >> _7) - _1


@inlined
def count_before(marks: np.uint64) -> int:  # pragma: no cover
    """Count the bytes before the first mark; 8 without."""
    if marks == 0:
        return 8
    first = marks & (~marks + _1)
    return np.int64((first >> _7) * _PLACES >> _56)
