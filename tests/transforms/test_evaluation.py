"""How good scores are: by hand, and equal to definitions that look at every pair."""

import math
import time
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.evaluation import (
    Bin,
    Interval,
    average_precision,
    precision_at,
    quantiles,
    reliability,
    roc_auc,
    with_interval,
)

MEASURES = [roc_auc, average_precision, partial(precision_at, keep=0.3)]
SCORES = st.one_of(st.sampled_from([0.0, 0.25, 0.5, 1.0]), st.floats(allow_nan=False))
ROWS = st.lists(st.tuples(SCORES, st.booleans(), st.integers(0, 3)), max_size=30)


def columns(rows):
    scores, is_positive, weights = zip(*rows, strict=True) if rows else ((), (), ())
    return np.array(scores, float), np.array(is_positive, bool), np.array(weights, float)


def auc_of_pairs(scores, is_positive):
    positives, negatives = scores[is_positive], scores[~is_positive]
    if not len(positives) or not len(negatives):
        return math.nan
    return np.mean([[(p > n) + (p == n) / 2 for n in negatives] for p in positives])


def precision_of_thresholds(scores, is_positive):
    if not is_positive.any():
        return math.nan
    found, recall = 0.0, 0.0
    for threshold in sorted(set(scores), reverse=True):
        taken = is_positive[scores >= threshold]
        found += taken.mean() * (taken.sum() / is_positive.sum() - recall)
        recall = taken.sum() / is_positive.sum()
    return found


def precision_of_best(scores, is_positive, n):
    if not len(scores):
        return math.nan
    return is_positive[scores >= sorted(scores, reverse=True)[max(n, 1) - 1]].mean()


def same(value):
    return pytest.approx(value, nan_ok=True, abs=1e-12)


def hosts(n_hosts, n_pages, seed=0):
    """Scores of pages that say something, and are alike on each host."""
    random = np.random.default_rng(seed)
    groups = np.repeat(np.arange(n_hosts), n_pages)
    is_positive = (random.random(n_hosts) < 0.4)[groups]
    return random.normal(0, 1, n_hosts)[groups] + random.normal(0, 0.2, len(groups)) + is_positive, is_positive, groups


class TestByHand:
    # Best first: + - + + - with a tie of the two in the middle.
    scores = np.array([0.2, 0.9, 0.5, 0.5, 0.8])
    is_positive = np.array([False, True, True, True, False])

    def test_the_auc_counts_pairs_in_order_and_half_of_ties(self):
        assert roc_auc(self.scores, self.is_positive) == pytest.approx((2 + 1 + 1) / 6)
        assert roc_auc(np.ones(4), np.array([True, False, True, False])) == 0.5

    def test_average_precision_takes_a_tie_as_one_step(self):
        assert average_precision(self.scores, self.is_positive) == pytest.approx(1 / 3 * 1 + 2 / 3 * 3 / 4)

    @pytest.mark.parametrize(
        ("keep", "precision"), [(0, 1), (0.2, 1), (0.21, 1 / 2), (0.4, 1 / 2), (0.41, 3 / 4), (0.8, 3 / 4), (1, 3 / 5)]
    )
    def test_precision_takes_one_document_at_least_and_all_ties(self, keep, precision):
        assert precision_at(self.scores, self.is_positive, keep) == pytest.approx(precision)

    def test_the_one_document_at_least_is_one_that_has_weight(self):
        assert precision_at(self.scores, self.is_positive, 0, np.array([1.0, 0, 1, 1, 1])) == 0

    @pytest.mark.parametrize("n", range(1, 101))
    def test_a_share_that_is_a_whole_number_of_documents_is_that_number(self, n):
        # 0.07 * 100 is a bit above 7.
        assert precision_at(np.arange(100), np.arange(100) >= 100 - n, n / 100) == 1
        assert precision_at(np.arange(100), np.arange(100) > 100 - n, n / 100) == pytest.approx((n - 1) / n)

    def test_bins_hold_their_low_end_and_the_last_one_also_1(self):
        scores = np.array([0.0, 0.1, 0.19, 0.3, 1.0, 1.00001, 0.95])
        is_positive = np.array([False, True, False, True, True, True, False])
        assert reliability(scores, is_positive) == [
            Bin(0.0, 0.1, 1, 0.0, 0.0),
            Bin(0.1, 0.2, 2, pytest.approx(0.145), 0.5),
            Bin(0.3, 0.4, 1, 0.3, 1.0),
            Bin(0.9, 1.0, 3, pytest.approx(2.95001 / 3), pytest.approx(2 / 3)),
        ]

    def test_a_quantile_between_two_scores_is_on_the_line_between_them(self):
        assert quantiles(np.array([3.0, 1.0, 2.0]), [0, 0.25, 0.5, 1]) == [1, 1.5, 2, 3]


