"""Near copies: groups that hold what was planted."""

import random
import time
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.edits import ANY, HARD, pack
from tests.transforms.text.shingled import drawn_words as words
from tests.transforms.text.shingled import shingles
from transforms.text import near
from transforms.text.minhash import NO_WORDS, signatures
from transforms.text.near import MIN_RECALL, MIN_THRESHOLD, N_HASHES, SHINGLE_WORDS, bands_of, near_groups

FEW_WORDS = st.lists(st.sampled_from(["a", "A", "b", "é", "É", "\u3000", "\n", "Longer-Word", "x\0"]), max_size=12)
TEXTS = st.lists(st.one_of(FEW_WORDS.map(" ".join), ANY, st.sampled_from(HARD)), max_size=12)


def changed(text, at, word="another"):
    return [*text[:at], word, *text[at + 1 :]]


def partition(groups, names):
    """The sets of names that are in one group each."""
    found = {}
    for group, name in zip(groups.tolist(), names, strict=True):
        found.setdefault(group, set()).add(name)
    return {frozenset(one) for one in found.values()}


def half_alike():
    """Texts that share much of their beginnings, each twice with a word changed."""
    drawn, common, texts = random.Random(0), words(60, 0), []
    for k in range(600):
        own = common[: drawn.randrange(30, 60)] + words(drawn.randrange(25), k)
        texts += [" ".join(own), " ".join(changed(own, drawn.randrange(len(own))))]
    return texts


def estimates(signed):
    return {(a, b): (signed[a] == signed[b]).mean() for a, b in combinations(range(len(signed)), 2)}


def components(signed, threshold):
    """Groups by looking at every pair."""
    groups = np.arange(len(signed))
    for (a, b), estimate in estimates(signed).items():
        if estimate >= threshold and signed[a, 0] != NO_WORDS:
            groups[groups == max(groups[a], groups[b])] = min(groups[a], groups[b])
    return groups


class TestBands:
    @pytest.mark.parametrize("threshold", np.linspace(MIN_THRESHOLD, 1, 39))
    def test_enough_pairs_at_the_threshold_are_looked_at(self, threshold):
        bands, rows = bands_of(threshold)
        assert 0 < bands * rows <= N_HASHES
        assert 1 - (1 - threshold**rows) ** bands >= MIN_RECALL

    @pytest.mark.parametrize("threshold", [-1, 0, 0.01, 1.01, float("nan")])
    def test_what_is_no_threshold_is_an_error(self, threshold):
        with pytest.raises(ValueError, match="threshold"):
            bands_of(threshold)


