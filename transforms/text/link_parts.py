"""What the kernels for URLs and for IP addresses share: bytes of URLs, schemes, and what may stand before a link.

In these kernels ``text`` is the data up to the end of the text at hand; ``floor`` is where that text begins,
or where the link before ended.
"""

import numpy as np

from transforms.text.cases import WORD
from transforms.text.compiled import kernel
from transforms.text.scanning import char_before
from transforms.text.unicode import Bytes

HOST, TAIL = 1, 2
"""Bits of ``URL_BYTES``: may stand in a host, before the dot of its top-level domain; may follow that domain."""

_ALNUM = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
URL_BYTES = np.zeros(256, np.uint8)
URL_BYTES[list(f"{_ALNUM}-@:%._+~#=".encode())] |= HOST
URL_BYTES[list(f"{_ALNUM}-()@:%_+.~#?&/=".encode())] |= TAIL
_SCHEMES = (b"http://", b"https://", b"ftp://")
MAX_SPACES = 10


@kernel
def tail_end(text: Bytes, at: int) -> int:  # pragma: no cover
    """Give where the bytes end that may follow a link's domain or address."""
    while at < len(text) and URL_BYTES[text[at]] & TAIL:
        at += 1
    return at


@kernel
def before_scheme(text: Bytes, floor: int, at: int) -> int:  # pragma: no cover
    """Give where the scheme that ends at ``at`` begins; ``at`` if there is none."""
    for scheme in _SCHEMES:
        start = at - len(scheme)
        if start >= floor:
            size = 0
            while size < len(scheme) and text[start + size] == scheme[size]:
                size += 1
            if size == len(scheme):
                return start
    return at


@kernel
def is_in_word(text: Bytes, floor: int, at: int, kinds: Bytes) -> bool:  # pragma: no cover
    r"""Say whether the character before byte ``at`` is one of a word, so that none may begin here (``\b``)."""
    return kinds[char_before(text, floor, at)[0]] & WORD != 0
