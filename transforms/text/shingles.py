"""A text as the set of its shingles (Broder 1997): runs of so many words or characters, each hashed to 64 bits.

Among a million shingles two that differ share a hash with a chance of 3 in 10^8. How they are hashed is no secret: who
wants two to share one can write them so.
"""

from typing import Literal, NamedTuple, get_args

import numpy as np
import numpy.typing as npt

from transforms.text.compiled import kernel
from transforms.text.ids import mixed, power, random_multiplier, slot_bits
from transforms.text.shingle_units import MULTIPLIER, Cutting, hash_characters, hash_words, make_cutting
from transforms.text.unicode import Bytes, Longs
from transforms.text.unspaced import word_kinds

Hashes = npt.NDArray[np.uint64]
Unit = Literal["words", "characters"]

_0, _1 = np.uint64(0), np.uint64(1)


class Shingling(NamedTuple):
    """What a shingle is."""

    unit: Unit = "words"
    size: int = 5
    """Units of a shingle, 1 or more."""


class Shingles(NamedTuple):
    """What kernels make of a ``Shingling``, by ``known_shingles``."""

    table: Bytes
    by_words: bool
    size: int


class Room(NamedTuple):
    """Arrays that are used for one text after another, with room for the longest."""

    cutting: Cutting
    units: Hashes
    """Hashes of words or characters, then of shingles."""
    sums: Hashes
    """The polynomials of all beginnings of the text."""
    slots: Hashes
    """A hash table; 0 stands for a free slot."""
    multiplier: np.uint64
    """Of the hash table, drawn anew, so that nobody can write a text whose shingles all collide."""


def shingle_sets(data: Bytes, offsets: Longs, unit: Unit, size: int) -> tuple[Hashes, Longs]:
    """Give the set of each text's shingles.

    Words are cut at white space as ``str.split`` does, and in scripts without spaces (``unspaced``) each character is a
    word. Characters are those of the words, and a space for each run of white space between. ASCII letters of either
    case are the same, others are not. A text of fewer words or characters than a shingle has one shingle, of all of
    them; a text of white space has none.

    Args:
        data: Valid UTF-8 bytes of all texts, one after another.
        offsets: Text ``i`` is ``data[offsets[i]:offsets[i + 1]]``.
        unit: "words" or "characters".
        size: Units of a shingle, 1 or more.

    Returns:
        The hashes, none of them 0, and offsets: those of text ``i`` are ``hashes[offsets[i]:offsets[i + 1]]``,
        ascending, none twice. Equal shingles have equal hashes in all texts, calls and versions.

    Raises:
        ValueError: the unit is unknown, or the size less than 1.
    """
    return _sets(data, offsets, known_shingles(Shingling(unit, size)))


def known_shingles(shingling: Shingling) -> Shingles:
    """Give what kernels need to know.

    Raises:
        ValueError: the unit is unknown, or the size less than 1.
    """
    unit, size = shingling
    if unit not in get_args(Unit):
        raise ValueError(f"unit: given {unit!r}; allowed: {', '.join(get_args(Unit))}")
    if size < 1:
        raise ValueError(f"size of a shingle: given {size}; allowed: 1 or more")
    return Shingles(word_kinds(), unit == "words", size)


@kernel
def _sets(data: Bytes, offsets: Longs, known: Shingles) -> tuple[Hashes, Longs]:  # pragma: no cover
    room = make_room(offsets)
    # Room for the most that there may be: memory that is not written costs nothing.
    found, ends = np.empty(offsets[-1] - offsets[0], np.uint64), np.zeros(len(offsets), np.int64)
    for i in range(len(offsets) - 1):
        n = distinct_shingles(data[offsets[i] : offsets[i + 1]], known, room)
        ends[i + 1] = ends[i] + n
        found[ends[i] : ends[i + 1]] = room.units[:n]
        found[ends[i] : ends[i + 1]].sort()
    return found[: ends[-1]].copy(), ends


@kernel
def make_room(offsets: Longs) -> Room:  # pragma: no cover
    """Give room for the longest of some texts, and three numbers behind its shingles."""
    longest = 0
    for i in range(len(offsets) - 1):
        longest = max(longest, offsets[i + 1] - offsets[i])
    units, sums = np.empty(longest + 3, np.uint64), np.empty(longest + 1, np.uint64)
    slots = np.empty(1 << slot_bits(2 * longest), np.uint64)
    return Room(make_cutting(longest), units, sums, slots, random_multiplier())


@kernel
def distinct_shingles(text: Bytes, known: Shingles, room: Room) -> int:  # pragma: no cover
    """Write a text's distinct shingles to ``room.units``, in order of first occurrence; gives how many they are."""
    if known.by_words:
        n = hash_words(text, known.table, room.units, room.cutting)
    else:
        n = hash_characters(text, known.table, room.units, room.cutting)
    return _distinct(room.units, _join(room.units, n, known.size, room.sums), room.slots, room.multiplier)


@kernel
def _join(units: Hashes, n: int, size: int, sums: Hashes) -> int:  # pragma: no cover
    """Put shingles in place of ``n`` units: polynomials of their hashes; gives how many they are."""
    size = min(size, n)
    oldest, total = power(MULTIPLIER, size), _0
    for i in range(n):
        sums[i] = total
        total = total * MULTIPLIER + units[i]
    sums[n] = total
    n_shingles = n - size + 1 if n > 0 else 0
    for i in range(n_shingles):
        units[i] = max(mixed(sums[i + size] - sums[i] * oldest), _1)
    return n_shingles


@kernel
def _distinct(shingles: Hashes, n: int, slots: Hashes, multiplier: np.uint64) -> int:  # pragma: no cover
    """Leave the first of equal ones of ``n`` shingles; gives how many are left."""
    bits = slot_bits(2 * n)
    slots[: 1 << bits] = 0
    shift, last = np.uint64(64 - bits), np.uint64((1 << bits) - 1)
    n_left = _0
    for i in range(n):
        shingle = shingles[i]
        slot = shingle * multiplier >> shift
        while slots[slot] != 0 and slots[slot] != shingle:
            slot = (slot + _1) & last
        shingles[n_left] = shingle
        n_left += np.uint64(slots[slot] == 0)
        slots[slot] = shingle
    return np.int64(n_left)