class TestDefinitions:
    @given(ROWS)
    def test_the_auc_is_that_of_all_pairs(self, rows):
        scores, is_positive, _ = columns(rows)
        assert roc_auc(scores, is_positive) == same(auc_of_pairs(scores, is_positive))

    @given(ROWS)
    def test_average_precision_is_that_of_all_thresholds(self, rows):
        scores, is_positive, _ = columns(rows)
        assert average_precision(scores, is_positive) == same(precision_of_thresholds(scores, is_positive))

    @given(ROWS, st.integers(0, 20))
    def test_precision_is_that_of_the_best(self, rows, parts):
        scores, is_positive, _ = columns(rows)
        n = -(-parts * len(rows) // 20)
        assert precision_at(scores, is_positive, parts / 20) == same(precision_of_best(scores, is_positive, n))

    @pytest.mark.parametrize("measure", MEASURES)
    @given(rows=ROWS)
    def test_a_weight_is_a_row_so_many_times(self, measure, rows):
        scores, is_positive, weights = columns(rows)
        times = weights.astype(int)
        repeated = measure(np.repeat(scores, times), np.repeat(is_positive, times))
        assert measure(scores, is_positive, weights=weights) == same(repeated)

    @given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=50), st.integers(1, 20))
    def test_every_document_is_in_the_bin_that_holds_its_score(self, rows, n_bins):
        scores, is_positive = np.array([s for s, _ in rows]), np.array([p for _, p in rows], bool)
        told = reliability(scores, is_positive, n_bins)
        assert sum(one.n for one in told) == len(rows)
        assert [one.low for one in told] == sorted({one.low for one in told})
        for one in told:
            inside = (scores >= one.low) & ((scores < one.high) | (one.high == 1))
            assert one.n == inside.sum() > 0
            assert one.mean_score == same(scores[inside].mean())
            assert one.positive_ratio == same(is_positive[inside].mean())


