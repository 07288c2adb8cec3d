"""The eight stop words that Gopher's quality rules ask for (Rae et al. 2021, Table A1)."""

import numpy as np

from transforms.text.compiled import inlined

_WORDS = [int.from_bytes(word, "little") for word in b"the be to of and that have with".split()]
# Some bits of a word tell it apart from the other seven: it is the only candidate for all words with these bits.
_BY_PLACE = np.array(sorted(_WORDS, key=lambda word: word * 513 >> 18 & 7), np.uint64)

LONGEST = 4


@inlined
def is_stop_word(word: np.uint64) -> bool:  # pragma: no cover
    """Say whether a word in lower case is a stop word: its bytes as a number, the first lowest, zeros above."""
    return _BY_PLACE[word * np.uint64(513) >> np.uint64(18) & np.uint64(7)] == word
