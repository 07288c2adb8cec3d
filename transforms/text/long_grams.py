"""Long n-grams that repeat, read greedily from left to right as datatrove 0.10 does, compared without spaces."""

from typing import NamedTuple

import numpy as np

from transforms.text.compiled import kernel
from transforms.text.eights import eight_at, write_eight
from transforms.text.ids import equal_bytes, hash_bytes, random_multiplier, slot_bits
from transforms.text.unicode import Bytes, Doubles, Ints

_SHORTEST = 5
_0, _1 = np.uint64(0), np.uint64(1)


class _Joined(NamedTuple):
    """A text's words without anything between."""

    joined: Bytes
    starts: Ints
    """Where each word begins, and the end."""
    chars: Ints
    """Characters before each word, and of all."""


@kernel
def greedy_chars(text: Bytes, spans: Ints, chars: Ints, row: Doubles) -> None:  # pragma: no cover
    """Write the characters of repeated 5-grams, 6-grams and so on into ``row``, as many as it has room for.

    Args:
        text: Valid UTF-8 of one text.
        spans: Its words: first byte and end of each, and more.
        chars: Characters before each word, and of all.
        row: One number per length, to be filled.
    """
    words = _joined(text, spans, chars)
    asked, limits = _those_that_may_repeat(words)
    slots = np.empty(1 << slot_bits(2 * len(asked)), np.int32)
    for size in range(_SHORTEST, _SHORTEST + len(row)):
        row[size - _SHORTEST] = _greedy_chars(words, (asked, limits), slots, size)


@kernel
def _joined(text: Bytes, words: Ints, chars: Ints) -> _Joined:  # pragma: no cover
    """Join the words of a text."""
    starts = np.empty(len(words) + 1, np.int32)
    joined = np.empty(len(text) + 8, np.uint8)  # what is written too much, the next word overwrites
    n = 0
    for k in range(len(words)):
        starts[k] = n
        first, size = np.int64(words[k, 0]), np.int64(words[k, 1]) - np.int64(words[k, 0])
        written = 0
        while written < size:
            write_eight(joined, n + written, eight_at(text, first + written))
            written += 8
        n += size
    starts[-1] = n
    return _Joined(joined[:n], starts, chars)


@kernel
def _those_that_may_repeat(words: _Joined) -> tuple[Ints, Ints]:  # pragma: no cover
    """Give the words at which a long n-gram may begin that occurs twice, and a limit for every word.

    N-grams of as many bytes as the limit, or more, occur only once: an n-gram occurs twice only if its
    first bytes do. Most words are told apart by their first eight (of the text without spaces), most
    others by a few more: that saves nearly all of the work on most texts.
    """
    n = max(len(words.starts) - _SHORTEST, 0)
    asked, limits = np.empty(n, np.int32), np.empty(n, np.int32)
    room = (np.empty(n, np.int32), np.empty(1 << slot_bits(8 * n), np.uint8))
    for k in range(n):
        asked[k] = k
    n_asked = _narrow(words, 8, asked, limits, room)
    n_asked = _narrow(words, 16, asked[:n_asked], limits, room)
    n_asked = _narrow(words, 32, asked[:n_asked], limits, room)
    for k in asked[:n_asked]:
        limits[k] = len(words.joined) + 1
    n_asked = 0
    for k in range(n):
        asked[n_asked] = k
        n_asked += words.starts[k + _SHORTEST] - words.starts[k] < limits[k]
    return asked[:n_asked], limits


@kernel
def _narrow(words: _Joined, probe: int, asked: Ints, limits: Ints, room: tuple[Ints, Bytes]) -> int:  # pragma: no cover
    """Limit the words asked whose first ``probe`` bytes occur once; write the others to the front of ``asked``.

    Words are told apart by the slots of a table which their bytes hash to: that some share one by chance
    means only that they are asked more than they need be.
    """
    slots, seen = room
    bits = slot_bits(8 * len(asked))
    multiplier, shift = random_multiplier(), np.uint64(64 - bits)
    seen[: 1 << bits].fill(0)
    for i in range(len(asked)):
        first, h = np.int64(words.starts[np.uint64(asked[i])]), np.uint64(0)
        for at in range(0, probe, 8):
            h = (h ^ eight_at(words.joined, first + at)) * multiplier
            h ^= h >> np.uint64(32)
        slot = h * multiplier >> shift
        slots[i] = slot
        seen[slot] = seen[slot] * 2 + 1
    n = 0
    for i in range(len(asked)):  # without branches: nobody can foretell which way they would go
        k, is_again = np.uint64(asked[i]), seen[np.uint64(slots[i])] > 1
        asked[n] = k
        limits[k] = probe << is_again
        n += is_again
    return n


@kernel
def _greedy_chars(words: _Joined, asked: tuple[Ints, Ints], slots: Ints, n: int) -> int:  # pragma: no cover
    """Read n-grams from left to right: one that was read before counts and is skipped, any other is remembered."""
    joined, starts, chars = words
    places, limits = asked
    slots.fill(-1)
    multiplier, shift = random_multiplier(), np.uint64(64 - slot_bits(2 * len(places)))
    size, total, next_at = np.uint64(n), 0, _0
    for place in places:
        at = np.uint64(place)
        if at < next_at or at + size >= len(starts):
            continue
        first, last = np.int64(starts[at]), np.int64(starts[at + size])
        if last - first >= limits[at]:
            continue
        slot = hash_bytes(joined, first, last, multiplier) >> shift
        is_known = False
        while not is_known and slots[slot] >= 0:
            other = np.uint64(slots[slot])
            is_known = equal_bytes(joined, np.int64(starts[other]), np.int64(starts[other + size]), first, last)
            slot = (slot + _1) & np.uint64(len(slots) - 1)
        if is_known:
            total += chars[at + size] - chars[at]
            next_at = at + size
        else:
            slots[slot] = at
    return total
