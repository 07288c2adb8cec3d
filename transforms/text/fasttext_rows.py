"""The row of a text in a fastText model: the average of the rows of its words, their parts and its runs of words.

A word that occurs again in a batch is not taken apart again: a cache keeps the rows it has.
"""

from typing import NamedTuple

import numpy as np

from transforms.text.compiled import kernel
from transforms.text.fasttext_grams import Grams, Span, resolve, write_parts
from transforms.text.fasttext_learn import find_new, write_new
from transforms.text.fasttext_matrix import Floats, Weights, add_rows
from transforms.text.fasttext_tokens import (
    END,
    EOS,
    EOS_HASH,
    FIRST,
    HASH,
    LABEL,
    LAST,
    LONG,
    NUMBER,
    ROOM,
    SLOT,
    START,
    Cache,
    make_room,
    read_tokens,
)
from transforms.text.fasttext_words import Words, find_word
from transforms.text.unicode import Bytes, Ints, Longs

_RUN_PRIME = np.uint64(116049371)


class Reading(NamedTuple):
    """All that is needed to read texts."""

    words: Words
    grams: Grams
    weights: Weights
    cache: Cache
    tokens: Longs
    """Room for some tokens."""
    hashes: Ints
    """Room for the hashes of a text's words, if runs of them have rows; else empty."""


@kernel
def average(data: Bytes, start: int, end: int, reading: Reading, out: Floats) -> int:  # pragma: no cover
    """Write the average row of one text.

    Args:
        data: The batch, valid UTF-8.
        start: Where the text begins.
        end: Where it ends.
        reading: The model, and the cache of this batch.
        out: The row, to be filled.

    Returns:
        How many rows it is the average of; without any it is all 0.
    """
    slots, tokens, hashes = reading.cache.slots, reading.tokens, reading.hashes
    out[:] = 0
    n = n_words = 0
    at = start
    while at < end:
        make_room(reading.cache)
        n_tokens, at = read_tokens(data, at, end, slots, tokens)
        find_new(data, tokens[:n_tokens], reading.words, slots)
        write_new(data, tokens[:n_tokens], reading.grams, reading.cache)
        n += add_tokens(data, tokens[:n_tokens], reading, out)
        if len(hashes) > 0:
            n_words = _note_hashes(tokens[:n_tokens], slots, hashes, n_words)
    n += _add_end(reading, n_words, out)
    if n > 0:
        out *= np.float32(1.0 / n)
    return n


@kernel
def add_tokens(data: Bytes, tokens: Longs, reading: Reading, out: Floats) -> int:  # pragma: no cover
    """Add the rows of tokens that the cache was asked for; gives their number."""
    cache, weights = reading.cache, reading.weights
    n = done = 0
    while done < len(tokens):
        n_known, n_rows = _add_known(tokens[done:], cache.slots, cache.rows, weights, out)
        done, n = done + n_known, n + n_rows
        if done < len(tokens):
            n += _add_long(data, tokens[done], reading, out)
            done += 1
    return n


@kernel
def _add_known(
    tokens: Longs, slots: Longs, rows: Ints, weights: Weights, out: Floats
) -> tuple[int, int]:  # pragma: no cover
    """Add the rows of tokens that are in the cache, up to the first one that is not; gives both numbers."""
    n = 0
    for i in range(len(tokens)):
        slot = tokens[i, SLOT]
        if slot < 0 or slots[slot, LAST] == LONG:
            return i, n
        first, last = slots[slot, FIRST], slots[slot, LAST]
        if last > first:
            add_rows(weights, rows, first, last, out)
            n += last - first
    return len(tokens), n


@kernel
def _add_long(data: Bytes, token: Longs, reading: Reading, out: Floats) -> int:  # pragma: no cover
    """Add the rows of a word that the cache does not keep, some at a time; gives their number."""
    words, rows, grams = reading.words, reading.cache.rows, reading.grams
    start, end, h = token[START], token[END], token[HASH]
    if token[SLOT] < 0 and token[NUMBER] == LABEL:
        return 0
    number = find_word(words, data, start, end, h)
    first = n = reading.cache.used[0]
    if number >= 0:
        rows[n], n = number, n + 1
    total, at = n - first, start - 1 if grams.max_chars > 0 else end
    add_rows(reading.weights, rows, first, n, out)
    while at < end:
        at, n = write_parts(data, Span(start, end, at, first + ROOM), grams, rows, first)
        add_rows(reading.weights, rows, first, n, out)
        total += n - first
    return total


@kernel
def _note_hashes(tokens: Longs, slots: Longs, hashes: Ints, n: int) -> int:  # pragma: no cover
    """Append the hashes of tokens that are words; gives the number of hashes."""
    for i in range(len(tokens)):
        slot = tokens[i, SLOT]
        hashes[n] = np.int32(tokens[i, HASH])
        n += (tokens[i, NUMBER] if slot < 0 else slots[slot, LAST]) != LABEL
    return n


@kernel
def _add_end(reading: Reading, n_words: int, out: Floats) -> int:  # pragma: no cover
    """Add the row of the end of a line, which is a word without parts, and those of runs of words."""
    words, hashes, rows = reading.words, reading.hashes, reading.cache.rows
    first = n = reading.cache.used[0]
    number = find_word(words, EOS, 0, len(EOS), EOS_HASH)
    if 0 <= number < words.n_words:
        rows[n], n = number, n + 1
        add_rows(reading.weights, rows, first, n, out)
    if len(hashes) == 0:
        return n - first
    if number < words.n_words:
        hashes[n_words] = np.int32(EOS_HASH)
        n_words += 1
    return n - first + _add_runs(reading, n_words, out)


@kernel
def _add_runs(reading: Reading, n_words: int, out: Floats) -> int:  # pragma: no cover
    """Add the rows of runs of two and more words; gives their number."""
    grams, hashes, rows = reading.grams, reading.hashes, reading.cache.rows
    first, n_buckets = reading.cache.used[0], np.uint64(grams.n_buckets)
    n, total = first, 0
    for i in range(n_words):
        h = np.uint64(np.int64(hashes[i]))
        for j in range(i + 1, min(n_words, i + grams.n_joined)):
            h = h * _RUN_PRIME + np.uint64(np.int64(hashes[j]))
            rows[n], n = np.int64(h % n_buckets), n + 1
        if n + grams.n_joined > first + ROOM or i == n_words - 1:
            n = resolve(grams, rows, first, n)
            add_rows(reading.weights, rows, first, n, out)
            n, total = first, total + n - first
    return total
