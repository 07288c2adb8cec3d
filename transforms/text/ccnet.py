r"""Texts as CCNet compares them, and lines as it shows them to a language model (Wenzek et al. 2020).

For comparing (``normalize_for_dedup`` of its ``text_normalizer``), white space around the text goes, letters are in
lower case, each decimal digit of any script is a 0, and 34 punctuation marks and the control characters U+0000 to
U+001F and U+007F to U+009F go. ASCII's punctuation is none of the marks and stays; accents stay too, though the paper
says that they go. New-lines are control characters: they go without leaving a space.

CCNet's code does so to each line of a text. DCLM's exact dedup (``ccnet_dedup_normalizer``) does so to a whole text, as
``normalised`` does, and then writes what is left in ASCII by ``unidecode``, which we do not: more than accents is lost
by it, the tones of Chinese for one.
"""

import unicodedata
from functools import lru_cache

import numpy as np

from transforms.text.compiled import kernel
from transforms.text.lowering import lower_texts
from transforms.text.scanning import after_spaces, before_spaces
from transforms.text.unicode import Bytes, Longs, char_at, classes

_TWINS = {
    '"': "„”“«»１」「《》",
    "'": "´’",
    ",": "，、",
    ".": "。",
    ". ": "．",
    "...": "…",
    ":": "∶：",
    ";": "；",
    "?": "？",
    "!": "！",
    "(": "（",
    ")": "）",
    "[": "【",
    "]": "】",
    "<": "〈",
    ">": "〉",
    "-": "–━►",
    " - ": "—",
    "~": "～",
    "%": "％",
}
MARKS = "".join(_TWINS.values())
"""CCNet's punctuation. The full-width 1 is no mistake of ours; where digits become 0 first, it makes no difference."""

_STAYS, _ZERO, _GOES = 0, 1, 2
_NEW_LINE = ord("\n")
_CONTROLS = (*range(0x20), *range(0x7F, 0xA0))


@lru_cache(maxsize=1)
def _kinds() -> Bytes:
    """Say of every code point what becomes of it (0.1 s)."""
    digits = np.fromiter(map(str.isdecimal, map(chr, range(0x110000))), bool, 0x110000)
    kinds = np.where(digits, _ZERO, _STAYS).astype(np.uint8)
    marks = [code for code in map(ord, MARKS) if not digits[code]]  # digits are replaced before marks go
    kinds[[*_CONTROLS, *marks]] = _GOES
    return kinds


@lru_cache(maxsize=1)
def _kinds_of_lines() -> Bytes:
    kinds = _kinds().copy()
    kinds[_NEW_LINE] = _STAYS
    return kinds


def normalised(data: Bytes, offsets: Longs) -> tuple[Bytes, Longs]:
    """Give what is left of each text when CCNet compares it.

    Args:
        data: Valid UTF-8 bytes of all texts, one after another.
        offsets: Text ``i`` is ``data[offsets[i]:offsets[i + 1]]``.

    Returns:
        The same of the normalised texts; the first offset is 0.
    """
    return _texts(data, offsets, _kinds())


def normalised_lines(data: Bytes, offsets: Longs) -> tuple[Bytes, Longs]:
    r"""Do as ``normalised``, but leave every ``\n``, so that line ``k`` of a text is what became of its line ``k``."""
    return _texts(data, offsets, _kinds_of_lines())


def _texts(data: Bytes, offsets: Longs, kinds: Bytes) -> tuple[Bytes, Longs]:
    cleaned, cleaned_offsets = _cleaned(*lower_texts(data, offsets), kinds, classes())
    cleaned.flags.writeable = cleaned_offsets.flags.writeable = False  # as Arrow's are: one kernel for both
    return cleaned, cleaned_offsets


def sentence(line: str) -> str:
    """Write a line as CCNet shows it to its language models (``normalize``).

    As for the comparing of texts, but accents go (marks of category Mn, once characters are decomposed), and each
    punctuation mark is replaced by ASCII's that is like it, some with a space, in place of going. CCNet cuts such
    sentences by SentencePiece next.
    """
    return unicodedata.normalize("NFD", line.strip().lower()).translate(_replacements())


@lru_cache(maxsize=1)
def _replacements() -> dict[int, str]:
    """Give what takes the place of code points; a digit is one before it is a mark."""
    told = {ord(mark): twin for twin, marks in _TWINS.items() for mark in marks}
    told |= dict.fromkeys(_CONTROLS, "")
    told |= dict.fromkeys(np.flatnonzero(_kinds() == _ZERO).tolist(), "0")
    accents = (code for code in range(0x110000) if unicodedata.category(chr(code)) == "Mn")
    return told | dict.fromkeys(accents, "")


@kernel
def _cleaned(data: Bytes, offsets: Longs, kinds: Bytes, table: Bytes) -> tuple[Bytes, Longs]:  # pragma: no cover
    out, out_offsets = np.empty(len(data), np.uint8), np.zeros(len(offsets), np.int64)
    strips = kinds[_NEW_LINE] == _GOES
    n = 0
    for i in range(len(offsets) - 1):
        start, end = offsets[i], offsets[i + 1]
        if strips:
            start = after_spaces(data[:end], start, end - start, table)
            end = before_spaces(data, start, end, end - start, table)
        n += _clean(data[start:end], kinds, out[n:])
        out_offsets[i + 1] = n
    return out[:n], out_offsets


@kernel
def _clean(text: Bytes, kinds: Bytes, out: Bytes) -> int:  # pragma: no cover
    """Write what stays of a text to the begin of ``out``; gives its length."""
    i, n = 0, 0
    while i < len(text):
        b = text[i]
        if b < 0x80:
            kind = kinds[b]
            out[n] = 48 if kind == _ZERO else b
            n += kind != _GOES
            i += 1
            continue
        code, size = char_at(text, i)
        kind = kinds[code]
        if kind == _ZERO:
            out[n] = 48
            n += 1
        elif kind == _STAYS:
            for j in range(i, i + size):
                out[n] = text[j]
                n += 1
        i += size
    return n
