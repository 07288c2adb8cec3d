"""Which scripts a text is written in (definitions: schemas/languages.py)."""

import numpy as np

from schemas.languages import ScriptMeasures
from transforms.text.compiled import kernel
from transforms.text.script_tables import SCRIPTS, script_table
from transforms.text.unicode import Bytes, Doubles, Longs, char_at

_CODES = (None, *SCRIPTS)
_LATIN = _CODES.index("Latn")


def measure_scripts(data: Bytes, offsets: Longs) -> ScriptMeasures:
    """Measure a batch of texts: ``top_script`` becomes a list, the others arrays, of a value per text.

    Args:
        data: Valid UTF-8 bytes of all texts, one after another.
        offsets: Text ``i`` is ``data[offsets[i]:offsets[i + 1]]``.

    Example:
        >>> parts = ["Да, yes".encode(), "漢字かな".encode(), b"2026!"]
        >>> offsets = np.cumsum([0, *map(len, parts)])
        >>> told = measure_scripts(np.frombuffer(b"".join(parts), np.uint8), offsets)
        >>> told.top_script, told.top_script_ratio.tolist(), told.n_scripts.tolist()
        (['Latn', 'Hani', None], [0.6, 0.5, 0.0], [2, 2, 0])
    """
    tops, ratios, n_scripts = _count(data, offsets, script_table(), len(_CODES))
    return ScriptMeasures([_CODES[top] for top in tops.tolist()], ratios, n_scripts)


@kernel
def _count(data: Bytes, offsets: Longs, table: Bytes, n_codes: int) -> tuple[Longs, Doubles, Longs]:  # pragma: no cover
    """Give, of each text, the number of its top script, that script's share, and how many scripts there are."""
    n = len(offsets) - 1
    tops, ratios, n_scripts = np.zeros(n, np.int64), np.zeros(n, np.float64), np.zeros(n, np.int64)
    counts = np.zeros(n_codes, np.int64)
    for i in range(n):
        text = data[offsets[i] : offsets[i + 1]]
        n_latin, is_ascii = _count_ascii(text)
        if is_ascii:
            if n_latin > 0:
                tops[i], ratios[i], n_scripts[i] = _LATIN, 1.0, 1
            continue
        counts[:] = 0
        counts[_LATIN] = n_latin
        _count_others(text, table, counts)
        tops[i], ratios[i], n_scripts[i] = _describe(counts)
    return tops, ratios, n_scripts


@kernel
def _count_ascii(text: Bytes) -> tuple[int, bool]:  # pragma: no cover
    """Count the ASCII letters, and say whether there is nothing but ASCII; written so that LLVM takes many at once."""
    n = 0
    seen = np.uint8(0)
    for b in text:
        n += np.uint8((b | np.uint8(32)) - np.uint8(97)) < np.uint8(26)
        seen |= b
    return n, seen < 128


@kernel
def _count_others(text: Bytes, table: Bytes, counts: Longs) -> None:  # pragma: no cover
    """Count the characters that are not ASCII by the numbers of their scripts."""
    i = 0
    while i < len(text):
        if text[i] < 128:
            i += 1
        else:
            code, size = char_at(text, i)
            counts[table[code]] += 1
            i += size


@kernel
def _describe(counts: Longs) -> tuple[int, float, int]:  # pragma: no cover
    """Give the number of the script of most letters, its share, and how many scripts have letters; 0 is no script."""
    top = n_letters = n_scripts = 0
    for k in range(1, len(counts)):
        n_letters += counts[k]
        n_scripts += counts[k] > 0
        if counts[k] > (counts[top] if top > 0 else 0):
            top = k
    return top, counts[top] / n_letters if n_letters > 0 else 0.0, n_scripts
