"""Signatures: the numbers that plain Python gives, and what chance lets them say of sets of shingles."""

import time
from itertools import combinations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.transforms.edits import ANY, HARD, LONG, pack
from tests.transforms.text.shingled import MODULUS, MULTIPLIER, drawn_words, hashes, mixed, pair_of, shingles
from transforms.text.lsh_curve import PRESETS, collision_chance
from transforms.text.minhash import NO_WORDS, band_hashes, sign, signatures
from transforms.text.shingles import Shingling

CHINESE = "他们在一九四九年以后逐步建立了新的学校，孩子们每天早上走路去上课。"
THAI = "ภาษาไทยเป็นภาษาที่ไม่มีช่องว่างระหว่างคำ แต่มีช่องว่างระหว่างประโยค"
FEW_WORDS = st.lists(
    st.sampled_from(["a", "A", "b", "é", "É", "中文", "ก", "\u3000", "\n", "Longer-Word"]), max_size=12
)
TEXTS = st.lists(st.one_of(FEW_WORDS.map(" ".join), ANY, st.sampled_from(HARD)), max_size=8)
SHINGLINGS = st.builds(Shingling, st.sampled_from(["words", "characters"]), st.integers(1, 6))


def signed_in_python(text, shingling, n_hashes, seed):
    """Number of shingles, hash of the set and signature."""
    found = hashes(text, shingling.size, shingling.unit)
    random = [int(one) for one in np.random.PCG64(seed).random_raw(2 * n_hashes)]
    family = [(random[2 * k] | 1, random[2 * k + 1]) for k in range(n_hashes)]
    least = [min([(by * one + add) % MODULUS >> 32 for one in found], default=NO_WORDS) for by, add in family]
    told = mixed((len(found) * MULTIPLIER + sum(mixed(one ^ MULTIPLIER) for one in found)) % MODULUS)
    return len(found), told - MODULUS * (told >= MODULUS // 2), least


def estimates(signed):
    """The share of equal places, of each two texts side by side."""
    return (signed[::2] == signed[1::2]).mean(axis=1)


class TestSign:
    @settings(max_examples=200, deadline=None)
    @given(TEXTS, SHINGLINGS, st.integers(1, 20), st.integers(0, 2**64))
    @example([*LONG, CHINESE, THAI, "", "a", "a b c d e f g h"], Shingling(), 17, 3)
    def test_all_is_as_plain_python_gives_it(self, texts, shingling, n_hashes, seed):
        told = sign(*pack(texts), shingling, n_hashes, seed)
        expected = [signed_in_python(text, shingling, n_hashes, seed) for text in texts]
        assert [told.n_shingles.tolist(), told.set_hashes.tolist(), told.signatures.tolist()] == [
            [one[k] for one in expected] for k in range(3)
        ]
        assert (told.n_shingles.dtype, told.set_hashes.dtype, told.signatures.dtype) == (np.int32, np.int64, np.uint32)
        assert told.signatures.shape == (len(texts), n_hashes)

    @settings(max_examples=200, deadline=None)
    @given(TEXTS, st.integers(1, 6))
    @example(["A b c", "a  B\u3000c\n", "a b", "\u212a b c", "k b c", "中 文 字", "中文字"], 2)
    @example([*LONG, "abcdefgh", "ABCDEFGH", "abcdefg", "[ZzA@`{"], 5)
    def test_texts_have_one_signature_and_one_hash_if_they_have_the_same_shingles(self, texts, n):
        told = sign(*pack(texts), Shingling("words", n), 256, 0)
        for a, b in combinations(range(len(texts)), 2):
            is_same = shingles(texts[a], n) == shingles(texts[b], n)
            assert (told.signatures[a] == told.signatures[b]).all() == is_same
            assert (told.set_hashes[a] == told.set_hashes[b]) == is_same

    def test_golden_numbers_are_the_same_with_every_numpy_numba_and_processor(self):
        texts = [
            "The quick brown fox jumps over the lazy dog near the river bank.",
            CHINESE,
            THAI,
            "Één  ß\u3000ok",
            "",
        ]
        told = sign(*pack(texts), Shingling("words", 5), 3, 1)
        assert told.n_shingles.tolist() == GOLDEN_COUNTS
        assert told.set_hashes.tolist() == GOLDEN_SETS
        assert told.signatures.tolist() == GOLDEN_SIGNATURES
        assert band_hashes(told.signatures[:2], 1, 3).tolist() == GOLDEN_BANDS
        by_characters = sign(*pack(texts), Shingling("characters", 24), 1, 1)
        assert by_characters.signatures[:, 0].tolist() == GOLDEN_CHARACTERS

    def test_a_text_without_words_is_marked_and_no_other_is(self):
        told = sign(*pack(["", " \n\u3000\x85", "a", "\0"]), Shingling(), 16, 0)
        assert (told.signatures == NO_WORDS).all(axis=1).tolist() == [True, True, False, False]
        assert told.n_shingles.tolist() == [0, 0, 1, 1]

    def test_a_signature_is_of_the_text_alone(self):
        alone, among = signatures(*pack(["b c"]), 8, 2, 5), signatures(*pack(["a", "b c", "d"]), 8, 2, 5)
        assert alone[0].tolist() == among[1].tolist()
        assert alone[0].tolist() != signatures(*pack(["b c"]), 8, 2, 6)[0].tolist()

    def test_a_shorter_signature_is_the_beginning_of_a_longer_one(self):
        data, offsets = pack([" ".join(drawn_words(50, 0)), CHINESE])
        assert (signatures(data, offsets, 9000, 5, 7)[:, :112] == signatures(data, offsets, 112, 5, 7)).all()

    @pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS.keys())
    def test_a_megabyte_is_signed_in_seconds_by_every_preset(self, preset):
        text = " ".join(drawn_words(95_000, 0))
        data, offsets = pack([text, "a"])
        begun = time.process_time()
        told = sign(data, offsets, Shingling(), preset.n_hashes, 0)
        assert (
            time.process_time() - begun < 10
        )  # 9,000 hashes of 95,000 shingles: 0.1 s; without AVX-512 five times that
        assert told.n_shingles.tolist() == [len(shingles(text, 5)), 1]
        assert (told.signatures[0] < 2**32 // 1000).all()  # the least of so many

    @pytest.mark.parametrize(("n_hashes", "size", "seed"), [(0, 5, 0), (-1, 5, 0), (8, 0, 0), (8, 5, -1)])
    def test_numbers_that_are_too_small_are_errors(self, n_hashes, size, seed):
        with pytest.raises(ValueError, match=r"given (0|-1); allowed: [01] or more"):
            sign(*pack(["a"]), Shingling("words", size), n_hashes, seed)


class TestEstimates:
    @pytest.mark.parametrize("seed", [0, 1, 2, 3])
    @pytest.mark.parametrize("n_hashes", [112, 1395])
    def test_estimates_differ_from_exact_similarities_by_what_chance_allows(self, seed, n_hashes):
        texts, expected = [], []
        for k in range(600):
            texts += pair_of((k % 20) / 20, 120, f"{seed} {k}")
            a, b = (shingles(text, 2) for text in texts[-2:])
            expected.append(len(a & b) / len(a | b))
        exact = np.array(expected)
        errors = estimates(signatures(*pack(texts), n_hashes, 2, seed)) - exact
        variance = exact * (1 - exact) / n_hashes
        assert abs(errors.sum()) < 3 * np.sqrt(variance.sum())
        inner = variance > 0
        assert (errors[~inner] == 0).all()
        scaled = errors[inner] / np.sqrt(variance[inner])
        assert (np.abs(scaled) > 3).mean() < 0.01  # of a normal distribution: 0.003
        assert (scaled**2).mean() == pytest.approx(1, abs=0.25)  # far more if the functions were alike

    @pytest.mark.parametrize("tenths", range(1, 10))
    def test_the_estimate_is_right_within_what_chance_allows(self, tenths):
        n_pairs, texts = 400, []
        for k in range(n_pairs):
            texts += pair_of(tenths / 10, 100, k)
        errors = estimates(signatures(*pack(texts), 128, 1, 0)) - tenths / 10
        deviation = np.sqrt(tenths / 10 * (1 - tenths / 10) / 128)
        assert abs(errors.mean()) < 4 * deviation / np.sqrt(n_pairs)
        assert errors.std() == pytest.approx(deviation, rel=0.2)

    def test_longer_shingles_estimate_the_jaccard_of_their_sets(self):
        text = drawn_words(200, 1)
        texts = [" ".join(text), " ".join([*text[:100], "another", *text[101:]])]
        a, b = (shingles(one, 5) for one in texts)
        assert estimates(signatures(*pack(texts), 4096, 5, 3))[0] == pytest.approx(len(a & b) / len(a | b), abs=0.02)
        assert len(a & b) / len(a | b) == 191 / 201

    @pytest.mark.parametrize("text", [CHINESE, THAI])
    def test_texts_without_spaces_are_alike_where_little_was_changed(self, text):
        texts = [text * 2, (text * 2)[:40] + (text * 2)[41:]]
        a, b = (shingles(one, 5) for one in texts)
        assert len(a & b) / len(a | b) > 0.8
        assert estimates(signatures(*pack(texts), 4096, 5, 3))[0] == pytest.approx(len(a & b) / len(a | b), abs=0.03)


class TestFamily:
    @pytest.mark.parametrize("n", [10, 100, 500])
    def test_two_functions_pick_the_same_shingle_with_a_chance_of_one_in_their_number(self, n):
        # What fails if products do not wrap: then all functions keep the order of the hashes, and pick one shingle.
        n_hashes, shares = 400, []
        for seed in range(5):
            text = drawn_words(n, f"{n} {seed}")
            alone, whole = (
                signatures(*pack(text), n_hashes, 1, seed),
                signatures(*pack([" ".join(text)]), n_hashes, 1, seed),
            )
            assert (alone.min(axis=0) == whole[0]).all()
            picked = np.bincount(alone.argmin(axis=0), minlength=n)
            shares.append((picked * (picked - 1)).sum() / (n_hashes * (n_hashes - 1)))
            # Each shingle is the least one of as many functions as any other.
            assert picked.max() < n_hashes / n + 6 * np.sqrt(n_hashes / n) + 3
        n_pairs = 5 * n_hashes * (n_hashes - 1) / 2
        assert abs(np.mean(shares) - 1 / n) < 4 * np.sqrt((1 - 1 / n) / n / n_pairs)

    def test_functions_of_a_family_and_of_seeds_are_unlike_each_other(self):
        # Which half of 1,000 shingles holds the least is tossed anew by each function, and by each seed.
        text = drawn_words(1000, 1)
        halves = [" ".join(text[:500]), " ".join(text[500:])]
        one, other = (signatures(*pack(halves), 4096, 1, seed) for seed in (1, 2))
        is_first = [signed[0] < signed[1] for signed in (one, other)]
        assert is_first[0].mean() == pytest.approx(0.5, abs=0.035)
        assert (is_first[0] == is_first[1]).mean() == pytest.approx(0.5, abs=0.035)
        assert (is_first[0][1:] == is_first[0][:-1]).mean() == pytest.approx(0.5, abs=0.035)
        assert not (one == other).any()


class TestBands:
    @settings(max_examples=100, deadline=None)
    @given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 3), st.lists(st.integers(0, 2**32 - 1), min_size=39))
    def test_buckets_are_hashes_of_a_bands_numbers_and_its_own(self, bands, rows, more, numbers):
        width = bands * rows + more
        signed = np.array(numbers[: len(numbers) // width * width], np.uint32).reshape(-1, width)
        expected = []
        for signature in signed.tolist():
            expected.append([])
            for band in range(bands):
                h = mixed(band + 1)
                for number in signature[band * rows : (band + 1) * rows]:
                    h = (h ^ number) * MULTIPLIER % MODULUS
                    h ^= h >> 32
                expected[-1].append(h - MODULUS * (h >= MODULUS // 2))
        found = band_hashes(signed, bands, rows)
        assert found.tolist() == expected
        assert found.dtype == np.int64

    def test_buckets_of_different_bands_never_meet(self):
        signed = np.zeros((3, 9000), np.uint32)
        signed[1] = 1
        found = band_hashes(signed, 450, 20)
        assert (found[0] == found[2]).all()
        assert len(np.unique(found[:2])) == 900

    @pytest.mark.parametrize("tenths", range(3, 11))
    def test_the_share_of_pairs_that_meet_is_that_of_the_curve(self, tenths):
        for preset, n_pairs in zip(PRESETS.values(), (3000, 150, 600, 2000), strict=True):
            texts = []
            for k in range(n_pairs):
                texts += pair_of(tenths / 10, 100, f"{tenths} {k}")
            buckets = band_hashes(signatures(*pack(texts), preset.n_hashes, 1, 0), *preset)
            measured = (buckets[::2] == buckets[1::2]).any(axis=1).mean()
            expected = collision_chance(tenths / 10, *preset)
            assert abs(measured - expected) <= 4 * np.sqrt(expected * (1 - expected) / n_pairs) + 1 / n_pairs

    def test_columns_of_a_wider_signature_may_be_given(self):
        signed = signatures(*pack([" ".join(drawn_words(50, 0)), "a"]), 64, 1, 0)
        assert (band_hashes(signed[:, :32], 4, 8) == band_hashes(signed, 4, 8)).all()
        assert (band_hashes(signed[:, 32:], 4, 8) != band_hashes(signed, 4, 8)).all()

    def test_no_texts_have_no_buckets(self):
        assert band_hashes(signatures(*pack([]), 112, 5, 0), 14, 8).shape == (0, 14)

    @pytest.mark.parametrize(("bands", "rows"), [(0, 8), (14, 0), (15, 8), (-14, -8)])
    def test_bands_that_a_signature_does_not_hold_are_an_error(self, bands, rows):
        with pytest.raises(ValueError, match=rf"given {bands} of {rows} rows; allowed: 1 or more of each, 112 hashes"):
            band_hashes(np.zeros((1, 112), np.uint32), bands, rows)


GOLDEN_COUNTS = [9, 29, 48, 1, 0]
GOLDEN_SETS = [6992809147274634951, 2919560440886229553, -6430898340316561302, 7143540434605196276, 0]
GOLDEN_SIGNATURES = [
    [1776612173, 182983366, 1396184029],
    [244068461, 129558568, 83810191],
    [10906322, 36656977, 89455876],
    [415089487, 356605329, 855876250],
    [4294967295, 4294967295, 4294967295],
]
GOLDEN_BANDS = [[-7644668515689391070], [6967580024780379533]]
GOLDEN_CHARACTERS = [79280282, 24492689, 43878315, 3673163472, 4294967295]
