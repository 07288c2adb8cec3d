"""Hashes of texts: of a text itself, and of what is left when two texts count as equal."""

import hashlib
from itertools import pairwise

import numpy as np

from transforms.text.ccnet import normalised
from transforms.text.compiled import kernel
from transforms.text.lowering import lower_texts
from transforms.text.unicode import SPACE, Bytes, Longs, char_at, classes

NORMALISERS = ("none", "whitespace_lower", "ccnet")
"""As it is; in lower case, each run of white space one space, none around; or as CCNet does (``ccnet``)."""


def text_hashes(data: Bytes, offsets: Longs) -> list[str]:
    """Give the hex sha256 of each text."""
    return [hashlib.sha256(part).hexdigest() for part in _parts(data, offsets)]


def exact_hashes(data: Bytes, offsets: Longs, normaliser: str) -> list[str]:
    """Give the first 128 bits of sha256 of each normalised text, as hex; texts that count as equal share it.

    Args:
        data: Valid UTF-8 bytes of all texts, one after another.
        offsets: Text ``i`` is ``data[offsets[i]:offsets[i + 1]]``.
        normaliser: One of ``NORMALISERS``; the second is ``" ".join(text.lower().split())``, the third
            ``ccnet.normalised``, which leaves nothing of a text of its marks alone.

    Raises:
        ValueError: the normaliser is unknown.
    """
    if normaliser not in NORMALISERS:
        raise ValueError(f"unknown normaliser {normaliser!r}")
    if normaliser == "whitespace_lower":
        data, offsets = _squeezed(*lower_texts(data, offsets), classes())
    elif normaliser == "ccnet":
        data, offsets = normalised(data, offsets)
    return [hashlib.sha256(part).hexdigest()[:32] for part in _parts(data, offsets)]


def _parts(data: Bytes, offsets: Longs) -> list[memoryview]:
    whole, at = memoryview(data), offsets.tolist()
    return [whole[start:end] for start, end in pairwise(at)]


@kernel
def _squeezed(data: Bytes, offsets: Longs, table: Bytes) -> tuple[Bytes, Longs]:  # pragma: no cover
    """Join each text's words by single spaces."""
    out = np.empty(len(data), np.uint8)
    out_offsets = np.zeros(len(offsets), np.int64)
    n = 0
    for k in range(len(offsets) - 1):
        i, start = offsets[k], n
        was_space = False
        while i < offsets[k + 1]:
            code, size = char_at(data, i)
            is_space = table[code] & SPACE != 0
            if not is_space:
                if was_space and n > start:
                    out[n] = 32
                    n += 1
                for j in range(i, i + size):
                    out[n] = data[j]
                    n += 1
            was_space = is_space
            i += size
        out_offsets[k + 1] = n
    return out, out_offsets
