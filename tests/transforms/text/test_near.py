"""Near copies: signatures that estimate what sets of shingles say, and groups that hold what was planted."""

import random
import time
from itertools import combinations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.transforms.edits import ANY, HARD, LONG, pack
from transforms.text import near
from transforms.text.minhash import NO_WORDS, signatures
from transforms.text.near import MIN_RECALL, MIN_THRESHOLD, N_HASHES, SHINGLE_WORDS, bands_of, near_groups

FEW_WORDS = st.lists(st.sampled_from(["a", "A", "b", "é", "É", "\u3000", "\n", "Longer-Word", "x\0"]), max_size=12)
TEXTS = st.lists(st.one_of(FEW_WORDS.map(" ".join), ANY, st.sampled_from(HARD)), max_size=12)


def words(n, seed):
    """A text of words that hardly any other holds."""
    drawn = random.Random(seed)
    return [f"w{drawn.randrange(10**9)}" for _ in range(n)]


def shingles(text, n):
    """The set of a text's shingles, by plain Python; ``bytes.lower`` is for ASCII alone."""
    found = text.encode().lower().decode().split()
    return {tuple(found[i : i + n]) for i in range(max(len(found) - n + 1, min(len(found), 1)))}


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


class TestSignatures:
    @settings(max_examples=300, deadline=None)
    @given(TEXTS, st.integers(1, 6))
    @example(["A b c", "a  B\u3000c\n", "a b", "\u212a b c", "k b c"], 2)
    @example([*LONG, "abcdefgh", "ABCDEFGH", "abcdefg", "[ZzA@`{"], 5)
    def test_texts_have_one_signature_if_they_have_the_same_shingles(self, texts, n):
        signed = signatures(*pack(texts), 1024, n, 0)
        for a, b in combinations(range(len(texts)), 2):
            assert (signed[a] == signed[b]).all() == (shingles(texts[a], n) == shingles(texts[b], n))

    @pytest.mark.parametrize("tenths", range(1, 10))
    def test_the_estimate_is_right_within_what_chance_allows(self, tenths):
        n_pairs, texts = 400, []
        for k in range(n_pairs):  # of 100 words together, so many of them common
            common, own = words(tenths * 10, f"common {k}"), words(100 - tenths * 10, k)
            half = len(own) // 2
            texts += [" ".join(common + own[:half]), " ".join(own[half:] + common)]
        exact = [len(shingles(a, 1) & shingles(b, 1)) / len(shingles(a, 1) | shingles(b, 1)) for a, b in pairs(texts)]
        signed = signatures(*pack(texts), 128, 1, 0)
        errors = (signed[::2] == signed[1::2]).mean(axis=1) - exact
        deviation = np.sqrt(tenths / 10 * (1 - tenths / 10) / 128)
        assert abs(errors.mean()) < 4 * deviation / np.sqrt(n_pairs)
        assert errors.std() == pytest.approx(deviation, rel=0.2)  # more if the functions were alike

    def test_functions_of_a_family_and_of_seeds_are_unlike_each_other(self):
        # Which half of 1,000 shingles holds the least is tossed anew by each function, and by each seed.
        text = words(1000, 1)
        halves = [" ".join(text[:500]), " ".join(text[500:])]
        one, other = (signatures(*pack(halves), 4096, 1, seed) for seed in (1, 2))
        is_first = [signed[0] < signed[1] for signed in (one, other)]
        assert is_first[0].mean() == pytest.approx(0.5, abs=0.035)
        assert (is_first[0] == is_first[1]).mean() == pytest.approx(0.5, abs=0.035)
        assert (is_first[0][1:] == is_first[0][:-1]).mean() == pytest.approx(0.5, abs=0.035)
        assert not (one == other).any()

    def test_longer_shingles_estimate_the_jaccard_of_their_sets(self):
        text = words(200, 1)
        texts = [" ".join(text), " ".join(changed(text, 100))]
        a, b = (shingles(one, 5) for one in texts)
        signed = signatures(*pack(texts), 4096, 5, 3)
        assert (signed[0] == signed[1]).mean() == pytest.approx(len(a & b) / len(a | b), abs=0.02)
        assert len(a & b) / len(a | b) == 191 / 201

    def test_a_text_without_words_is_marked_and_no_other_is(self):
        signed = signatures(*pack(["", " \n\u3000\x85", "a", "\0"]), 16, 5, 0)
        assert (signed == NO_WORDS).all(axis=1).tolist() == [True, True, False, False]

    def test_a_signature_is_of_the_text_alone(self):
        alone, among = signatures(*pack(["b c"]), 8, 2, 5), signatures(*pack(["a", "b c", "d"]), 8, 2, 5)
        assert alone[0].tolist() == among[1].tolist()
        assert alone[0].tolist() != signatures(*pack(["b c"]), 8, 2, 6)[0].tolist()
        assert alone.dtype == np.uint32

    @pytest.mark.parametrize(("n_hashes", "shingle_words"), [(0, 5), (8, 0)])
    def test_numbers_below_one_are_errors(self, n_hashes, shingle_words):
        with pytest.raises(ValueError, match="1 or more"):
            signatures(*pack(["a"]), n_hashes, shingle_words, 0)


def pairs(texts):
    return list(zip(texts[::2], texts[1::2], strict=True))


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
        assert seconds(lambda: near_groups(data, offsets, 0.5, 0), list(range(60_000))) < 4  # 0.6 s; all of them: 40


def seconds(group, expected):
    """How long it takes, and it is right."""
    begun = time.process_time()
    groups = group()
    taken = time.process_time() - begun
    assert groups.tolist() == expected
    return taken
