"""Near copies among texts that fit one machine, such as a classifier's training set: 700 bytes of memory a text.

Pairs of texts of estimated Jaccard similarity (``minhash``) at or above a threshold are edges; the groups are connected
components. Which pairs to look at is said by bands (Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, 3.4):
a signature is cut into b bands of r numbers, and texts that agree in all numbers of a band share a bucket. Texts of
similarity s share one at least with the chance 1 - (1 - s^r)^b.

In a bucket each text is held against a few leaders only, so a bucket of a million texts takes millions of comparisons,
not their square. Leaders are chosen by what texts hold, never by where they stand.
"""

import numpy as np

from transforms.text.compiled import inlined, kernel
from transforms.text.lsh_curve import collision_chance
from transforms.text.minhash import NO_WORDS, Marks, signatures
from transforms.text.shingles import Hashes
from transforms.text.unicode import Bytes, Longs

N_HASHES = 128
"""Numbers of a signature: an estimate near 0.8 errs by 0.035."""
SHINGLE_WORDS = 5
MIN_RECALL = 0.95
"""Of pairs whose similarity is the threshold: the least share that is looked at."""
MIN_THRESHOLD = 0.05

_LEADERS = 8  # of a bucket
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_32 = np.uint64(32)


def bands_of(threshold: float) -> tuple[int, int]:
    """Give bands and rows of a band: as many rows as ``MIN_RECALL`` allows, then all bands of the signature.

    More rows are fewer chance buckets. For 0.8 it is 18 bands of 7 rows, recall 98.6 %; the usual 14 bands of 8 rows
    have 92.4 %.

    Raises:
        ValueError: the threshold is not from ``MIN_THRESHOLD`` to 1.
    """
    if not MIN_THRESHOLD <= threshold <= 1:
        raise ValueError(f"threshold: given {threshold}; allowed: {MIN_THRESHOLD} to 1")
    rows = N_HASHES
    while collision_chance(threshold, N_HASHES // rows, rows) < MIN_RECALL:
        rows -= 1
    return N_HASHES // rows, rows


def near_groups(data: Bytes, offsets: Longs, threshold: float, seed: int) -> Longs:
    """Give the number of each text's group of near copies.

    Equal texts are always in one group, but texts without words are near nothing, not even each other. What the groups
    are does not depend on the order of texts; two texts whose estimate is at the threshold may be left apart if no
    bucket of theirs holds one against the other.

    Args:
        data: Valid UTF-8 bytes of all texts, one after another.
        offsets: Text ``i`` is ``data[offsets[i]:offsets[i + 1]]``.
        threshold: Least estimated similarity of a pair, ``MIN_THRESHOLD`` to 1; of sets of 5-word shingles, as
            ``minhash.signatures`` makes them.
        seed: Of the hash functions, 0 or more.

    Returns:
        ``[n_texts]``: the least index of the group's texts; a text's own where it is near no other.

    Raises:
        ValueError: the threshold is not allowed.
    """
    bands, rows = bands_of(threshold)
    signed = signatures(data, offsets, N_HASHES, SHINGLE_WORDS, seed)
    parents, kinds = _equal_ones(signed)
    n_equal = int(np.ceil(threshold * N_HASHES - 1e-9))
    for band in range(bands):
        keys = _keys(signed, kinds, band * rows, (band + 1) * rows)
        order = np.argsort(keys, kind="stable")
        _join_buckets(signed, kinds[order], keys[order], n_equal, parents)
    return _roots(parents)


def _equal_ones(signed: Marks) -> tuple[Longs, Longs]:
    """Group texts of equal signature, which holds millions of copies off the buckets.

    Returns:
        Each text's parent, the first text of its signature; and those first texts, but for texts without words, in an
        order that depends on their signatures alone: that of 64-bit hashes, which differ for a million texts but for
        one chance in 10^7.
    """
    parents = np.arange(len(signed))
    with_words = np.flatnonzero((signed != NO_WORDS).any(axis=1))
    keys = _keys(signed, with_words, 0, N_HASHES)
    _, first, kind_of = np.unique(keys, return_index=True, return_inverse=True)
    kinds = with_words[first]
    parents[with_words] = kinds[kind_of]
    return parents, kinds


@kernel
def _keys(signed: Marks, texts: Longs, first: int, end: int) -> Hashes:  # pragma: no cover
    """Hash the numbers ``first`` to ``end`` of some texts' signatures."""
    keys = np.empty(len(texts), np.uint64)
    for i in range(len(texts)):
        key = np.uint64(end - first)
        for k in range(first, end):
            key = (key ^ np.uint64(signed[texts[i], k])) * _MULTIPLIER
            key ^= key >> _32
        keys[i] = key
    return keys


@kernel
def _join_buckets(signed: Marks, texts: Longs, keys: Hashes, n_equal: int, parents: Longs) -> None:  # pragma: no cover
    """Join each text to the leaders of its bucket that it is near.

    The first text of a bucket leads, and so does each that is near no leader, until there are 8. Nothing here looks at
    what is joined already, so that the order of bands does not matter.

    Args:
        signed: Signatures of all texts.
        texts: Texts, those of one bucket side by side.
        keys: Their buckets.
        n_equal: Numbers that the signatures of two near texts share at least.
        parents: A forest of texts, to be joined.
    """
    leaders, n_leaders = np.empty(_LEADERS, np.int64), 0
    for i in range(len(texts)):
        if i == 0 or keys[i] != keys[i - 1]:
            n_leaders = 0
        is_led = False
        for k in range(n_leaders):
            if _count_equal(signed, texts[i], leaders[k]) >= n_equal:
                _join(parents, texts[i], leaders[k])
                is_led = True
        if not is_led and n_leaders < _LEADERS:
            leaders[n_leaders] = texts[i]
            n_leaders += 1


@inlined
def _count_equal(signed: Marks, a: int, b: int) -> int:  # pragma: no cover
    """Count places at which two texts' signatures agree."""
    n = 0
    for k in range(signed.shape[1]):
        n += signed[a, k] == signed[b, k]
    return n


@inlined
def _join(parents: Longs, a: int, b: int) -> None:  # pragma: no cover
    """Join two trees; the lesser root stays a root."""
    a, b = _root(parents, a), _root(parents, b)
    parents[max(a, b)] = min(a, b)


@inlined
def _root(parents: Longs, i: int) -> int:  # pragma: no cover
    """Give the root of a text's tree, halving the way to it."""
    while parents[i] != i:
        parents[i] = parents[parents[i]]
        i = parents[i]
    return i


@kernel
def _roots(parents: Longs) -> Longs:  # pragma: no cover
    """Give the root of each text's tree."""
    roots = np.empty(len(parents), np.int64)
    for i in range(len(parents)):
        roots[i] = _root(parents, i)
    return roots
