"""Which items of a text (words, lines, paragraphs) are equal: numbers in place of bytes, by hashing."""

import numpy as np

from transforms.text.compiled import inlined, kernel
from transforms.text.eights import eight_at
from transforms.text.unicode import Bytes, Ints, Longs

_1, _27, _30, _31 = np.uint64(1), np.uint64(27), np.uint64(30), np.uint64(31)
_MIX_1, _MIX_2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)  # Steele and others 2014, SplitMix


@kernel
def distinct(data: Bytes, starts: Longs, ends: Longs) -> tuple[Ints, int]:  # pragma: no cover
    """Number items so that two have one number if and only if their bytes are equal.

    Args:
        data: Bytes of all items.
        starts: Item ``i`` is ``data[starts[i]:ends[i]]``; it may be empty, and items may overlap.
        ends: Ends of the items.

    Returns:
        Each item's id, counted from 0 in order of first occurrence, and the number of ids.
    """
    ids, counts, _ = counted(data, starts, ends)
    return ids, len(counts)


@kernel
def counted(data: Bytes, starts: Longs, ends: Longs) -> tuple[Ints, Ints, Ints]:  # pragma: no cover
    """Do as ``distinct``; gives each item's id, and by id how many items have it, and the first of them.

    Open addressing with linear probing; equal hashes are settled by comparing bytes. The hash's
    multiplier is drawn anew for each call, so that nobody can write a text whose items all collide;
    the answer does not depend on it.
    """
    n = len(starts)
    multiplier = random_multiplier()
    bits = slot_bits(2 * n)
    slots = np.zeros(1 << bits, np.int32)  # the id in a slot plus 1; 0 for a free slot
    hashes, first = np.empty(n, np.uint64), np.empty(n, np.int32)  # by id, as are `counts`
    counts, ids = np.zeros(n, np.int32), np.empty(n, np.int32)
    shift, n_ids = np.uint64(64 - bits), np.uint64(0)
    for i in range(n):
        start, end = np.int64(starts[i]), np.int64(ends[i])
        h = hash_bytes(data, start, end, multiplier)
        slot = h >> shift
        hashes[n_ids], first[n_ids] = h, i  # before it is known to be new: no branch asks that, it would guess badly
        while True:
            there = np.uint64(slots[slot])
            found = there - _1 if there > 0 else n_ids
            if hashes[found] == h and _are_equal(data, (starts, ends), first[found], (start, end)):
                break
            slot = (slot + _1) & np.uint64((1 << bits) - 1)
        n_ids += np.uint64(there == 0)
        slots[slot] = found + _1
        counts[found] += 1
        ids[i] = found
    return ids, counts[:n_ids], first[:n_ids]


@inlined
def slot_bits(n_slots: int) -> int:  # pragma: no cover
    """Give the bits of a slot's number in a hash table of so many slots or more."""
    bits = 4
    while 1 << bits < n_slots:
        bits += 1
    return bits


@inlined
def _are_equal(data: Bytes, spans: tuple[Longs, Longs], j: int, item: tuple[int, int]) -> bool:  # pragma: no cover
    """Say whether item ``j`` equals another of the same hash, which says all of up to eight bytes of one length."""
    start, end = item
    other, other_end = np.int64(spans[0][j]), np.int64(spans[1][j])
    is_long = end - start > 8
    return other_end - other == end - start and (not is_long or equal_bytes(data, other, other_end, start, end))


@inlined
def random_multiplier() -> np.uint64:  # pragma: no cover
    """Draw an odd number for a hash."""
    return np.uint64(np.random.randint(0, 1 << 62)) << _1 | _1


@inlined
def hash_bytes(data: Bytes, start: int, end: int, multiplier: np.uint64) -> np.uint64:  # pragma: no cover
    """Hash ``data[start:end]``, eight bytes at a time; the top bits are the best mixed."""
    h = np.uint64(end - start)
    while start < end:
        h = (h ^ _eight(data, start, end)) * multiplier
        h ^= h >> np.uint64(32)
        start += 8
    return h * multiplier


@inlined
def equal_bytes(data: Bytes, a: int, a_end: int, b: int, b_end: int) -> bool:  # pragma: no cover
    """Say whether two ranges hold the same bytes."""
    is_equal = a_end - a == b_end - b
    while is_equal and a < a_end:
        is_equal = _eight(data, a, a_end) == _eight(data, b, b_end)
        a += 8
        b += 8
    return is_equal


@inlined
def _eight(data: Bytes, start: int, end: int) -> np.uint64:  # pragma: no cover
    """Give up to eight bytes of ``data[start:end]`` as one number, the last byte highest, zeros below."""
    return eight_at(data, start) << np.uint64(8 * max(8 - end + start, 0))


@inlined
def mixed(h: np.uint64) -> np.uint64:  # pragma: no cover
    """Let each bit of a number depend on all others; different numbers stay different, and 0 stays 0."""
    h = (h ^ h >> _30) * _MIX_1
    h = (h ^ h >> _27) * _MIX_2
    return h ^ h >> _31


@inlined
def power(base: np.uint64, n: int) -> np.uint64:  # pragma: no cover
    """Give ``base ** n`` modulo 2^64, in as many steps as ``n`` has bits: a text may be one n-gram."""
    product = _1
    while n > 0:
        product = product * base if n & 1 else product
        base *= base
        n >>= 1
    return product
