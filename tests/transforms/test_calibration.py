"""Thresholds by share: the histograms find exactly what sorting all values would."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.calibration import Range, kept_by, narrowed, steps_of, whole_range

VALUES = st.floats(allow_nan=False, allow_infinity=False, width=32)


def counted(pairs, within, n_steps=7):
    """Plain Python's ``steps_of``, with few steps, so that there are many passes."""
    told = {}
    for value, weight in pairs:
        if within.low <= value <= within.high:
            step = min(math.floor((value - within.low) / (within.high - within.low) * n_steps), n_steps - 1)
            low, high, sum_ = told.get(step, (value, value, 0))
            told[step] = (min(low, value), max(high, value), sum_ + weight)
    return [{"low": low, "high": high, "weight": weight} for low, high, weight in told.values()]


def by_sorting(pairs, wanted):
    weight = 0
    for value, one in sorted(pairs, reverse=True):
        weight += one
        if weight >= wanted:
            return value
    raise AssertionError


@given(st.lists(st.tuples(VALUES, st.integers(1, 9)), min_size=1, max_size=40), st.data())
def test_narrowing_ends_at_the_value_that_sorting_gives(pairs, data):
    wanted = data.draw(st.integers(1, sum(weight for _, weight in pairs)))
    within = Range(min(pairs)[0], max(pairs)[0])
    while not within.is_found:
        within = narrowed(within, counted(pairs, within), wanted)
    assert within.low == by_sorting(pairs, wanted)


def test_more_than_there_is_is_refused():
    with pytest.raises(ValueError, match="values weigh less"):
        narrowed(Range(0.0, 1.0), [{"low": 0.0, "high": 1.0, "weight": 3}], 4)


@pytest.mark.spark
class TestOnSpark:
    @pytest.fixture
    def values(self, spark):
        rows = [(float(i % 1000) / 7, 1 + i % 3) for i in range(5000)]
        return spark.createDataFrame([*rows, (math.nan, 5), (None, 5)], "value double, weight long")

    def test_doubtful_values_weigh_but_are_never_kept(self, values):
        told = values.transform(whole_range).collect()[0]
        assert (told["low"], told["high"], told["n"]) == (0.0, 999 / 7, 5002)
        assert told["weight"] == told["number_weight"] + 10
        kept = kept_by(values, 0.0).collect()[0]
        assert (kept["n_kept"], kept["kept_weight"], kept["n_ties"]) == (5000, told["number_weight"], 5)

    @pytest.mark.parametrize("wanted", [1, 777, 5000])
    def test_the_threshold_is_the_one_that_sorting_gives(self, values, wanted):
        pairs = [(row["value"], row["weight"]) for row in values.collect() if row["weight"] < 5]
        within = Range(0.0, 999 / 7)
        while not within.is_found:
            steps = [row.asDict() for row in values.transform(steps_of(within)).collect()]
            within = narrowed(within, steps, wanted)
        assert within.low == by_sorting(pairs, wanted)
