"""Scores in bins: each is in one, and the scale shows them."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from transforms.score_counts import N_BINS, Scale, bars_of, chosen_scale, scales_of

finite = st.floats(allow_nan=False, allow_infinity=False)


@given(finite, finite, st.lists(finite, max_size=3), st.lists(finite, min_size=1))
def test_every_score_has_a_place_on_every_scale_and_order_stays(low, high, limits, scores):
    low, high = min(low, high), max(low, high)
    scores = sorted(min(high, max(low, score)) for score in scores)
    for scale in scales_of(low, high, min((s for s in scores if s > 0), default=None), limits).values():
        places = [scale.at(score) for score in scores]
        assert all(0 <= at <= 1 for at in places)
        assert places == sorted(places)
        assert scale.low < scale.high


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.floats(0, 1))
def test_a_place_and_its_score_belong_together(low, high, share):
    assume(high - low > 1e-3)
    for scale in (Scale(low, high), *([Scale(low, high, is_log=True)] if low > 1e-3 else [])):
        assert scale.at(scale.score_at(share)) == pytest.approx(share, abs=1e-6)


def test_the_axis_reaches_as_far_as_a_limit_that_is_near():
    assert scales_of(0.2, 0.4, 0.2, [0.5])["linear"] == Scale(0.2, 0.5)
    assert scales_of(0.2, 0.4, 0.2, [7.0])["linear"] == Scale(0.2, 0.4)
    log = scales_of(1e-10, 1.0, 1e-10, [1e-8])["log"]
    assert (log.low, log.high, log.is_log) == (pytest.approx(1e-9), 1.0, True)


def test_scores_that_are_all_alike_have_an_axis_too():
    assert scales_of(0.0, 0.0, None) == {"linear": Scale(0.0, 1.0)}
    assert scales_of(-2.0, -2.0, None) == {"linear": Scale(-2.0, 0.0)}
    assert scales_of(3.0, 3.0, 3.0)["linear"] == Scale(0.0, 3.0)


@pytest.mark.parametrize(("low", "high"), [(0.0, 5e-324), (5e-324, 5e-324), (-5e-324, 5e-324), (1.5e-323, 2e-323)])
def test_the_least_numbers_there_are_have_an_axis_too(low, high):
    for scale in scales_of(low, high, high).values():
        assert 0 <= scale.at(low) <= scale.at(high) <= 1


@pytest.mark.parametrize(
    ("linear", "name"),
    [({0: 6, 9: 4}, "log"), ({0: 5, 9: 5}, "linear"), ({39: 9, 0: 1}, "linear"), ({}, "linear")],
)
def test_what_crowds_near_0_is_shown_by_factors(linear, name):
    assert chosen_scale({"linear": linear, "log": {}}) == name
    assert chosen_scale({"linear": linear}) == "linear"


def test_bars_are_as_high_as_their_counts():
    bars = bars_of(Scale(0.0, 4.0), {0: {"n_documents": 4, "n_kept": 1}, 39: {"n_documents": 2, "n_kept": 2}})
    assert len(bars) == N_BINS
    assert (bars[0]["low"], bars[-1]["high"], bars[10]["low"]) == (0.0, 4.0, 1.0)
    assert [(bar["at"], bar["kept_height"], bar["dropped_height"]) for bar in bars if bar["n_documents"]] == [
        (0, 0.25, 0.75),
        (39, 0.5, 0.0),
    ]