class TestDoubtful:
    @pytest.mark.parametrize("is_positive", [[True] * 3, [False] * 3])
    def test_one_class_alone_has_no_auc_and_no_interval(self, is_positive):
        scores = np.array([0.1, 0.2, 0.3])
        assert math.isnan(roc_auc(scores, np.array(is_positive)))
        told = with_interval(roc_auc, scores, np.array(is_positive), [1, 2, 3], 0)
        assert all(map(math.isnan, told))

    def test_positives_alone_are_all_precise_and_negatives_have_no_average(self):
        assert average_precision(np.array([1.0, 2.0]), np.array([True, True])) == 1
        assert math.isnan(average_precision(np.array([1.0, 2.0]), np.array([False, False])))

    def test_nothing_has_no_value(self):
        none, nobody = np.array([]), np.array([], bool)
        assert all(math.isnan(measure(none, nobody)) for measure in MEASURES)
        assert all(map(math.isnan, with_interval(roc_auc, none, nobody, [], 0)))
        assert reliability(none, nobody) == []
        assert all(map(math.isnan, quantiles(none, [0.1, 0.5])))

    @pytest.mark.parametrize("measure", [*MEASURES, reliability])
    def test_what_is_no_score_is_an_error(self, measure):
        with pytest.raises(ValueError, match="NaN"):
            measure(np.array([0.1, math.nan]), np.array([True, False]))
        with pytest.raises(ValueError, match="of one length"):
            measure(np.array([0.1, 0.2]), np.array([True]))

    @pytest.mark.parametrize("weights", [[1.0], [1.0, -1.0], [1.0, math.nan]])
    def test_what_is_no_weight_is_an_error(self, weights):
        with pytest.raises(ValueError, match="weight"):
            roc_auc(np.array([0.1, 0.2]), np.array([True, False]), np.array(weights))

    @pytest.mark.parametrize("keep", [-0.1, 1.1, math.nan])
    def test_what_is_no_share_is_an_error(self, keep):
        with pytest.raises(ValueError, match="keep"):
            precision_at(np.array([0.1]), np.array([True]), keep)

    def test_groups_are_as_many_as_scores(self):
        with pytest.raises(ValueError, match="2 scores, 1 groups"):
            with_interval(roc_auc, np.array([0.1, 0.2]), np.array([True, False]), ["a"], 0)


class TestIntervals:
    @pytest.mark.parametrize("measure", MEASURES)
    def test_the_value_lies_inside_and_more_hosts_are_surer(self, measure):
        few = with_interval(measure, *hosts(50, 5), 0)
        many = with_interval(measure, *hosts(500, 5), 0)
        assert few.low < few.value < few.high
        assert many.low < many.value < many.high
        assert many.high - many.low < few.high - few.low

    def test_a_seed_always_gives_the_same_and_another_seed_another(self):
        assert with_interval(roc_auc, *hosts(50, 5), 1) == with_interval(roc_auc, *hosts(50, 5), 1)
        assert with_interval(roc_auc, *hosts(50, 5), 1) != with_interval(roc_auc, *hosts(50, 5), 2)

    def test_neither_the_order_of_documents_nor_the_kind_of_names_matters(self):
        scores, is_positive, groups = hosts(50, 5)
        names = np.array([f"{group:03}.example" for group in groups])
        order = np.random.default_rng(0).permutation(len(scores))
        told = with_interval(roc_auc, scores[order], is_positive[order], names[order], 1)
        assert told == with_interval(roc_auc, scores, is_positive, groups, 1)

    def test_hosts_of_pages_that_are_alike_promise_less_than_their_pages(self):
        scores, is_positive, groups = hosts(50, 20)
        by_host = with_interval(roc_auc, scores, is_positive, groups, 0)
        by_page = with_interval(roc_auc, scores, is_positive, np.arange(len(scores)), 0)
        assert by_host.high - by_host.low > 2 * (by_page.high - by_page.low)

    def test_nineteen_of_twenty_intervals_hold_the_truth(self):
        # The truth: of normal scores one apart, by page a group of its own.
        def interval(seed):
            random = np.random.default_rng(seed)
            is_positive = np.arange(200) % 2 == 0
            return with_interval(roc_auc, random.normal(0, 1, 200) + is_positive, is_positive, np.arange(200), seed)

        truth = 0.5 * (1 + math.erf(0.5))
        held = [one.low <= truth <= one.high for one in map(interval, range(40))]
        assert 34 <= sum(held) <= 40

    def test_draws_without_a_value_are_left_out(self):
        # A quarter of all draws take one class alone.
        told = with_interval(roc_auc, np.array([1.0, 0.0]), np.array([True, False]), ["a", "b"], 0)
        assert told == Interval(1, 1, 1)

    def test_many_scores_take_a_second(self):
        given = hosts(2_000, 10)
        begun = time.process_time()
        with_interval(roc_auc, *given, 0)
        assert time.process_time() - begun < 2
