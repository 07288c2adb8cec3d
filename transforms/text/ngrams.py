"""Repeated n-grams of words, counted exactly: an n-gram's number stands for its words, never a hash alone."""

from typing import NamedTuple

import numpy as np

from transforms.text.compiled import kernel
from transforms.text.ids import random_multiplier, slot_bits
from transforms.text.unicode import Ints, Longs

_1 = np.uint64(1)


class Grams(NamedTuple):
    """The n-grams of a text that occur twice or more; those that occur once are left out.

    How many there are is told apart: the arrays are as long as the most that may be, and are used for
    every n, since making them anew takes longer than filling them.
    """

    positions: Ints
    """Where one begins: a word's place in the text, ascending."""
    numbers: Ints
    """Its number; equal n-grams share it, and lower numbers first occur earlier."""
    counts: Ints
    """Occurrences, by number; of words they are not told."""
    keys: Longs
    """Room for what ``longer`` numbers."""
    slots: Ints
    """Room for its hash table."""


@kernel
def repeated(numbers: Ints, counts: Ints) -> tuple[Grams, int]:  # pragma: no cover
    """Give the words that occur twice or more, and how many they are.

    Args:
        numbers: Every word's number.
        counts: Occurrences by number.
    """
    positions, kept = np.empty(len(numbers), np.int32), np.empty(len(numbers), np.int32)
    n = np.uint64(0)
    for i in range(len(numbers)):
        positions[n], kept[n] = i, numbers[i]
        n += np.uint64(counts[np.uint64(numbers[i])] > 1)
    slots = np.empty(1 << slot_bits(2 * np.int64(n)), np.int32)
    return Grams(positions, kept, np.empty(n, np.int32), np.empty(n, np.int64), slots), np.int64(n)


@kernel
def longer(grams: Grams, n_grams: int, words: Ints, n: int) -> int:  # pragma: no cover
    """Put the n-grams of a text that occur twice or more in place of the (n-1)-grams; gives how many they are.

    They are made of two (n-1)-grams that do, so most texts have few candidates, and for long n none.

    Args:
        grams: The (n-1)-grams.
        n_grams: How many they are.
        words: Number of the word at each position.
        n: Words of an n-gram.
    """
    positions, numbers, counts, keys, _ = grams
    n_asked = np.uint64(0)
    for k in range(n_grams - 1):  # without branches, as below: nobody can foretell which way they would go
        at, number = np.int64(positions[k]), np.int64(numbers[k])
        last = np.uint64(at + n - 1 if at + n <= len(words) else at)
        positions[n_asked], keys[n_asked] = at, number << 32 | words[last]
        n_asked += np.uint64(positions[k + 1] == at + 1)
    _number(grams, np.int64(n_asked))
    n_again = np.uint64(0)
    for i in range(np.int64(n_asked)):
        number = numbers[i]
        positions[n_again], numbers[n_again] = positions[i], number
        n_again += np.uint64(counts[np.uint64(number)] > 1)
    return np.int64(n_again)


@kernel
def _number(grams: Grams, n: int) -> None:  # pragma: no cover
    """Number equal ones of ``n`` keys alike, in order of first occurrence, and count them; the keys are used up."""
    _, numbers, counts, keys, slots = grams
    bits = slot_bits(2 * n)
    multiplier, shift = random_multiplier(), np.uint64(64 - bits)
    counts[:n].fill(0)
    slots[: 1 << bits].fill(0)  # in a slot: a number plus 1; 0 if it is free
    n_known = np.uint64(0)  # the keys known so far are written over the first ones
    for i in range(n):
        key = keys[i]
        keys[n_known] = key
        slot = np.uint64(key) * multiplier >> shift
        while True:
            there = np.uint64(slots[slot])
            number = there - _1 if there > 0 else n_known
            if keys[number] == key:
                break
            slot = (slot + _1) & np.uint64((1 << bits) - 1)
        n_known += np.uint64(there == 0)
        slots[slot] = number + _1
        counts[number] += 1
        numbers[i] = number


@kernel
def top_gram_chars(grams: Grams, n_grams: int, chars: Ints, n: int) -> tuple[int, int]:  # pragma: no cover
    """Give how often the most frequent n-gram occurs, and the most characters among those that occur so often.

    Args:
        grams: The n-grams that occur twice or more.
        n_grams: How many they are.
        chars: Sums of the words' characters: those of words ``i`` to ``j - 1`` are ``chars[j] - chars[i]``.
        n: Words of an n-gram.

    Returns:
        Occurrences and characters; (1, 0) where none occurs twice.
    """
    most, longest = 1, 0
    for k in range(n_grams):
        at, count = grams.positions[k], grams.counts[grams.numbers[k]]
        size = chars[at + n] - chars[at]
        if count > most or (count == most and size > longest):
            most, longest = count, size
    return most, longest


@kernel
def repeated_chars(positions: Ints, chars: Ints, n: int) -> int:  # pragma: no cover
    """Give the characters of all words that the n-grams at these positions cover, each word once."""
    total = covered_to = 0
    for at in positions:
        total += chars[at + n] - chars[max(at, covered_to)]
        covered_to = at + n
    return total
