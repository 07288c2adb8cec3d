"""Filters and sets of n-grams: nothing is forgotten, and they err as often as they were made to."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.text.bloom import bytes_for, false_positive_rate
from transforms.text.seen import add, count_seen, grown, has_room, make_filter, make_set, slots_for

HASHES = st.lists(st.one_of(st.integers(1, 2**64 - 1), st.integers(1, 40), st.integers(2**64 - 40, 2**64 - 1)))


def array(hashes):
    return np.array(hashes, np.uint64)


def random(n, seed):
    return np.random.default_rng(seed).integers(1, 2**64, n, np.uint64, endpoint=False)


def known(seen, grams):
    return [bool(count_seen(seen, grams, i, i + 1)) for i in range(len(grams))]


def filled(seen, grams):
    """Add n-grams to a set or filter, by parts, so that a set grows more than once."""
    for part in np.array_split(grams, 7):
        if not has_room(seen, len(part)):
            seen = grown(seen, len(part))
        add(seen, part, 0, len(part))
    return seen


@given(HASHES, HASHES)
def test_a_set_knows_what_was_added_and_nothing_else(added, asked):
    seen = filled(make_set(len(added) or 1), array(added))
    assert known(seen, array(added + asked)) == [one in set(added) for one in added + asked]
    assert seen.n_new[0] == len(set(added))


@given(HASHES, st.sampled_from([0.9, 0.1, 1e-6]))
def test_a_filter_forgets_nothing(added, rate):
    seen = filled(make_filter(10, rate, 10**6), array(added))
    assert all(known(seen, array(added)))
    assert seen.n_new[0] <= len(set(added))


def test_a_set_grows_to_what_it_may_hold_and_keeps_all():
    grams = random(100_000, 1)
    seen = make_set(100_000)
    assert len(seen.cells) < 5_000
    seen = filled(filled(seen, grams[:50_000]), grams[50_000:])
    assert count_seen(seen, grams, 0, len(grams)) == seen.n_new[0] == 100_000
    assert len(seen.cells) == slots_for(100_000)
    assert count_seen(seen, random(100_000, 2), 0, 100_000) == 0
    with pytest.raises(ValueError, match=r"holds 100,000 and the next text has 1; allowed: 100,000\. Cut"):
        grown(seen, 1)


def test_a_set_grows_by_half_as_much_again_at_most_and_by_doubling():
    seen, sizes = make_set(10**9), []
    for grams in np.array_split(random(60_000, 3), 1_000):
        while not has_room(seen, len(grams)):
            seen = grown(seen, len(grams))
            sizes.append(len(seen.cells))
        add(seen, grams, 0, len(grams))
    assert sizes == [1 << 13, 1 << 14, 1 << 15, 1 << 16, 1 << 17]


@pytest.mark.parametrize("rate", [0.1, 0.01, 0.001])
def test_a_filter_errs_as_often_as_asked(rate):
    n, n_asked = 200_000, 1_000_000
    seen = make_filter(n, rate, 10**9)
    assert len(seen.cells) * 8 == bytes_for(n, rate)
    add(seen, random(n, 4), 0, n)
    measured = count_seen(seen, random(n_asked, 5), 0, n_asked) / n_asked
    deviation = np.sqrt(rate * (1 - rate) / n_asked)
    assert measured == pytest.approx(rate, abs=5 * deviation + 0.01 * rate)
    assert seen.false_positive_rate == pytest.approx(rate, rel=0.02)
    assert n * (1 - rate / 2) < seen.n_new[0] < n  # the fuller, the more often it errs


def test_a_filter_with_more_than_was_expected_says_how_often_it_errs():
    n_asked, seen = 200_000, make_filter(20_000, 0.01, 10**9)
    assert seen.false_positive_rate == 0
    add(seen, random(60_000, 6), 0, 60_000)
    told = seen.false_positive_rate
    assert told == pytest.approx((np.bitwise_count(seen.cells).sum() / len(seen.cells) / 64) ** seen.n_hashers)
    assert told > 0.2
    assert count_seen(seen, random(n_asked, 7), 0, n_asked) / n_asked == pytest.approx(told, rel=0.05)
    assert make_set(5).false_positive_rate == 0


def test_memory_is_refused_before_it_is_asked_for():
    # A petabyte: if it were asked for, this would be a MemoryError.
    with pytest.raises(
        ValueError, match=r"1,000,000,000,000,000 n-grams .* 0\.01 takes 1,\d{3},\d{3},\d{3},\d{3},\d{3}"
    ) as told:
        make_filter(10**15, 0.01, 8 << 30)
    assert "allowed: 8,589,934,592" in str(told.value)
    n_bytes = bytes_for(1_000, 0.01)
    assert make_filter(1_000, 0.01, n_bytes).cells.nbytes == n_bytes
    with pytest.raises(ValueError, match="allowed"):
        make_filter(1_000, 0.01, n_bytes - 1)


def test_a_set_of_nothing_is_an_error():
    with pytest.raises(ValueError, match="1 or more"):
        make_set(0)


def test_the_rate_of_an_empty_filter_is_what_the_formula_foretells():
    seen = make_filter(50_000, 0.05, 10**6)
    assert false_positive_rate(seen.cells.nbytes, seen.capacity) == pytest.approx(0.05, rel=0.001)
