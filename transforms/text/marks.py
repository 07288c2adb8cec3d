"""Punctuation as the web's filters list it: terminal marks, and all that datatrove does not take for words."""

import string
from functools import lru_cache

import numpy as np

from transforms.text.sentence_breaks import ATERM, STERM, sentence_breaks
from transforms.text.unicode import Bytes

MARK = 8
"""The bit of a punctuation mark, beside those of ``unicode.classes``."""

# datatrove's terminal punctuation is Unicode's Sentence_Terminal but for newer characters, the one dot
# leader, Old Nubian and vertical forms; and it has three Khmer signs more.
_NO_STOPS = [0x1B4E, 0x1B4F, 0x1B7F, 0x2024, 0x2CF9, 0x2CFA, 0x2CFB, 0xFE12, 0xFE15, 0xFE16]
_NO_STOPS += [0x113D4, 0x113D5, 0x16D6E, 0x16D6F]
_MORE_STOPS = [0x17D6, 0x17D9, 0x17DA]
# Its other marks: control characters but tab and new-line, ASCII punctuation, and these.
_CONTROLS = [*range(9), *range(11, 32), *range(127, 160)]
_OTHERS = "«´»–—’“”„…∶━►、。〈〉《》「」【】！％（），．１：；？～"


@lru_cache(maxsize=1)
def terminal_punctuation() -> Bytes:
    """Say of every code point whether it is terminal punctuation, 0x110000 bytes."""
    table = np.isin(sentence_breaks(), (ATERM, STERM))
    table[_NO_STOPS] = False
    table[_MORE_STOPS] = True
    return table.astype(np.uint8)


@lru_cache(maxsize=1)
def marks() -> Bytes:
    """Give ``MARK`` for every code point that datatrove 0.10 counts as punctuation, 0 for others."""
    table = terminal_punctuation().copy()
    table[_CONTROLS + [ord(one) for one in string.punctuation + _OTHERS]] = 1
    return table * np.uint8(MARK)
