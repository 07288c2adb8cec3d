"""What the splitter looks up: classes of characters, and which bytes may be taken without asking the rules."""

from functools import lru_cache
from string import ascii_letters, digits
from typing import NamedTuple

import numpy as np

from transforms.text.marks import marks
from transforms.text.unicode import Bytes, classes
from transforms.text.word_breaks import word_breaks

AS_LETTER, AS_DIGIT, AS_SPACE, AS_END, AS_MID, AS_MARK, ASK = range(7)
"""Kinds of bytes: of a word; a space; a new-line; what may join two words; any other mark; the rules decide."""


class Tables(NamedTuple):
    """Built once per process by ``tables``."""

    classes: Bytes
    """``unicode.classes()`` and ``marks.marks()``."""
    breaks: Bytes
    """``word_breaks.word_breaks()``."""
    ascii: Bytes
    """The kind of each byte."""


@lru_cache(maxsize=1)
def tables() -> Tables:
    """Give the splitter's tables (0.4 s the first time)."""
    kinds = np.full(256, ASK, np.uint8)  # bytes of longer characters too
    kinds[:128] = AS_MARK
    told = ((AS_LETTER, ascii_letters), (AS_DIGIT, digits), (AS_SPACE, " "), (AS_END, "\n"), (AS_MID, ".,':;"))
    for kind, members in (*told, (ASK, "_\r\t\v\f\x1c\x1d\x1e\x1f")):
        kinds[[ord(one) for one in members]] = kind
    return Tables(classes() | marks(), word_breaks(), kinds)
