"""MinHash signatures (Broder 1997): as many numbers for each text, equal in the share in which texts are alike.

A text is the set of its shingles, which are runs of words. Each hash function of a family puts all shingles in an
order of its own, and a signature is what comes first by each of them. Two texts agree at a place with the chance
|A ∩ B| / |A ∪ B|, their Jaccard similarity.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from transforms.text.compiled import inlined, kernel
from transforms.text.eights import count_before, eight_at, first_gap, letters
from transforms.text.unicode import SPACE, Bytes, Longs, char_at, classes

Marks = npt.NDArray[np.uint32]
Hashes = npt.NDArray[np.uint64]

NO_WORDS = 0xFFFFFFFF
"""What fills the signature of a text without words."""

_HIGHEST = np.uint32(NO_WORDS)
_LOWER_CASE = np.uint64(2)  # bits from a mark of a byte, 128, to what makes an ASCII letter lower, 32
_MIX_1, _MIX_2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)  # Steele and others 2014, SplitMix
_27, _30, _31, _32 = np.uint64(27), np.uint64(30), np.uint64(31), np.uint64(32)


class Family(NamedTuple):
    """Hash functions of one seed: the high 32 bits of ``multipliers[k] * shingle + addends[k]`` modulo 2^64."""

    multipliers: Hashes
    """Odd. The first is beside the family's: it hashes words, and joins them to shingles."""
    addends: Hashes
    shingle_words: int


def signatures(data: Bytes, offsets: Longs, n_hashes: int, shingle_words: int, seed: int) -> Marks:
    """Give each text's signature.

    Words are cut at white space as ``str.split`` does; ASCII letters of either case are the same, others are not. A
    text of fewer words than a shingle has one shingle, of all its words. Where a script puts no spaces, a "word" is
    what lies between two, so such texts are alike only if long runs of them are equal.

    Args:
        data: Valid UTF-8 bytes of all texts, one after another.
        offsets: Text ``i`` is ``data[offsets[i]:offsets[i + 1]]``.
        n_hashes: Numbers of a signature; an estimate of a similarity s errs by √(s (1 - s) / n_hashes).
        shingle_words: Words of a shingle, 1 or more.
        seed: 0 or more; signatures of different seeds cannot be compared.

    Returns:
        ``[n_texts, n_hashes]``; a text without words is ``NO_WORDS`` throughout.

    Raises:
        ValueError: a number is less than it may be.
    """
    if n_hashes < 1 or shingle_words < 1:
        raise ValueError(f"n_hashes {n_hashes}, shingle_words {shingle_words}: allowed: 1 or more")
    # Raw numbers: numpy promises that they stay the same in all its versions, and of no other that they do.
    random = np.random.PCG64(seed).random_raw(2 * n_hashes + 1)
    multipliers, addends = random[: n_hashes + 1] | np.uint64(1), random[n_hashes + 1 :]
    multipliers.flags.writeable = addends.flags.writeable = False
    return _signatures(data, offsets, classes(), Family(multipliers, addends, shingle_words))


@kernel
def _signatures(data: Bytes, offsets: Longs, table: Bytes, family: Family) -> Marks:  # pragma: no cover
    found = np.full((len(offsets) - 1, len(family.addends)), _HIGHEST, np.uint32)
    window = np.empty(family.shingle_words, np.uint64)
    for i in range(len(found)):
        window[:] = 0
        _sign(data[offsets[i] : offsets[i + 1]], table, family, window, found[i])
    return found


@kernel
def _sign(text: Bytes, table: Bytes, family: Family, window: Hashes, least: Marks) -> None:  # pragma: no cover
    """Sign one text.

    A shingle is the polynomial of its words' hashes, so that the next one takes two multiplications.

    Args:
        text: Its bytes.
        table: ``unicode.classes()``.
        family: The hash functions.
        window: The last words' hashes, in a ring; zeros before.
        least: The text's signature, to be filled; ``NO_WORDS`` before.
    """
    multiplier, multipliers = family.multipliers[0], family.multipliers[1:]
    oldest = _power(multiplier, len(window))
    shingle = np.uint64(0)
    i = n = at = 0
    while True:
        start, i = _next_word(text, i, table)
        if start == i:
            break
        word = _hash_word(text, start, i, multiplier)
        shingle = shingle * multiplier + word - window[at] * oldest
        window[at] = word
        at = at + 1 if at + 1 < len(window) else 0
        n += 1
        if n >= len(window):
            _take(shingle, multipliers, family.addends, least)
    if 0 < n < len(window):
        _take(shingle, multipliers, family.addends, least)


@inlined
def _take(shingle: np.uint64, multipliers: Hashes, addends: Hashes, least: Marks) -> None:  # pragma: no cover
    """Lower each number of a signature to the shingle's, where that is less. LLVM does eight at a time of these."""
    shingle = (shingle ^ shingle >> _30) * _MIX_1
    shingle = (shingle ^ shingle >> _27) * _MIX_2
    shingle ^= shingle >> _31
    for k in range(len(least)):
        place = np.uint32((multipliers[k] * shingle + addends[k]) >> _32)
        least[k] = place if place < least[k] else least[k]


@inlined
def _next_word(text: Bytes, i: int, table: Bytes) -> tuple[int, int]:  # pragma: no cover
    """Give first byte and end of the next word at or behind ``i``; twice the text's end if there is none."""
    is_space = True
    while is_space and i < len(text):
        code, size = char_at(text, i)
        is_space = table[code] & SPACE != 0
        i += size * is_space
    start = i
    while not is_space and i < len(text):
        i += count_before(first_gap(eight_at(text, i)))
        if i < len(text):
            code, size = char_at(text, i)
            is_space = table[code] & SPACE != 0
            i += size * (not is_space)
    return start, i


@inlined
def _hash_word(text: Bytes, start: int, end: int, multiplier: np.uint64) -> np.uint64:  # pragma: no cover
    """Do as ``ids.hash_bytes``, with ASCII letters lower."""
    h = np.uint64(end - start)
    while start < end:
        eight = eight_at(text, start) << np.uint64(8 * max(8 - end + start, 0))
        h = (h ^ (eight | letters(eight) >> _LOWER_CASE)) * multiplier
        h ^= h >> _32
        start += 8
    return h * multiplier


@inlined
def _power(base: np.uint64, n: int) -> np.uint64:  # pragma: no cover
    """Give ``base ** n`` modulo 2^64."""
    power = np.uint64(1)
    for _ in range(n):
        power *= base
    return power
