"""Texts → hashed features: their words and pairs of neighbouring words, by bucket.

A word is what ``str.split`` gives, so line breaks and other white space make no difference. A feature's bytes are the
UTF-8 of a word, or of two words with a space between them (which no word holds, so that words and pairs never meet).
Its hash is FNV-1a of 64 bits, started at ``FNV ^ mix(seed)`` and finished by ``mix`` (murmur3's fmix64); its bucket is
``(hash >> 32) * n_features >> 32`` (feature hashing: Weinberger et al., ICML 2009). A bucket's value is
``log(1 + count)``, and a text's values are divided by their Euclidean length: long texts do not outweigh short ones.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from transforms.text.compiled import inlined, kernel
from transforms.text.unicode import SPACE, Bytes, Doubles, Ints, Longs, char_at, classes

Bools = npt.NDArray[np.bool_]
MAX_FEATURES = 1 << 24
FNV, PRIME = 0xCBF29CE484222325, 0x100000001B3
_PRIME, _SPACE, _32, _33 = np.uint64(PRIME), np.uint64(32), np.uint64(32), np.uint64(33)
_FIRST, _SECOND = np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53)


class Hashing(NamedTuple):
    """How features are hashed; part of a network, which knows no others."""

    n_features: int
    """Buckets, from 1 to ``MAX_FEATURES``."""
    seed: int
    """From 0 to 2^63 - 1."""


class Rows(NamedTuple):
    """The features of texts, as a sparse matrix in rows."""

    offsets: Longs
    """Text ``i`` has the entries from ``offsets[i]`` to ``offsets[i + 1]``; none if it has no word."""
    buckets: Ints
    """Rising within a text."""
    values: Doubles
    """Above 0, at most 1; their squares sum to 1 in each text that has a word."""

    @property
    def has_words(self) -> Bools:
        """Which texts have any word."""
        return np.diff(self.offsets) > 0

    def without_empty(self) -> "Rows":
        """Leave out the texts without a word."""
        return self._replace(offsets=np.unique(self.offsets))


def hashed_features(data: Bytes, offsets: Longs, hashing: Hashing) -> Rows:
    """Hash the words of each text.

    Args:
        data: Valid UTF-8 bytes of all texts, one after another.
        offsets: Text ``i`` is ``data[offsets[i]:offsets[i + 1]]``.
        hashing: How many buckets, and the seed.
    """
    start = np.uint64(FNV) ^ _mix(np.uint64(hashing.seed))
    return Rows(*_rows(data, offsets, hashing.n_features, start, classes()))


def features_of(texts: list[str], hashing: Hashing) -> Rows:
    """Do as ``hashed_features``, of Python strings.

    Raises:
        ValueError: a text has a lone surrogate, which is no Unicode character.
    """
    encoded = [text.encode() for text in texts]
    data = np.frombuffer(b"".join(encoded), np.uint8)
    offsets = np.cumsum([0, *map(len, encoded)], dtype=np.int64)
    data.flags.writeable = offsets.flags.writeable = False  # as Arrow's are: one kernel for both
    return hashed_features(data, offsets, hashing)


@inlined
def _mix(h: np.uint64) -> np.uint64:  # pragma: no cover
    """Spread a hash over all 64 bits (fmix64 of murmur3, by A. Appleby)."""
    h = (h ^ (h >> _33)) * _FIRST
    h = (h ^ (h >> _33)) * _SECOND
    return h ^ (h >> _33)


@inlined
def _hashed(h: np.uint64, byte: np.uint8) -> np.uint64:  # pragma: no cover
    """Extend an FNV-1a hash by a byte."""
    return (h ^ np.uint64(byte)) * _PRIME


@inlined
def _counted(h: np.uint64, counts: Ints, buckets: Ints, n: int) -> int:  # pragma: no cover
    """Count a feature; gives how many buckets the text has by now."""
    bucket = np.int64(((_mix(h) >> _32) * np.uint64(len(counts))) >> _32)
    if counts[bucket] == 0:
        buckets[n] = bucket
        n += 1
    counts[bucket] += 1
    return n


@kernel
def _count_words(  # pragma: no cover
    text: Bytes, start: np.uint64, kinds: Bytes, counts: Ints, buckets: Ints
) -> int:
    """Count the words and pairs of a text; gives how many buckets it has."""
    n, at, before, is_first = 0, 0, start, True
    while at < len(text):
        code, size = char_at(text, at)
        if kinds[code] & SPACE:
            at += size
            continue
        word, pair = start, (before ^ _SPACE) * _PRIME
        while at < len(text):
            code, size = char_at(text, at)
            if kinds[code] & SPACE:
                break
            for k in range(at, at + size):
                word, pair = _hashed(word, text[k]), _hashed(pair, text[k])
            at += size
        n = _counted(word, counts, buckets, n)
        if not is_first:
            n = _counted(pair, counts, buckets, n)
        before, is_first = word, False
    return n


@kernel
def _rows(  # pragma: no cover
    data: Bytes, offsets: Longs, n_features: int, start: np.uint64, kinds: Bytes
) -> tuple[Longs, Ints, Doubles]:
    most = offsets[-1] - offsets[0]  # a word takes a byte, and so does what is before the next one
    buckets, values = np.empty(most, np.int32), np.empty(most, np.float64)
    counts, ends = np.zeros(n_features, np.int32), np.zeros(len(offsets), np.int64)
    for i in range(len(offsets) - 1):
        at = ends[i]
        end = at + _count_words(data[offsets[i] : offsets[i + 1]], start, kinds, counts, buckets[at:])
        buckets[at:end].sort()
        total = 0.0
        for k in range(at, end):
            values[k] = np.log1p(np.float64(counts[buckets[k]]))
            total += values[k] * values[k]
            counts[buckets[k]] = 0
        values[at:end] /= np.sqrt(total) if total > 0 else 1.0
        ends[i + 1] = end
    return ends, buckets[: ends[-1]].copy(), values[: ends[-1]].copy()
