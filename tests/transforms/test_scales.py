"""Scales: how large the published ones are, which of them a run is of, and which of them data suffice for."""

import pytest

from schemas.benchmark import Benchmark
from schemas.toml_file import load_shape
from tests.conftest import ROOT
from transforms.scales import compute, largest_filled, scale_of

SCALES = load_shape(ROOT / "conf" / "evaluation" / "dclm.toml", Benchmark).scales
PUBLISHED = {
    "400M-1x": (412e6, 8.2e9, 2.0e19, 469e9),
    "1B-1x": (1.4e9, 28.8e9, 2.4e20, 1.64e12),
    "3B-1x": (2.8e9, 55.9e9, 9.4e20, 3.18e12),
    "7B-1x": (6.9e9, 138e9, 5.7e21, 7.85e12),
    "7B-2x": (6.9e9, 276e9, 1.1e22, 15.7e12),
}
"""Scale → parameters, tokens, operations and pool, as DCLM's paper rounds them."""


def test_the_scales_are_the_published_ones():
    assert list(SCALES) == list(PUBLISHED)
    for name, (params, tokens, operations, pool) in PUBLISHED.items():
        scale = SCALES[name]
        assert scale.params == pytest.approx(params, rel=0.03)
        assert scale.tokens == pytest.approx(tokens, rel=0.01)
        assert compute(scale.params, scale.tokens) == pytest.approx(operations, rel=0.04)
        assert scale.pool_tokens == pool


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_run_is_of_the_scale_whose_rounded_sizes_it_has(name):
    params, tokens, *_ = PUBLISHED[name]
    assert scale_of(SCALES, params, tokens) == name
    assert scale_of(SCALES, SCALES[name].params, SCALES[name].tokens * 1.04) == name
    assert scale_of(SCALES, SCALES[name].params, SCALES[name].tokens * 1.06) is None


@pytest.mark.parametrize("sizes", [(None, 8.2e9), (412e6, None), (0, 0), (1.44e9, 5 * 28.8e9)])
def test_a_run_of_another_size_is_of_no_scale(sizes):
    assert scale_of(SCALES, *sizes) is None


@pytest.mark.parametrize(
    ("n_tokens", "n_epochs", "name"),
    [
        (8_232_325_119, 1, None),
        (8_232_325_120, 1, "400M-1x"),
        (30e9, 1, "1B-1x"),
        (30e9, 4, "3B-1x"),
        (3.8e12, 1, "7B-2x"),
        (0, 4, None),
        (None, 1, None),
    ],
)
def test_data_suffice_for_the_largest_scale_whose_training_repeats_no_more_than_is_allowed(n_tokens, n_epochs, name):
    assert largest_filled(SCALES, n_tokens, n_epochs) == name
