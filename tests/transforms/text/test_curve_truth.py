"""The curve that is printed is the one that is measured: pairs of texts of known similarity, 0.3 to 1 in steps."""

import math

import numpy as np
import pytest

from tests.transforms.edits import pack
from tests.transforms.text.shingled import STEPS, alike, shingles
from transforms.text.lsh_curve import PRESETS, Bands, collision_chance
from transforms.text.minhash import band_hashes, sign
from transforms.text.overlaps import overlaps, sets_of
from transforms.text.shingles import Shingling, shingle_sets

N_PAIRS = 400
"""Of each step."""
FOUR_SIGMA = 3.2e-5
"""The chance of a count that is so far from what is expected, on one side."""


def log_chance(k, n, p):
    """The logarithm of a binomial chance."""
    ways = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
    return ways + (k * math.log(p) if k else 0) + ((n - k) * math.log1p(-p) if k < n else 0)


def tails(k, n, p):
    """The chances of ``k`` hits or fewer, and of ``k`` or more."""
    if p in (0, 1):
        return float(k >= n * p), float(k <= n * p)
    below = math.fsum(math.exp(log_chance(i, n, p)) for i in range(k))
    at = math.exp(log_chance(k, n, p))
    return below + at, 1 - below


@pytest.fixture(scope="module")
def corpora():
    """Step → texts, one of a pair behind the other."""
    told = {}
    for similarity in STEPS:
        pairs = [alike(similarity, 5, f"{similarity}y{k}") for k in range(N_PAIRS)]
        told[similarity] = pack([text for pair in pairs for text in pair])
    return told


def is_shared(texts, cut, seed):
    """Which pairs share a bucket."""
    buckets = band_hashes(sign(*texts, Shingling("words", 5), cut.n_hashes, seed).signatures, *cut)
    return (buckets[::2] == buckets[1::2]).any(axis=1)


@pytest.mark.parametrize("similarity", [0.3, 0.55, 0.8, 1])
def test_pairs_are_as_alike_as_they_shall_be(similarity):
    a, b = (shingles(text, 5) for text in alike(similarity, 5, "seed"))
    assert len(a & b) / len(a | b) == similarity
    assert len(a | b) == 200


def test_tails_are_those_of_the_binomial():
    assert tails(1, 2, 0.5) == pytest.approx((0.75, 0.75))
    assert tails(440, 400 * 2, 0.5) == pytest.approx((0.9979, 0.0026), abs=2e-4)
    assert tails(400, 400, 1) == (1, 1)
    assert tails(399, 400, 1) == (0, 1)


@pytest.mark.parametrize("cut", [PRESETS["fineweb"], PRESETS["nemo"], PRESETS["dclm"], Bands(5, 3)], ids=str)
def test_so_many_pairs_share_a_bucket_as_the_curve_says(corpora, cut):
    n_expected, variance, n_found = 0.0, 0.0, 0
    for similarity, texts in corpora.items():
        n_shared, chance = int(is_shared(texts, cut, 3).sum()), float(collision_chance(similarity, *cut))
        assert min(tails(n_shared, N_PAIRS, chance)) > FOUR_SIGMA, (similarity, n_shared / N_PAIRS, chance)
        n_expected, variance = n_expected + N_PAIRS * chance, variance + N_PAIRS * chance * (1 - chance)
        n_found += n_shared
    assert abs(n_found - n_expected) < 4 * math.sqrt(variance), "of all steps together"


@pytest.mark.parametrize("least", [0.5, 0.8])
def test_what_is_compared_is_judged_rightly_at_every_step(corpora, least):
    for similarity, texts in corpora.items():
        is_compared = is_shared(texts, PRESETS["fineweb"], 3)
        hashes, offsets = shingle_sets(*texts, "words", 5)
        sets = np.split(hashes, offsets[1:-1])
        told = [len(np.intersect1d(a, b)) for a, b in zip(sets[::2], sets[1::2], strict=True)]
        assert set(told) == {round(200 * similarity)}, "no two shingles have one hash"
        is_near = is_compared & (np.array(told) / 200 >= least)
        assert is_near.sum() == (is_compared.sum() if similarity >= least else 0), "precision is 1, and nothing is lost"


@pytest.mark.parametrize("least", [0.5, 0.8])
def test_brute_force_finds_every_pair_at_the_threshold_and_no_other(corpora, least):
    shingling = Shingling("words", 5)
    for similarity, texts in corpora.items():
        hashes, offsets = shingle_sets(*texts, *shingling)
        found = overlaps(*texts, shingling, sets_of(hashes, offsets), least)
        pairs = set(zip(found.texts.tolist(), found.sets.tolist(), strict=True))
        own = {(i, i) for i in range(2 * N_PAIRS)}
        twins = {(i, i ^ 1) for i in range(2 * N_PAIRS)}
        assert pairs == (own | twins if similarity >= least else own)
