"""What each byte of a text is to the splitter, many bytes at a time, and where its plain segments begin."""

import numpy as np

from transforms.text.compiled import kernel
from transforms.text.unicode import Bytes, Ints

IS_LETTER, IS_BLANK, IS_MID, IS_ASK, IS_SPACE, IS_START, IS_NO_WORD = 1, 2, 4, 8, 32, 64, 128
"""Bits of a kind. ``IS_START``, of bytes alone: a segment begins here, as far as that is plain."""

LETTER, DIGIT, MARK, END = IS_LETTER, 0, IS_NO_WORD, IS_NO_WORD | IS_BLANK
SPACE, MID, ASK = END | IS_SPACE, MARK | IS_MID, MARK | IS_ASK
"""Kinds: of a word; what joins none; a new-line; a space; what may join two words; the rules of UAX #29 decide."""


@kernel
def byte_kinds(text: Bytes) -> Bytes:  # pragma: no cover
    """Give the kind of each byte, and ``END`` behind the last. Bytes that are not ASCII have to ask.

    No loop has a branch: the compiler takes 32 bytes or more at once.
    """
    n = len(text)
    alone, kinds = np.empty(n + 2, np.uint8), np.empty(n + 1, np.uint8)
    alone[0] = alone[n + 1] = kinds[n] = END
    own = alone[1 : n + 1]
    for i in range(n):
        b = text[i]
        kind = np.uint8(MARK)
        kind = np.uint8(SPACE) if b == 32 else kind
        kind = np.uint8(END) if b == 10 else kind
        kind = np.uint8(MID) if (b == 46) | (b == 44) | (b == 39) | (b == 58) | (b == 59) else kind  # .,':;
        kind = np.uint8(ASK) if (b >= 128) | ((b < 32) & (b != 10)) | (b == 95) else kind
        kind = np.uint8(DIGIT) if np.uint8(b - np.uint8(48)) < 10 else kind
        own[i] = np.uint8(LETTER) if np.uint8((b | np.uint8(32)) - np.uint8(97)) < 26 else kind
    left, right = alone[:n], alone[2:]
    for i in range(n):
        kind = own[i]
        is_apart = (kind | left[i]) & IS_NO_WORD & ~((kind & left[i] & IS_SPACE) << 2)
        # What may join two words, behind one and before another (or before what has to ask), has to ask.
        asks = kind << 1 & ~(left[i] >> 4) & (~(right[i] >> 4) | right[i]) & IS_ASK
        kinds[i] = kind | is_apart >> 1 | asks
    return kinds


@kernel
def starts(kinds: Bytes) -> Ints:  # pragma: no cover
    """Give where segments begin, as far as that is plain, and the text's end."""
    n = len(kinds) - 1
    found = np.empty(n + 1, np.int32)
    count = np.uint64(0)
    for i in range(n):
        found[count] = i  # at every byte, the next overwrites it: quicker than to ask
        count += np.uint64(kinds[i] // IS_START & 1)
    found[count] = n
    return found[: count + np.uint64(1)]
