"""Scripts that put no spaces between words, and what each character is to who cuts words at spaces.

In a text of such a script what lies between two spaces is a clause or a paragraph. Where its words end only a
dictionary knows, so here each of its characters is a word by itself.
"""

from functools import lru_cache

import numpy as np

from transforms.text.script_tables import SCRIPTS, script_table
from transforms.text.unicode import SPACE, Bytes, classes

_EAST = ("Bopo", "Hani", "Hira", "Kana", "Nshu", "Tang", "Yiii")
_SOUTH_EAST = ("Ahom", "Khmr", "Lana", "Laoo", "Mymr", "Tale", "Talu", "Tavt", "Thai")
_BY_SYLLABLES = ("Bali", "Batk", "Brah", "Cham", "Diak", "Gran", "Java", "Maka")

UNSPACED = (*_EAST, *_SOUTH_EAST, *_BY_SYLLABLES, "Tibt")
"""ISO 15924 codes. Unicode lets a line end between letters of these (UAX #14: classes ID and CJ; SA; AK and AS).

Hangul is left out, though its lines may end so: Korean has spaces between words. Tibetan is with them, though its lines
do not: it has marks between syllables, and spaces between clauses only.
"""

GAP, RUN, ALONE = 0, 1, 2
"""Kinds: white space, as ``str.isspace`` says; what makes words together with its like; what is a word by itself."""


@lru_cache(maxsize=1)
def word_kinds() -> Bytes:
    """Give the kind of every code point, 0x110000 bytes; built once per process."""
    numbers = [SCRIPTS.index(code) + 1 for code in UNSPACED]
    kinds = np.where(np.isin(script_table(), numbers), ALONE, RUN)
    return np.where(classes() & SPACE, GAP, kinds).astype(np.uint8)
