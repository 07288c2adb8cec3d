"""Repeated n-grams of words, counted exactly: an n-gram's number stands for its words, never a hash alone."""

from typing import NamedTuple

import numpy as np
from numba import njit

from transforms.text.unicode import Ints

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


class Grams(NamedTuple):
    """The n-grams of a text that occur twice or more; those that occur once are left out."""

    positions: Ints
    """Where one begins: a word's place in the text, ascending."""
    numbers: Ints
    """Its number; equal n-grams share it, and lower numbers first occur earlier."""
    counts: Ints
    """Occurrences, by number."""


@njit(cache=True, nogil=True)
def repeated(numbers: Ints, counts: Ints) -> Grams:  # pragma: no cover
    """Give the words that occur twice or more, out of every word's number and the occurrences by number."""
    return _those_again(np.arange(len(numbers)).astype(np.int32), numbers, counts)


@njit(cache=True, nogil=True)
def longer(grams: Grams, words: Ints, n: int) -> Grams:  # pragma: no cover
    """Give the n-grams of a text that occur twice or more.

    They are made of two (n-1)-grams that do, so most texts have few candidates, and for long n none.

    Args:
        grams: The (n-1)-grams.
        words: Number of the word at each position.
        n: Words of an n-gram.
    """
    positions = np.empty(len(grams.positions), np.int32)
    keys = np.empty(len(grams.positions), np.int64)
    n_asked = 0
    for k in range(len(grams.positions) - 1):
        at = grams.positions[k]
        if grams.positions[k + 1] == at + 1:
            positions[n_asked], keys[n_asked] = at, np.int64(grams.numbers[k]) << 32 | words[at + n - 1]
            n_asked += 1
    numbers, counts = _numbered(keys[:n_asked])
    return _those_again(positions[:n_asked], numbers, counts)


@njit(cache=True, nogil=True)
def _numbered(keys: Ints) -> tuple[Ints, Ints]:  # pragma: no cover
    """Number equal keys alike, in order of first occurrence; gives each one's number, and occurrences by number."""
    n, bits = len(keys), 4
    while 1 << bits < 2 * n:
        bits += 1
    slots = np.zeros(1 << bits, np.int32)  # a key's number plus 1; 0 for a free slot
    numbers, counts = np.empty(n, np.int32), np.zeros(n, np.int32)
    known = np.empty(n, np.int64)
    n_known = 0
    for i in range(n):
        slot = np.int64(np.uint64(keys[i]) * _MULTIPLIER >> np.uint64(64 - bits))
        while slots[slot] > 0 and known[slots[slot] - 1] != keys[i]:
            slot = (slot + 1) & ((1 << bits) - 1)
        if slots[slot] == 0:
            known[n_known] = keys[i]
            n_known += 1
            slots[slot] = n_known
        numbers[i] = slots[slot] - 1
        counts[numbers[i]] += 1
    return numbers, counts[:n_known]


@njit(cache=True, nogil=True)
def _those_again(positions: Ints, numbers: Ints, counts: Ints) -> Grams:  # pragma: no cover
    places, kept = np.empty(len(positions), np.int32), np.empty(len(positions), np.int32)
    n = 0
    for i in range(len(positions)):
        if counts[numbers[i]] > 1:
            places[n], kept[n] = positions[i], numbers[i]
            n += 1
    return Grams(places[:n], kept[:n], counts)


@njit(cache=True, nogil=True)
def top_gram_chars(grams: Grams, chars: Ints, n: int) -> tuple[int, int]:  # pragma: no cover
    """Give how often the most frequent n-gram occurs, and the most characters among those that occur so often.

    Args:
        grams: The n-grams that occur twice or more.
        chars: Sums of the words' characters: those of words ``i`` to ``j - 1`` are ``chars[j] - chars[i]``.
        n: Words of an n-gram.

    Returns:
        Occurrences and characters; (1, 0) where none occurs twice.
    """
    most, longest = 1, 0
    for k in range(len(grams.positions)):
        at, count = grams.positions[k], grams.counts[grams.numbers[k]]
        size = chars[at + n] - chars[at]
        if count > most or (count == most and size > longest):
            most, longest = count, size
    return most, longest


@njit(cache=True, nogil=True)
def repeated_chars(grams: Grams, chars: Ints, n: int) -> int:  # pragma: no cover
    """Give the characters of all words that some n-gram which occurs twice or more covers, each word once."""
    total = covered_to = 0
    for at in grams.positions:
        total += chars[at + n] - chars[max(at, covered_to)]
        covered_to = at + n
    return total