class TestGroups:
    def test_copies_are_found_and_different_texts_are_not(self):
        first, second, third = (words(200, seed) for seed in range(3))
        texts = [first, second, changed(first, 100), third, second, changed(second, 7), words(200, 9)]
        groups = near_groups(*pack([" ".join(text) for text in texts]), 0.8, 0)
        assert groups.tolist() == [0, 1, 0, 3, 1, 1, 6]
        assert groups.dtype == np.int64

    def test_only_equal_sets_are_near_at_one(self):
        text = words(200, 0)
        texts = [text, changed(text, 100), [*text], [word.upper() for word in text]]
        assert near_groups(*pack([" ".join(text) for text in texts]), 1, 0).tolist() == [0, 1, 0, 0]

    def test_what_is_near_to_the_near_is_in_the_group(self):
        # One word more is changed from each text to the next: the ends share less than half of their shingles.
        chain = [words(200, 0)]
        for k in range(20):
            chain.append(changed(chain[-1], 5 + k * 9))
        texts = [" ".join(text) for text in chain]
        assert len(shingles(texts[0], 5) & shingles(texts[-1], 5)) < 0.5 * len(shingles(texts[0], 5))
        assert near_groups(*pack(texts), 0.8, 0).tolist() == [0] * 21

    def test_texts_without_words_are_near_nothing_and_short_texts_their_equals(self):
        texts = ["", "a", "", " ", "b", "a", " ", "a b", "b a", "a b"]
        assert near_groups(*pack(texts), 0.5, 0).tolist() == [0, 1, 2, 3, 4, 1, 6, 7, 8, 7]

    def test_no_texts_have_no_groups(self):
        assert near_groups(*pack([]), 0.8, 0).tolist() == []

    @pytest.mark.parametrize("threshold", [0.5, 0.8, 0.9])
    def test_hardly_any_near_pair_is_missed(self, threshold):
        # Of 96 shingles each, those of the first words are common: so many that the similarity is the threshold.
        texts, n_common = [], round(96 * 2 * threshold / (1 + threshold)) + 4
        for k in range(2_000):
            text = words(100, k)
            texts += [" ".join(text), " ".join(text[:n_common] + words(100 - n_common, -k - 1.5))]
        data, offsets = pack(texts)
        signed = signatures(data, offsets, N_HASHES, SHINGLE_WORDS, 0)
        estimate = (signed[::2] == signed[1::2]).mean(axis=1)
        is_near = (estimate >= threshold) & (estimate < threshold + 0.05)
        groups = near_groups(data, offsets, threshold, 0)
        is_found = groups[::2] == groups[1::2]
        assert is_near.sum() > 300
        assert is_found[is_near].mean() >= MIN_RECALL
        assert not is_found[estimate < threshold].any()

    @settings(max_examples=200, deadline=None)
    @given(TEXTS, st.sampled_from([0.05, 0.3, 0.8, 1]), st.integers(0, 3), st.randoms())
    def test_groups_of_any_texts_are_linked_and_do_not_depend_on_order(self, texts, threshold, seed, order):
        data, offsets = pack(texts)
        groups = near_groups(data, offsets, threshold, seed)
        allowed = components(signatures(data, offsets, N_HASHES, SHINGLE_WORDS, seed), threshold)
        assert all(allowed[i] == allowed[group] for i, group in enumerate(groups))
        assert all(groups[group] == group <= i for i, group in enumerate(groups))
        for a, b in combinations(range(len(texts)), 2):
            assert groups[a] == groups[b] or texts[a] != texts[b] or not texts[a].split()
        names = list(range(len(texts)))
        order.shuffle(names)
        again = near_groups(*pack([texts[name] for name in names]), threshold, seed)
        assert partition(again, names) == partition(groups, range(len(texts)))

    def test_order_does_not_matter_where_buckets_are_full_of_half_alike_texts(self):
        drawn, texts = random.Random(0), half_alike()
        names = list(range(len(texts)))
        whole = partition(near_groups(*pack(texts), 0.7, 0), names)
        assert 100 < len(whole) < 1100
        for _ in range(5):
            drawn.shuffle(names)
            assert partition(near_groups(*pack([texts[name] for name in names]), 0.7, 0), names) == whole

    def test_the_order_of_bands_does_not_matter(self, monkeypatch):
        data, offsets = pack(half_alike())
        whole = near_groups(data, offsets, 0.7, 0)
        monkeypatch.setattr(near, "range", lambda n: reversed(range(n)), raising=False)  # kernels are compiled
        assert (near_groups(data, offsets, 0.7, 0) == whole).all()

    def test_a_seed_always_gives_the_same(self):
        data, offsets = pack([" ".join(words(30, k % 7)[: 20 + k % 11]) for k in range(200)])
        assert (near_groups(data, offsets, 0.8, 4) == near_groups(data, offsets, 0.8, 4)).all()

    def test_very_many_copies_of_one_text_take_a_second(self):
        data, offsets = pack(["The same text again."] * 200_000)
        assert seconds(lambda: near_groups(data, offsets, 0.8, 0), [0] * 200_000) < 5  # 0.4 s; all pairs: minutes

    def test_very_many_near_copies_share_buckets_and_take_seconds(self):
        common = " ".join(words(40, 0))
        data, offsets = pack([f"{common} {k}" for k in range(50_000)])
        assert seconds(lambda: near_groups(data, offsets, 0.8, 0), [0] * 50_000) < 5  # 0.3 s

    def test_very_many_texts_that_share_buckets_and_are_not_near_take_seconds(self):
        # Alike by 0.27, so each of 42 bands has a bucket of 4,600 texts: 440 million pairs.
        common = " ".join(words(30, 0))
        data, offsets = pack([" ".join([common, *words(35, k)]) for k in range(60_000)])
        assert seconds(lambda: near_groups(data, offsets, 0.5, 0), list(range(60_000))) < 12  # 0.6 s; all of them: 40


def seconds(group, expected):
    """How long it takes, and it is right."""
    begun = time.process_time()
    groups = group()
    taken = time.process_time() - begun
    assert groups.tolist() == expected
    return taken
