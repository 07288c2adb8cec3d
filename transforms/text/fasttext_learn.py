"""What rows the words have that a batch had not before: kept in its cache from then on."""

import numpy as np

from transforms.text.compiled import kernel
from transforms.text.fasttext_grams import Grams, Span, write_parts
from transforms.text.fasttext_tokens import END, FIRST, HASH, LABEL, LAST, LONG, NEW, NUMBER, ROOM, SLOT, START, Cache
from transforms.text.fasttext_words import Words, find_word
from transforms.text.unicode import Bytes, Longs

_LABEL_BEGIN = np.frombuffer(b"__label__", np.uint8)


@kernel
def find_new(data: Bytes, tokens: Longs, words: Words, slots: Longs) -> None:  # pragma: no cover
    """Look up, in the dictionary, tokens that are not in the cache."""
    for i in range(len(tokens)):
        slot = tokens[i, SLOT]
        if slot < 0 or slots[slot, FIRST] == NEW:
            start, end = tokens[i, START], tokens[i, END]
            number = np.int64(find_word(words, data, start, end, tokens[i, HASH]))
            if number < 0 and end - start >= len(_LABEL_BEGIN):
                at = 0
                while at < len(_LABEL_BEGIN) and data[start + at] == _LABEL_BEGIN[at]:
                    at += 1
                number = words.n_words if at == len(_LABEL_BEGIN) else number
            tokens[i, NUMBER] = number if number < words.n_words else LABEL


@kernel
def write_new(data: Bytes, tokens: Longs, grams: Grams, cache: Cache) -> None:  # pragma: no cover
    """Write the rows of tokens that are new in the cache."""
    slots, rows, used = cache
    first = used[0]
    for i in range(len(tokens)):
        slot = tokens[i, SLOT]
        if slot >= 0 and slots[slot, FIRST] == NEW:
            start, end, number = tokens[i, START], tokens[i, END], tokens[i, NUMBER]
            at, n = end, first
            if number >= 0:
                rows[n], n = number, n + 1
            if grams.max_chars > 0 and number != LABEL:
                at, n = write_parts(data, Span(start, end, start - 1, first + ROOM), grams, rows, n)
            slots[slot, FIRST], slots[slot, LAST] = first, n
            if number == LABEL:
                slots[slot, LAST] = LABEL
            elif at < end:
                slots[slot, LAST] = LONG
            first = max(first, slots[slot, LAST])
            used[1] += 1
    used[0] = first
