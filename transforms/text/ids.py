"""Which items of a text (words, lines, paragraphs) are equal: numbers in place of bytes, by hashing."""

import numpy as np
from numba import njit

from transforms.text.unicode import Bytes, Longs


@njit(cache=True, nogil=True)
def distinct(data: Bytes, starts: Longs, ends: Longs) -> tuple[Longs, int]:  # pragma: no cover
    """Number items so that two have one number if and only if their bytes are equal.

    Open addressing with linear probing; equal hashes are settled by comparing bytes. The hash's
    multiplier is drawn anew for each call, so that nobody can write a text whose items all collide;
    the answer does not depend on it.

    Args:
        data: Bytes of all items.
        starts: Item ``i`` is ``data[starts[i]:ends[i]]``; it may be empty, and items may overlap.
        ends: Ends of the items.

    Returns:
        Each item's id, counted from 0 in order of first occurrence, and the number of ids.
    """
    n = len(starts)
    multiplier = np.uint64(np.random.randint(0, 1 << 62)) << np.uint64(1) | np.uint64(1)
    bits = 4  # of a slot's number: two slots or more for each item
    while 1 << bits < 2 * n:
        bits += 1
    slots = np.zeros(1 << bits, np.int32)  # the id in a slot plus 1; 0 for a free slot
    hashes = np.empty(n, np.uint64)  # by id, as is `first`
    first = np.empty(n, np.int64)
    ids = np.empty(n, np.int64)
    n_ids = 0
    for i in range(n):
        h = hash_bytes(data, starts[i], ends[i], multiplier)
        slot = np.int64(h >> np.uint64(64 - bits))
        found = slots[slot] - 1
        while found >= 0:
            j = first[found]
            if hashes[found] == h and equal_bytes(data, starts[j], ends[j], starts[i], ends[i]):
                break
            slot = (slot + 1) & ((1 << bits) - 1)
            found = slots[slot] - 1
        if found < 0:
            found = n_ids
            slots[slot] = n_ids + 1
            hashes[n_ids] = h
            first[n_ids] = i
            n_ids += 1
        ids[i] = found
    return ids, n_ids


# Inlined by force, and with an early return in _eight: otherwise numba counts references to the array, 4 ns a call.
@njit(cache=True, nogil=True, forceinline=True)
def hash_bytes(data: Bytes, start: int, end: int, multiplier: np.uint64) -> np.uint64:  # pragma: no cover
    """Hash ``data[start:end]``, eight bytes at a time; the top bits are the best mixed."""
    h = np.uint64(end - start)
    for i in range(start, end, 8):
        h = (h ^ _eight(data, i, end)) * multiplier
        h ^= h >> np.uint64(32)
    return h * multiplier


@njit(cache=True, nogil=True, forceinline=True)
def equal_bytes(data: Bytes, a: int, a_end: int, b: int, b_end: int) -> bool:  # pragma: no cover
    """Say whether two ranges hold the same bytes."""
    is_equal = a_end - a == b_end - b
    while is_equal and a < a_end:
        is_equal = _eight(data, a, a_end) == _eight(data, b, b_end)
        a += 8
        b += 8
    return is_equal


@njit(cache=True, nogil=True, forceinline=True)
def _eight(data: Bytes, start: int, end: int) -> np.uint64:  # pragma: no cover
    """Give up to eight bytes of ``data[start:end]`` as one number, the last byte highest, zeros below."""
    value = np.uint64(0)
    n = min(end - start, 8)
    if start + 8 <= len(data):
        for k in range(8):  # LLVM makes one load of these
            value |= np.uint64(data[np.uint64(start) + np.uint64(k)]) << np.uint64(8 * k)
        return value << np.uint64(64 - 8 * n)
    for k in range(n):
        value = value >> np.uint64(8) | np.uint64(data[np.uint64(start) + np.uint64(k)]) << np.uint64(56)
    return value
