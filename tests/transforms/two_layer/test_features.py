"""Hashed features: what plain Python counts, and nothing that white space or order of texts could change."""

import math
from collections import Counter
from itertools import pairwise

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from transforms.columns import Texts
from transforms.text.one_line import one_line
from transforms.two_layer.features import FNV, PRIME, Hashing, features_of, hashed_features

MASK = (1 << 64) - 1
CHARS = st.characters(exclude_categories=["Cs"])
WORDS = st.sampled_from(["a", "b", "word", "ß", "漢字", "😀", " ", "\n", "\t", "\x1c", "\x85", "\u2028", "\u3000"])
TEXTS = st.lists(st.text(CHARS, max_size=30) | st.lists(WORDS, max_size=12).map("".join), max_size=6)
HASHINGS = st.builds(Hashing, st.sampled_from([1, 2, 7, 64, 65536]), st.integers(0, 2**63 - 1))


def mixed(h):
    for factor in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):
        h = ((h ^ (h >> 33)) * factor) & MASK
    return h ^ (h >> 33)


def bucket(feature, hashing):
    h = FNV ^ mixed(hashing.seed)
    for byte in feature.encode():
        h = ((h ^ byte) * PRIME) & MASK
    return (mixed(h) >> 32) * hashing.n_features >> 32


def plain(text, hashing):
    """Give bucket → value, by the definition."""
    words = text.split()
    features = words + [f"{a} {b}" for a, b in pairwise(words)]
    counts = Counter(bucket(feature, hashing) for feature in features)
    values = {b: math.log1p(n) for b, n in sorted(counts.items())}
    length = math.sqrt(sum(value * value for value in values.values()))
    return {b: value / length for b, value in values.items()}


def rows_as_dicts(rows):
    starts = rows.offsets.tolist()
    entries = list(zip(rows.buckets.tolist(), rows.values.tolist(), strict=True))
    return [dict(entries[a:b]) for a, b in pairwise(starts)]


@given(TEXTS, HASHINGS)
@example(["", " \n", "a", "a a a", "a b a b", "aa b", "a ab"], Hashing(65536, 0))
def test_features_are_what_plain_python_counts(texts, hashing):
    rows = features_of(texts, hashing)
    for found, text in zip(rows_as_dicts(rows), texts, strict=True):
        wanted = plain(text, hashing)
        assert list(found) == list(wanted)  # in the order of buckets
        assert list(found.values()) == pytest.approx(list(wanted.values()), rel=1e-14)
    assert rows.has_words.tolist() == [bool(text.split()) for text in texts]


@given(TEXTS, HASHINGS)
def test_a_text_in_one_line_has_the_same_features_and_so_has_a_slice_of_a_batch(texts, hashing):
    batch = Texts.of(pa.array(["before it", *texts], pa.string()).slice(1))
    wanted = rows_as_dicts(features_of(texts, hashing))
    assert rows_as_dicts(hashed_features(batch.data, batch.offsets, hashing)) == wanted
    assert rows_as_dicts(hashed_features(*one_line(batch.data, batch.offsets), hashing)) == wanted


@given(TEXTS)
def test_texts_without_a_word_can_be_left_out(texts):
    rows = features_of(texts, Hashing(64, 0))
    assert rows_as_dicts(rows.without_empty()) == [one for one in rows_as_dicts(rows) if one]


def test_another_seed_is_another_hash_and_buckets_are_used_evenly():
    words = [f"w{i}" for i in range(8000)]
    first, second = (features_of(words, Hashing(64, seed)).buckets for seed in (0, 1))
    assert 0.005 < (first == second).mean() < 0.03  # 1 of 64 by chance
    assert all(90 < n < 165 for n in Counter(first.tolist()).values())  # 125 ± 3.6 standard deviations


def test_ten_million_characters_take_linear_time():
    rows = features_of(["a" * 10_000_000, "a " * 5_000_000], Hashing(4096, 0))
    assert [len(one) for one in rows_as_dicts(rows)] == [1, 2]
