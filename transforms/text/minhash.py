"""MinHash signatures (Broder 1997): as many numbers for each text, equal in the share in which texts are alike.

A text is the set of its shingles (``shingles``). Each hash function of a family puts all shingles in an order of its
own, and a signature is what comes first by each of them. Two texts agree at a place with the chance |A ∩ B| / |A ∪ B|,
their Jaccard similarity. The numbers are the high 32 bits of 64: two that differ are taken for equal with a chance of
n / 2^33 where each text has n shingles, which is 3 in 10^8 for a page of 300 words, 2 in 10^5 for a megabyte.

Bands of a signature are the buckets of a search for near copies; ``lsh_curve`` says which pairs they find.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from transforms.text.compiled import inlined, kernel
from transforms.text.ids import mixed
from transforms.text.shingle_units import MULTIPLIER
from transforms.text.shingles import Hashes, Shingles, Shingling, distinct_shingles, known_shingles, make_room
from transforms.text.unicode import Bytes, Ints, Longs

Marks = npt.NDArray[np.uint32]

NO_WORDS = 0xFFFFFFFF
"""What fills the signature of a text without words."""

_HIGHEST = np.uint32(NO_WORDS)
_32 = np.uint64(32)


class Family(NamedTuple):
    """Hash functions of one seed: the high 32 bits of ``multipliers[k] * shingle + addends[k]`` modulo 2^64."""

    multipliers: Hashes
    """Odd, so that no two shingles are alike to a function before its lower bits are left out."""
    addends: Hashes


class Signed(NamedTuple):
    """What one pass over texts tells of each."""

    n_shingles: Ints
    """Different ones."""
    set_hashes: Longs
    """Equal for equal sets of shingles, whatever their order, and for others with a chance of 1 in 2^64."""
    signatures: Marks
    """``[n_texts, n_hashes]``; a text without words is ``NO_WORDS`` throughout."""


def sign(data: Bytes, offsets: Longs, shingling: Shingling, n_hashes: int, seed: int) -> Signed:
    """Give number, hash and signature of each text's set of shingles.

    A signature takes 4 bytes a number: 1,000 texts of 9,000 numbers are 36 MB. One of fewer numbers, of the same seed,
    is the beginning of one of more.

    Args:
        data: Valid UTF-8 bytes of all texts, one after another.
        offsets: Text ``i`` is ``data[offsets[i]:offsets[i + 1]]``.
        shingling: What a shingle is.
        n_hashes: Numbers of a signature, 1 or more; an estimate of a similarity s errs by √(s (1 - s) / n_hashes).
        seed: 0 or more; signatures of different seeds cannot be compared. The other two do not depend on it.

    Raises:
        ValueError: a number is less than it may be, or the shingling's unit unknown.
    """
    if n_hashes < 1:
        raise ValueError(f"n_hashes: given {n_hashes}; allowed: 1 or more")
    if seed < 0:
        raise ValueError(f"seed: given {seed}; allowed: 0 or more")
    # Raw numbers: numpy promises that they stay the same in all its versions, and of no other that they do.
    random = np.random.PCG64(seed).random_raw((n_hashes, 2))
    family = Family(random[:, 0] | np.uint64(1), random[:, 1].copy())
    return _signed(data, offsets, known_shingles(shingling), family)


def signatures(data: Bytes, offsets: Longs, n_hashes: int, shingle_words: int, seed: int) -> Marks:
    """Give each text's signature over runs of so many words; as ``sign`` does, errors too."""
    return sign(data, offsets, Shingling("words", shingle_words), n_hashes, seed).signatures


def band_hashes(signatures: Marks, bands: int, rows: int) -> Longs:
    """Give the buckets of each text: two texts share that of a band if they agree in all its numbers.

    The band's number is hashed too: buckets of different bands meet only by chance, as those of different numbers do,
    which is 1 in 2^64. Texts without words share all buckets; leave them out.

    Args:
        signatures: ``[n_texts, n_hashes]``; band k is its numbers ``k * rows`` to ``(k + 1) * rows - 1``.
        bands: 1 or more.
        rows: Numbers of a band, 1 or more; ``bands * rows`` are n_hashes at most, what is behind them is not used.

    Returns:
        ``[n_texts, bands]``.

    Raises:
        ValueError: there are no such bands.
    """
    n_hashes = signatures.shape[1]
    if bands < 1 or rows < 1 or bands * rows > n_hashes:
        raise ValueError(f"bands: given {bands} of {rows} rows; allowed: 1 or more of each, {n_hashes} hashes in all")
    return _band_hashes(np.ascontiguousarray(signatures, np.uint32), bands, rows)


@kernel
def _signed(data: Bytes, offsets: Longs, known: Shingles, family: Family) -> Signed:  # pragma: no cover
    n_texts, room = len(offsets) - 1, make_room(offsets)
    n_shingles, set_hashes = np.zeros(n_texts, np.int32), np.zeros(n_texts, np.int64)
    found = np.full((n_texts, len(family.addends)), _HIGHEST, np.uint32)
    for i in range(n_texts):
        n = distinct_shingles(data[offsets[i] : offsets[i + 1]], known, room)
        n_shingles[i], set_hashes[i] = n, _hash_set(room.units, n)
        _lower(room.units, n, family, found[i])
    return Signed(n_shingles, set_hashes, found)


@kernel
def _hash_set(shingles: Hashes, n: int) -> int:  # pragma: no cover
    """Hash a set: shingles are mixed already, so their sum tells sets apart."""
    total = np.uint64(n) * MULTIPLIER
    for i in range(n):
        total += mixed(shingles[i] ^ MULTIPLIER)
    return np.int64(mixed(total))


@kernel
def _lower(shingles: Hashes, n: int, family: Family, least: Marks) -> None:  # pragma: no cover
    """Lower each number of a signature to the least of ``n`` shingles, the array's last three being free to write.

    Four shingles at a time, since a number of the signature is read and written for each time; LLVM takes eight numbers
    at once, of a short text as of a long one.
    """
    shingles[n : n + 3] = shingles[0]
    for i in range(0, n, 4):
        a, b, c, d = shingles[i], shingles[i + 1], shingles[i + 2], shingles[i + 3]
        for k in range(len(least)):
            by, add = family.multipliers[k], family.addends[k]
            place = min(by * a + add, by * b + add, by * c + add, by * d + add)
            least[k] = min(least[k], np.uint32(place >> _32))


@kernel
def _band_hashes(signatures: Marks, bands: int, rows: int) -> Longs:  # pragma: no cover
    found = np.empty((len(signatures), bands), np.int64)
    for i in range(len(signatures)):
        for band in range(bands):
            found[i, band] = np.int64(_hash_band(signatures[i], band, rows))
    return found


@inlined
def _hash_band(signature: Marks, band: int, rows: int) -> np.uint64:  # pragma: no cover
    """Hash the numbers of one band."""
    h = mixed(np.uint64(band + 1))
    for k in range(band * rows, (band + 1) * rows):
        h = (h ^ np.uint64(signature[k])) * MULTIPLIER
        h ^= h >> _32
    return h
