"""More character classes by code point, and which characters are one letter where case is ignored."""

from functools import lru_cache

import numpy as np

from transforms.text.unicode import ALNUM, Bytes, Ints, classes

UPPER, DIGIT, DECIMAL, WORD = 16, 32, 64, 128
"""Bits beside those of ``classes``: ``str.isupper``, ``str.isdigit``, and what ``re`` calls ``\\d`` and ``\\w``."""


@lru_cache(maxsize=1)
def cases() -> Bytes:
    """Give the class bits of every code point, those of ``classes`` among them; built once per process."""
    characters = list(map(chr, range(0x110000)))
    table = classes().copy()
    table[table & ALNUM != 0] |= WORD
    table[ord("_")] |= WORD
    for bit, test in ((UPPER, str.isupper), (DIGIT, str.isdigit), (DECIMAL, str.isdecimal)):
        table |= np.fromiter(map(test, characters), bool, len(characters)).astype(np.uint8) * np.uint8(bit)
    return table


@lru_cache(maxsize=1)
def folds() -> Ints:
    """Give, for every code point, the least one that ``re.IGNORECASE`` holds to be the same letter.

    Those are the characters whose lower-case letters share an upper-case letter: K, k and the Kelvin
    sign; S, s and ſ; I, i, İ and ı.
    """
    table = np.arange(0x110000, dtype=np.int32)
    least: dict[str, int] = {}
    for character in map(chr, range(0x110000)):
        lower, upper = character.lower(), character.upper()
        if lower != character or upper != character:
            # Only İ has two characters in lower case; `re` looks at the first.
            table[ord(character)] = least.setdefault(lower[0].upper(), ord(character))
    return table
