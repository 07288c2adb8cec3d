"""The estimate of a search's recall: known shares, known bounds, and how often its interval holds the truth."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from transforms.text.recall import Recall, sampled_recall


def estimate(pairs, n_sampled=200, n_texts=10**9):
    """``pairs``: (true, found) of each text."""
    n_true, n_found = np.array(pairs, np.int64).reshape(-1, 2).T
    return sampled_recall(n_true, n_found, n_sampled, n_texts)


class TestShare:
    def test_it_is_that_of_all_pairs_and_not_a_mean_of_texts(self):
        assert estimate([(9, 9), (1, 0)]).share == 0.9

    def test_texts_without_pairs_say_nothing(self):
        assert estimate([(3, 2), (0, 0), (1, 1), (0, 0)]) == estimate([(3, 2), (1, 1)])
        assert estimate([(0, 0)]) is None
        assert estimate([]) is None

    @given(st.lists(st.integers(1, 50).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))), min_size=1))
    @example([(7, 7), (7, 7), (40, 40)])  # rounded, the upper end was below 1
    def test_it_lies_in_its_interval_whatever_the_order(self, pairs):
        found = estimate(pairs)
        assert 0 <= found.low <= found.share <= found.high <= 1
        assert found.low < found.high
        assert estimate(pairs[::-1]) == pytest.approx(found)

    @pytest.mark.parametrize(
        ("pairs", "n_sampled", "n_texts"),
        [
            ([(1, 2)], 200, 1000),
            ([(1, -1)], 200, 1000),
            ([(1, 1), (1, 1)], 1, 1000),
            ([(1, 1)], 200, 199),
            ([(5, 1)], 2, 5),
        ],
    )
    def test_numbers_that_cannot_be_are_an_error(self, pairs, n_sampled, n_texts):
        with pytest.raises(ValueError, match="allowed: "):
            estimate(pairs, n_sampled, n_texts)


class TestInterval:
    def test_independent_pairs_have_wilsons(self):
        # Of 400 texts of one pair each, 360: Wilson's interval of 90 % is 0.8668 to 0.9257; Student's is as wide.
        found = estimate([(1, 1)] * 360 + [(1, 0)] * 40, n_sampled=400)
        assert found == pytest.approx((0.9, 0.8668, 0.9257), abs=3e-4)

    @pytest.mark.parametrize("n", [1, 3, 60, 2000])
    def test_where_all_are_found_the_bound_is_that_of_so_many_texts(self, n):
        found = estimate([(1, 1)] * n, n_sampled=n)
        assert (found.share, found.high) == (1, 1)
        assert found.low == pytest.approx(n / (n + 1.96**2), abs=1e-4)
        assert estimate([(1, 0)] * n, n_sampled=n) == pytest.approx((0, 0, 1 - found.low))

    def test_many_pairs_of_one_text_are_worth_one(self):
        assert estimate([(500, 500)]) == estimate([(1, 1)])
        assert estimate([(7, 7)] * 30) == estimate([(1, 1)] * 30)
        assert estimate([(1, 1)] * 30 + [(500, 500)]).low < estimate([(1, 1)] * 2).low

    def test_pairs_that_are_missed_together_make_it_wider(self):
        together = estimate([(10, 10)] * 27 + [(10, 0)] * 3)
        alone = estimate([(1, 1)] * 270 + [(1, 0)] * 30, n_sampled=300)
        assert together.share == alone.share
        assert together.high - together.low > 2.5 * (alone.high - alone.low)

    def test_a_text_of_many_missed_pairs_makes_it_wider_still(self):
        even = estimate([(2, 2)] * 45 + [(2, 0)] * 5)
        uneven = estimate([(2, 2)] * 45 + [(10, 0)])
        assert even.share == uneven.share == 0.9
        assert uneven.low < even.low

    def test_few_texts_make_it_wide_as_student_says(self):
        assert estimate([(2, 1), (2, 2)]).low < 0.1
        pairs = [(2, 1), (2, 2)] * 5
        assert estimate(pairs).low == pytest.approx(0.3996, abs=1e-4)  # Wilson: 0.75 of 10 texts, 2.262 deviations

    def test_where_all_texts_were_drawn_nothing_is_unknown(self):
        assert estimate([(3, 2), (1, 1)], n_sampled=10, n_texts=10) == Recall(0.75, 0.75, 0.75)
        half, few = estimate([(3, 2), (1, 1)] * 20, 50, 100), estimate([(3, 2), (1, 1)] * 20, 50, 10**9)
        assert half.high - half.low < 0.8 * (few.high - few.low)


def isolated(rng, n, share, chance):
    """Texts of which a share have one twin each; a pair is found with a chance."""
    n_true, n_found = np.zeros((2, n), np.int64)
    n_twins = int(n * share / 2)
    n_true[: 2 * n_twins] = 1
    n_found[: 2 * n_twins] = np.repeat(rng.random(n_twins) < chance, 2)
    return n_true, n_found


def clustered(rng, n, sizes, missed):
    """Groups of texts that are all near to each other; each text stays outside its cluster with a chance."""
    n_true, n_found = [], []
    while len(n_true) < n:
        is_in = rng.random(rng.choice(sizes)) >= missed
        n_true += [len(is_in) - 1] * len(is_in)
        n_found += np.where(is_in, is_in.sum() - 1, 0).tolist()
    return np.array(n_true), np.array(n_found)


HEAVY = [1] * 300 + [2] * 50 + [3] * 20 + [5] * 5 + [10] * 3 + [50, 300]
POPULATIONS = {
    "twins": lambda rng: isolated(rng, 20_000, 0.3, 0.9),
    "twins, hardly any missed": lambda rng: isolated(rng, 20_000, 0.3, 0.99),
    "few twins": lambda rng: isolated(rng, 20_000, 0.05, 0.9),
    "twins, half of them missed": lambda rng: isolated(rng, 20_000, 0.6, 0.5),
    "groups of up to ten": lambda rng: clustered(rng, 20_000, range(1, 11), 0.05),
    "few groups that hold most pairs": lambda rng: clustered(rng, 20_000, HEAVY, 0.05),
    "few groups, much missed": lambda rng: clustered(rng, 20_000, HEAVY, 0.3),
}


@pytest.mark.parametrize("name", POPULATIONS)
def test_the_interval_holds_the_truth_as_often_as_it_says(name):
    rng = np.random.default_rng(7)
    n_true, n_found = POPULATIONS[name](rng)
    truth, n_draws, n_held = n_found.sum() / n_true.sum(), 600, 0
    for _ in range(n_draws):
        sample = rng.choice(len(n_true), 200, replace=False)
        found = sampled_recall(n_true[sample], n_found[sample], 200, len(n_true))
        n_held += found.low <= truth <= found.high
    assert n_held / n_draws >= 0.93  # 0.95 less two standard errors of 600 draws


def test_pairs_taken_as_independent_would_not_hold_it():
    """What the interval is spared: the same draws, a pair for a pair."""
    rng = np.random.default_rng(7)
    n_true, n_found = POPULATIONS["few groups, much missed"](rng)
    truth, n_held = n_found.sum() / n_true.sum(), 0
    for _ in range(300):
        sample = rng.choice(len(n_true), 200, replace=False)
        n, share = n_true[sample].sum(), n_found[sample].sum() / n_true[sample].sum()
        n_held += abs(share - truth) <= 1.96 * np.sqrt(share * (1 - share) / n)
    assert n_held / 300 < 0.6
