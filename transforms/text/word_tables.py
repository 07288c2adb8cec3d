"""What the splitter looks up: classes of characters, and which characters may be taken without asking the rules."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from transforms.text.byte_kinds import ASK, IS_START, LETTER, MARK, byte_kinds
from transforms.text.marks import marks
from transforms.text.unicode import Bytes, classes
from transforms.text.word_breaks import ALETTER, OTHER, PICT, word_breaks


class Tables(NamedTuple):
    """Built once per process by ``tables``."""

    classes: Bytes
    """``unicode.classes()`` and ``marks.marks()``."""
    breaks: Bytes
    """``word_breaks.word_breaks()``."""
    kinds: Bytes
    """The kind of each code point, as ``byte_kinds`` tells them apart."""


@lru_cache(maxsize=1)
def tables() -> Tables:
    """Give the splitter's tables (0.4 s the first time)."""
    breaks = word_breaks()
    kinds = np.full(len(breaks), ASK, np.uint8)
    kinds[breaks == ALETTER] = LETTER
    kinds[(breaks == OTHER) | (breaks == PICT)] = MARK
    for code in range(128):
        kinds[code] = byte_kinds(np.frombuffer(bytes([code]), np.uint8))[0] & (255 - IS_START)
    return Tables(classes() | marks(), breaks, kinds)
