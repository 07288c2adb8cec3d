"""What is counted of a text's words as ``str.split`` cuts them, in one pass over UTF-8 bytes."""

from typing import NamedTuple

import numpy as np

from transforms.text.compiled import inlined, kernel
from transforms.text.eights import before, count_before, eight_at, first_bytes, first_gap, letters, lower_cased
from transforms.text.stop_words import LONGEST, is_stop_word
from transforms.text.unicode import ALNUM, ALPHA, SPACE, Bytes, char_at


class WordCounts(NamedTuple):
    """What is counted of a text's words, as ``str.split`` cuts them."""

    n_chars: int
    n_words: int
    n_word_chars: int
    n_alpha: int
    """Words with a letter."""
    n_stop: int
    """Stop words, in any case."""
    n_counted: int
    """Words as fastText cuts them, whose first character is alphanumeric."""


@kernel
def count_words(text: Bytes, table: Bytes) -> WordCounts:  # pragma: no cover
    """Count characters, words and kinds of words of one text; ``table`` is ``unicode.classes()``.

    Nearly all words stand between spaces or new-lines: they are taken here, others by ``_count_to_gap``.
    """
    n_chars = n_words = n_word_chars = n_alpha = n_stop = n_counted = i = 0
    while i < len(text):
        end, n_inside, seen, lower = _word_end(text, i, table)
        gap = text[np.uint64(end)] if end < len(text) else 10
        if gap != 32 and gap != 10:
            more, i = _count_to_gap(text, i, table)
            n_chars += more.n_chars
            n_words += more.n_words
            n_word_chars += more.n_word_chars
            n_alpha += more.n_alpha
            n_stop += more.n_stop
            n_counted += more.n_counted
            continue
        n_words += end > i
        n_word_chars += n_inside
        n_alpha += seen & ALPHA != 0
        n_stop += is_stop_word(lower) & (n_inside == end - i)
        n_counted += end > i and table[char_at(text, i)[0]] & ALNUM != 0
        n_chars += n_inside + (end < len(text))
        i = end + 1
    return WordCounts(n_chars, n_words, n_word_chars, n_alpha, n_stop, n_counted)


@inlined
def _word_end(text: Bytes, start: int, table: Bytes) -> tuple[int, int, int, np.uint64]:  # pragma: no cover
    """Read a word up to white space or a control character.

    Returns:
        Its end, its characters, the classes of some of them (of all that are not ASCII), and those of its
        first eight bytes that are before any which is not ASCII, in lower case.
    """
    eight = eight_at(text, start)
    gaps = first_gap(eight)
    lower = lower_cased(eight) & before(gaps)
    seen = ALPHA * (letters(lower) != 0)
    n = count_before(gaps)
    end, n_more = start + n, 0  # the second counts bytes that begin no character
    goes_on = n == 8 or (end < len(text) and text[np.uint64(end)] >= 128)
    while goes_on:
        eight = eight_at(text, end)
        gaps = first_gap(eight)
        seen |= ALPHA * (letters(eight) & before(gaps) != 0)
        n = count_before(gaps)
        end += n
        goes_on = n == 8
        while end < len(text) and text[np.uint64(end)] >= 128:
            code, size = char_at(text, end)
            if table[code] & SPACE:
                break
            seen |= table[code]
            n_more += size - 1
            end += size
            goes_on = True
    return end, end - start - n_more, seen, lower


@inlined
def _count_to_gap(text: Bytes, i: int, table: Bytes) -> tuple[WordCounts, int]:  # pragma: no cover
    """Count from the begin of a word to behind the next space or new-line; gives the counts and where that is."""
    n_chars = n_word_chars = n_words = n_alpha = n_stop = n_counted = 0
    seen, first = 0, i  # of the word so far: classes of its characters, and where it begins
    is_token = False  # whether fastText's token goes on: it ends at ASCII white space and NUL
    code = -1
    while i < len(text) and code != 32 and code != 10:
        code, size = char_at(text, i)
        kind = table[code]
        is_gap = code <= 32 and (code == 32 or 9 <= code <= 13 or code == 0)
        n_counted += not is_token and not is_gap and kind & ALNUM != 0
        is_token = not is_gap
        n_chars += 1
        if kind & SPACE:
            n_alpha += seen & ALPHA != 0
            n_stop += _is_stop_word(text, first, i)
            seen, first = 0, i + size
        else:
            n_words += first == i
            n_word_chars += 1
            seen |= kind
        i += size
    n_alpha += seen & ALPHA != 0
    n_stop += _is_stop_word(text, first, i)
    return WordCounts(n_chars, n_words, n_word_chars, n_alpha, n_stop, n_counted), i


@inlined
def _is_stop_word(text: Bytes, first: int, last: int) -> bool:  # pragma: no cover
    """Say whether ``text[first:last]`` is a stop word in any case."""
    size = last - first
    return 0 < size <= LONGEST and is_stop_word(first_bytes(lower_cased(eight_at(text, first)), size))
