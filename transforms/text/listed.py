"""How many words of a text are in a list that is made for its language: stop words, flagged words.

Definitions: schemas/signals.py, ``ListedMeasures``. Time is at most the bytes of the text times the bytes of the
longest entry; in practice a step or two a byte.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from schemas.signals import ListedMeasures
from transforms.text.compiled import kernel
from transforms.text.listed_words import WordList, make_word_list
from transforms.text.lowering import lower_texts
from transforms.text.unicode import Bytes, Ints, Longs
from transforms.text.word_bounds import bound_kinds, find_bounds

WordSets = Mapping[str, WordList]
"""Language → its list."""


def make_word_sets(lists: Mapping[str, Iterable[str]]) -> WordSets:
    """Build the lists of some languages from their entries, which are stripped and put in lower case.

    Empty entries, and those that begin with a combining mark, match nothing. An entry may hold spaces and
    punctuation, which match as they are.
    """
    return {code: make_word_list(entry.strip().lower() for entry in entries) for code, entries in lists.items()}


def measure_listed(data: Bytes, offsets: Longs, languages: Sequence[str | None], sets: WordSets) -> ListedMeasures:
    """Count entries in a batch of texts; each field becomes an array of a value per text.

    Args:
        data: Valid UTF-8 bytes of all texts, one after another.
        offsets: Text ``i`` is ``data[offsets[i]:offsets[i + 1]]``.
        languages: The language of each text, written as in ``sets``; None where nobody knows.
        sets: As ``make_word_sets`` gives them.

    Example:
        >>> sets = make_word_sets({"fr": ["le", "l"], "zh": ["的"]})
        >>> parts = ["L'ours et le loup".encode(), "我的书".encode(), b"le"]
        >>> offsets = np.cumsum([0, *map(len, parts)])
        >>> told = measure_listed(np.frombuffer(b"".join(parts), np.uint8), offsets, ["fr", "zh", "de"], sets)
        >>> told.n_occurrences.tolist(), told.is_language_listed.tolist()
        ([2, 1, 0], [True, True, False])
    """
    rows: dict[str, list[int]] = {}
    for i, language in enumerate(languages):
        if language in sets:
            rows.setdefault(language, []).append(i)
    counts = np.zeros((2, len(languages)), np.int64)
    is_language_listed = np.zeros(len(languages), np.bool_)
    lowered, lowered_offsets = lower_texts(data, offsets) if rows else (data, offsets)
    for language, of_language in rows.items():
        chosen = np.array(of_language, np.int64)
        is_language_listed[chosen] = True
        counts[:, chosen] = _count(lowered, lowered_offsets, chosen, sets[language], bound_kinds())
    return ListedMeasures(counts[0], counts[1], is_language_listed)


@kernel
def _count(data: Bytes, offsets: Longs, rows: Longs, entries: WordList, kinds: Bytes) -> Longs:  # pragma: no cover
    """Count, in the texts of some rows, which are in lower case, matches and different entries."""
    columns, children, is_entry = entries
    begins = _first_bytes(entries)
    counts = np.zeros((2, len(rows)), np.int64)
    last_row = np.full(len(is_entry), -1)  # the last row that an entry was found in
    room = _longest(offsets, rows) + 1
    is_bound, starts, other = np.empty(room, np.uint8), np.empty(room, np.int32), np.empty(room, np.uint8)
    for i in range(len(rows)):
        text = data[offsets[rows[i]] : offsets[rows[i] + 1]]
        find_bounds(text, kinds, is_bound, other)
        behind = 0
        for k in range(_find_starts(text, is_bound, begins, starts)):
            at, found = np.int64(starts[k]), 0
            node = children[0, columns[text[at]]] if at >= behind else 0
            while node > 0:
                at += 1
                if is_entry[node] and is_bound[at]:
                    behind, found = at, node
                node = children[node, columns[text[at]]] if at < len(text) else 0
            if found > 0:
                counts[0, i] += 1
                counts[1, i] += last_row[found] != i
                last_row[found] = i
    return counts


@kernel
def _first_bytes(entries: WordList) -> Bytes:  # pragma: no cover
    """Say of every byte, by 1, whether an entry begins with it."""
    begins = np.zeros(256, np.uint8)
    for b in range(256):
        begins[b] = entries.children[0, entries.columns[b]] > 0
    return begins


@kernel
def _longest(offsets: Longs, rows: Longs) -> int:  # pragma: no cover
    """Give the bytes of the longest text of some rows."""
    longest = 0
    for row in rows:
        longest = max(longest, offsets[row + 1] - offsets[row])
    return longest


@kernel
def _find_starts(text: Bytes, is_bound: Bytes, begins: Bytes, starts: Ints) -> int:  # pragma: no cover
    """Write where an entry may begin; gives how many places there are."""
    n = 0
    for i in range(len(text)):
        starts[n] = i  # always, as a branch here would be guessed wrong at every other word
        n += is_bound[i] & begins[text[i]]
    return n
