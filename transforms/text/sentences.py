"""Where sentences end, by the default rules of Unicode (UAX #29, section 5): SB1 to SB11 and SB998.

A break is behind a paragraph separator, or behind a full stop or the like, and what closes and spaces
follow it. The look-ahead of rule SB8 ends at the next of these: so a byte is read three times at most.
"""

import numpy as np

from transforms.text.compiled import inlined, kernel
from transforms.text.eights import count_before, eight_at
from transforms.text.scanning import char_before
from transforms.text.sentence_breaks import (
    ATERM,
    CLOSE,
    CR,
    EXTEND,
    FORMAT,
    LOWER,
    NUMERIC,
    OLETTER,
    SCONTINUE,
    SEP,
    SP,
    STERM,
    UPPER,
)
from transforms.text.unicode import Bytes, char_at


@kernel
def count_sentences(text: Bytes, table: Bytes) -> int:  # pragma: no cover
    """Count the sentences of a text of valid UTF-8 that hold anything but white space (``str.isspace``)."""
    asked = asked_bytes(text)
    n = start = 0
    while start < len(text):
        after = next_sentence(text, start, asked, table)
        n += not _is_blank(text, start, after, table)
        start = after
    return n


@kernel
def asked_bytes(text: Bytes) -> Bytes:  # pragma: no cover
    """Mark the bytes of a text that may end a sentence, as far as ASCII tells: few of most texts.

    Without branches, so that the compiler takes 32 bytes or more at once.
    """
    marks = np.empty(len(text), np.uint8)
    for i in range(len(text)):
        b = text[i]
        marks[i] = np.uint8((b >= 0x80) | (b == 10) | (b == 13) | (b == 33) | (b == 46) | (b == 63)) << 7
    return marks


@inlined
def next_sentence(text: Bytes, start: int, asked: Bytes, table: Bytes) -> int:  # pragma: no cover
    """Give where a sentence ends.

    Args:
        text: Valid UTF-8.
        start: Where the sentence begins, before the text's end: at its begin, or at the end of the sentence before.
        asked: ``asked_bytes(text)``.
        table: ``sentence_breaks()``.
    """
    end = len(text)
    at = start
    while at < end:
        at = _after_plain(asked, at)
        if at == end:
            break
        code, size = char_at(text, at)
        at += size
        kind = table[code]
        if kind < CR:  # neither a paragraph separator nor a term
            continue
        if kind <= SEP:  # SB3, SB4
            return at + 1 if kind == CR and at < end and text[at] == 10 else at
        is_cased = kind == ATERM and _is_cased_before(text, start, at - size, table)
        at, is_break = _after_term(text, at, end, (kind, is_cased), table)
        if is_break:
            return at
    return end


@inlined
def _after_plain(asked: Bytes, at: int) -> int:  # pragma: no cover
    """Give the next byte that is asked, eight at a time, or the text's end."""
    while at < len(asked):
        marks = eight_at(asked, at)
        at += count_before(marks)
        if marks != 0:
            break
    return min(at, len(asked))


@inlined
def _is_cased_before(data: Bytes, start: int, at: int, table: Bytes) -> bool:  # pragma: no cover
    """Say whether the character before ``at``, but for those that SB5 leaves out, is a letter with case."""
    kind = EXTEND
    while at > start and (EXTEND <= kind <= FORMAT):
        code, size = char_before(data, start, at)
        kind = table[code]
        at -= size
    return kind in (UPPER, LOWER)


@inlined
def _after_term(
    data: Bytes, at: int, end: int, term: tuple[int, bool], table: Bytes
) -> tuple[int, bool]:  # pragma: no cover
    """Give the first place behind a term, its closes and its spaces, and whether the text breaks there.

    ``term`` is the Sentence_Break of the term, and whether a cased letter is before it.
    """
    last = kind = term[0]
    while at < end:  # SB9, SB10
        code, size = char_at(data, at)
        kind = table[code]
        if kind == SP or (kind == CLOSE and last != SP):
            last = kind
        elif not EXTEND <= kind <= FORMAT:  # SB5
            break
        at += size
    if at == end or kind >= CR or kind == SCONTINUE:  # SB8a, SB9, SB10
        return at, False
    if term[0] == STERM:
        return at, True  # SB11
    if last == ATERM and (kind == NUMERIC or (kind == UPPER and term[1])):  # SB6, SB7
        return at, False
    return at, not _leads_to_lower(data, at, end, table)  # SB8, SB11


@inlined
def _leads_to_lower(data: Bytes, at: int, end: int, table: Bytes) -> bool:  # pragma: no cover
    """Say whether the next letter, before any term or paragraph separator, is a lower-case one."""
    while at < end:
        code, size = char_at(data, at)
        kind = table[code]
        if LOWER <= kind <= OLETTER or kind >= CR:
            return bool(kind == LOWER)
        at += size
    return False


@inlined
def _is_blank(data: Bytes, start: int, end: int, table: Bytes) -> bool:  # pragma: no cover
    at = start
    while at < end:
        code, size = char_at(data, at)
        is_space = table[code] == SP or CR <= table[code] <= SEP
        if not is_space and not 0x1C <= code <= 0x1F:  # these four are white space to Python only
            return False
        at += size
    return True
