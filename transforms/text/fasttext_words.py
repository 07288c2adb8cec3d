"""The dictionary of a fastText model, and its hash: FNV-1a."""

from typing import NamedTuple

import numpy as np

from transforms.text.compiled import inlined, kernel
from transforms.text.unicode import Bytes, Ints, Longs

FNV, _PRIME, _MASK = 2166136261, 16777619, 0xFFFFFFFF
AFTER_WORD = 10
"""Bytes of an entry behind its word: a NUL, the count (int64), the type (int8)."""


class Words(NamedTuple):
    """The dictionary: words, then labels, on the file's bytes."""

    data: Bytes
    starts: Longs
    """Word ``i`` is ``data[starts[i] : starts[i + 1] - AFTER_WORD]``."""
    slots: Ints
    """Open addressing: hash (its bits) and number of a word; -1 for none."""
    n_words: int
    """Entries from this number on are labels."""


def slots_for(n: int, factor: int) -> Ints:
    """Give empty slots for ``n`` keys: a power of two, at least ``factor`` for each."""
    return np.full((1 << max(4, (n * factor - 1).bit_length()), 2), -1, np.int32)


@inlined
def hashed(h: int, b: int) -> int:  # pragma: no cover
    """Extend an FNV-1a hash (32 bits) by a byte, which fastText takes for a signed one."""
    signed = b | 0xFFFFFF00 if b >= 0x80 else b
    return ((h ^ signed) * _PRIME) & _MASK


@kernel
def cut_entries(data: Bytes, at: int, starts: Longs, n_words: int) -> int:  # pragma: no cover
    """Find the entries of the dictionary from byte ``at`` on.

    Args:
        data: The file.
        at: Where the first word begins.
        starts: Where each word begins, and the end of the last entry; to be filled.
        n_words: Entries before the labels.

    Returns:
        How many entries are whole and of the right type; less than there should be means damage.
    """
    starts[0] = at
    for i in range(len(starts) - 1):
        while at < len(data) and data[at] != 0:
            at += 1
        at += AFTER_WORD
        if at > len(data) or data[at - 1] != (i >= n_words):
            return i
        starts[i + 1] = at
    return len(starts) - 1


@kernel
def fill_words(words: Words) -> None:  # pragma: no cover
    """Fill the slots of a dictionary; of equal words the last one counts, as in fastText."""
    data, starts, slots, _ = words
    for i in range(len(starts) - 1):
        start, end = starts[i], starts[i + 1] - AFTER_WORD
        h = hash_of(data, start, end)
        slot = _word_slot(words, data, start, end, h)
        slots[slot, 0] = np.int32(h)
        slots[slot, 1] = i


@kernel
def hash_of(data: Bytes, start: int, end: int) -> int:  # pragma: no cover
    """Give the hash of ``data[start:end]``."""
    h = FNV
    for at in range(start, end):
        h = hashed(h, np.int64(data[at]))
    return h


@inlined
def find_word(words: Words, data: Bytes, start: int, end: int, h: int) -> int:  # pragma: no cover
    """Give the number of the word ``data[start:end]``, whose hash is ``h``; -1 if it is not in the dictionary."""
    return words.slots[_word_slot(words, data, start, end, h), 1]


@inlined
def _word_slot(words: Words, data: Bytes, start: int, end: int, h: int) -> int:  # pragma: no cover
    """Give the slot of a word, or the free one where it would go."""
    own, starts, slots, _ = words
    mask, bits = len(slots) - 1, np.int32(h)
    slot = h & mask
    while slots[slot, 1] >= 0:
        number = np.int64(slots[slot, 1])
        if slots[slot, 0] == bits and starts[number + 1] - AFTER_WORD - starts[number] == end - start:
            at, shift = start, starts[number] - start
            while at < end and data[at] == own[at + shift]:
                at += 1
            if at == end:
                break
        slot = (slot + 1) & mask
    return slot
