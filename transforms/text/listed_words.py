"""A list of strings as a trie over UTF-8 bytes, and kernels that count which of its entries a text holds.

Time is at most the bytes of the text times the bytes of the longest entry; in practice a step or two a byte.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from transforms.text.compiled import kernel
from transforms.text.unicode import ALNUM, Bytes, Longs, char_at

Flags = npt.NDArray[np.bool_]


class WordList(NamedTuple):
    """Entries as paths from node 0; a node is a prefix of some entry."""

    columns: Bytes
    """Byte → its column in ``children``; 0 for a byte that no entry holds."""
    children: npt.NDArray[np.int32]
    """Node and column → the node one byte further, 0 where no entry goes on; column 0 is all 0."""
    is_entry: Flags
    """Node → whether an entry ends there."""


def make_word_list(entries: Iterable[str]) -> WordList:
    """Build the trie of some strings; empty ones are left out, as they would match everywhere."""
    paths = {encoded(entry) for entry in entries} - {b""}
    letters = sorted(set().union(*paths))
    columns = np.zeros(256, np.uint8)
    columns[letters] = np.arange(1, len(letters) + 1)  # UTF-8 never uses all 256 bytes: no overflow
    steps: dict[tuple[int, int], int] = {}
    ends = []
    for path in paths:
        node = 0
        for byte in path:
            node = steps.setdefault((node, byte), len(steps) + 1)
        ends.append(node)
    children = np.zeros((len(steps) + 1, len(letters) + 1), np.int32)
    for (node, byte), child in steps.items():
        children[node, columns[byte]] = child
    is_entry = np.zeros(len(steps) + 1, np.bool_)
    is_entry[ends] = True
    return WordList(columns, children, is_entry)


def encoded(text: str) -> bytes:
    """Give the text's UTF-8; a lone surrogate, which no valid text holds, becomes the three bytes it would have."""
    return text.encode("utf-8", "surrogatepass")


@kernel
def count_substrings(data: Bytes, offsets: Longs, entries: WordList) -> Longs:  # pragma: no cover
    """Count, for each text ``data[offsets[i]:offsets[i + 1]]``, the distinct entries in it, overlaps included."""
    columns, children, is_entry = entries
    counts = np.zeros(len(offsets) - 1, np.int64)
    last_text = np.full(len(is_entry), -1)  # the last text that an entry was found in
    for i in range(len(counts)):
        for first in range(offsets[i], offsets[i + 1]):
            node = 0
            for at in range(first, offsets[i + 1]):
                node = children[node, columns[data[at]]]
                if node == 0:
                    break
                if is_entry[node] and last_text[node] != i:
                    last_text[node] = i
                    counts[i] += 1
    return counts


@kernel
def count_words(data: Bytes, offsets: Longs, entries: WordList, in_word: Flags) -> Longs:  # pragma: no cover
    r"""Count, for each text, the distinct entries that ``re.findall(r"\b(?:…)\b", text)`` gives.

    Of the entries that match at a place the longest counts, and the search goes on behind it.

    Args:
        data: Valid UTF-8 bytes of all texts, one after another.
        offsets: Text ``i`` is ``data[offsets[i]:offsets[i + 1]]``.
        entries: What to look for.
        in_word: ``word_bytes`` of the data.
    """
    columns, children, is_entry = entries  # and one loop: passing arrays on to a function takes three times as long
    counts = np.zeros(len(offsets) - 1, np.int64)
    last_text = np.full(len(is_entry), -1)
    for i in range(len(counts)):
        start, end = offsets[i], offsets[i + 1]
        first = start
        while first < end:
            behind = first + 1  # a place inside a character is tried in vain: no entry starts with such a byte
            if in_word[first] != (first > start and in_word[first - 1]):
                node = found = 0
                for at in range(first, end):
                    node = children[node, columns[data[at]]]
                    if node == 0:
                        break
                    if is_entry[node] and in_word[at] != (at + 1 < end and in_word[at + 1]):
                        behind, found = at + 1, node
                if found > 0:
                    counts[i] += last_text[found] != i
                    last_text[found] = i
            first = behind
    return counts


@kernel
def word_bytes(data: Bytes, table: Bytes) -> Flags:  # pragma: no cover
    r"""Say of each byte of valid UTF-8 whether its character is one of ``\w``: alphanumeric or ``_``.

    Args:
        data: Whole characters.
        table: ``classes()``.
    """
    flags = np.empty(len(data), np.bool_)
    at = 0
    while at < len(data):
        # Calling char_at for ASCII, too, would take eight times as long.
        code, size = (np.int64(data[at]), 1) if data[at] < 0x80 else char_at(data, at)
        flags[at : at + size] = code == 95 or table[code] & ALNUM != 0
        at += size
    return flags
