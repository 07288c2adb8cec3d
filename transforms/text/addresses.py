"""IPv4 addresses in running text (the second regular expression of ``transforms.text.links``)."""

import numpy as np

from transforms.text.compiled import kernel
from transforms.text.cuts import Spans, put
from transforms.text.link_parts import MAX_SPACES, before_scheme, is_in_word, tail_end
from transforms.text.scanning import before_spaces, next_byte
from transforms.text.unicode import Bytes, Longs


@kernel
def find_addresses(data: Bytes, offsets: Longs, kinds: Bytes) -> tuple[Spans, Longs]:  # pragma: no cover
    """Collect the addresses of every text, each from its white space or scheme to the end of its path."""
    spans = np.empty((len(offsets), 2), np.int64)
    firsts = np.zeros(len(offsets), np.int64)
    n = 0
    for i in range(len(offsets) - 1):
        floor = offsets[i]
        text = data[: offsets[i + 1]]
        at = next_byte(text, 46, floor, len(text))
        while at < len(text):
            if _ends_address(text, at) and _is_octet(text, floor, at, kinds):
                start = at
                while start > floor and _is_digit(text[start - 1]):
                    start -= 1
                scheme = before_scheme(text, floor, start)
                if not is_in_word(text, floor, scheme, kinds):
                    start = scheme
                start = before_spaces(text, floor, start, MAX_SPACES, kinds)
                floor = at = tail_end(text, at)
                spans, n = put(spans, firsts[i], n, start, at)
            else:
                at += 1
            at = next_byte(text, 46, at, len(text))
        firsts[i + 1] = n
    return spans, firsts


@kernel
def _is_octet(text: Bytes, floor: int, dot: int, kinds: Bytes) -> bool:  # pragma: no cover
    """Say whether a number of 1 to 3 digits, at most 299, ends at the dot, and begins where a word may begin."""
    at = dot
    while at > floor and dot - at < 3 and _is_digit(text[at - 1]):
        at -= 1
    return at < dot and (dot - at < 3 or text[at] < 51) and not is_in_word(text, floor, at, kinds)


@kernel
def _ends_address(text: Bytes, dot: int) -> bool:  # pragma: no cover
    """Say whether the first dot of an address is followed by two numbers with dots and a digit."""
    at = dot + 1
    for _ in range(2):
        size = 0
        while at + size < len(text) and size < 3 and _is_digit(text[at + size]):
            size += 1
        stop = at + size
        if size == 0 or (size == 3 and text[at] > 50) or stop == len(text) or text[stop] != 46:
            return False
        at = stop + 1
    return at < len(text) and _is_digit(text[at])


@kernel
def _is_digit(byte: int) -> bool:  # pragma: no cover
    return 48 <= byte <= 57
