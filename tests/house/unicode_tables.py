"""Prints the literals of the Unicode tables in transforms/text, from the properties that uniseg holds.

Use:
    python -m tests.house.unicode_tables sentence|word
"""

import itertools
import sys
import textwrap
from collections.abc import Sequence

SENTENCE = ["OTHER", "SP", "EXTEND", "FORMAT", "LOWER", "UPPER", "OLETTER", "NUMERIC", "SCONTINUE", "CLOSE"]
SENTENCE += ["CR", "LF", "SEP", "ATERM", "STERM"]
"""Values of Sentence_Break in the order of transforms/text/sentence_breaks.py."""


def runs_of(values: Sequence[str]) -> str:
    """Write a letter per code point as runs: length in hex, then the letter."""
    return "".join(f"{len(list(run)):x}{letter}" for letter, run in itertools.groupby(values))


def sentence() -> str:
    """Give the runs of Sentence_Break, G for the first of ``SENTENCE``, H for the next, and so on."""
    from uniseg.sentencebreak import sentence_break

    letters = {name: chr(ord("G") + i) for i, name in enumerate(SENTENCE)}
    return runs_of([letters[sentence_break(chr(code)).name] for code in range(0x110000)])


WORD = ["OTHER", "ALETTER", "HEBREW_LETTER", "NUMERIC", "KATAKANA", "EXTENDNUMLET", "MIDLETTER", "MIDNUM"]
WORD += ["MIDNUMLET", "SINGLE_QUOTE", "DOUBLE_QUOTE", "EXTEND", "FORMAT", "ZWJ", "REGIONAL_INDICATOR", "WSEGSPACE"]
WORD += ["NEWLINE", "PICT", "PICT_ALETTER"]
"""Values of Word_Break in the order of transforms/text/word_breaks.py; CR and LF are NEWLINE, and emoji told apart."""


def word() -> str:
    """Give the runs of Word_Break, G for the first of ``WORD``, H for the next, and so on."""
    from uniseg.emoji import extended_pictographic
    from uniseg.wordbreak import word_break

    def letter(character: str) -> str:
        name = word_break(character).name
        name = "NEWLINE" if name in ("CR", "LF") else name
        if extended_pictographic(character):
            name = "PICT" if name == "OTHER" else f"PICT_{name}"
        return chr(ord("G") + WORD.index(name))

    return runs_of([letter(chr(code)) for code in range(0x110000)])


TABLES = {"sentence": sentence, "word": word}


if __name__ == "__main__":
    for line in textwrap.wrap(TABLES[sys.argv[1]](), 110):
        print(f'    "{line}"')
