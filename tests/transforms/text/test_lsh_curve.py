"""The curve of bands: the formula, well-known points of it, and the fewest hashes that do what is asked."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from transforms.text.lsh_curve import PRESETS, Bands, collision_chance, curve_lines, smallest_bands


class TestChance:
    @given(st.fractions(0, 1, max_denominator=1000), st.integers(1, 500), st.integers(1, 20))
    def test_it_is_the_formula_to_the_last_digits(self, similarity, bands, rows):
        exact = 1 - (1 - similarity**rows) ** bands  # without rounding
        found = float(collision_chance(float(similarity), bands, rows))
        assert found == pytest.approx(float(Fraction(exact)), rel=1e-11)
        assert 0 <= found <= 1

    def test_presets_are_at_the_points_that_are_published(self):
        chances = {name: float(collision_chance(0.8, *bands)) for name, bands in PRESETS.items()}
        assert chances == pytest.approx({"fineweb": 0.924, "refinedweb": 0.995, "dclm": 0.964, "nemo": 0.677}, abs=5e-4)
        assert {name: bands.n_hashes for name, bands in PRESETS.items()} == {
            "fineweb": 112,
            "refinedweb": 9000,
            "dclm": 1395,
            "nemo": 260,
        }

    def test_many_similarities_are_answered_at_once(self):
        grid = np.linspace(0, 1, 12).reshape(3, 4)
        found = collision_chance(grid, 14, 8)
        assert found.shape == (3, 4)
        assert found[0, 0] == 0
        assert found[-1, -1] == 1
        assert (np.diff(found.ravel()) >= 0).all()

    @pytest.mark.parametrize("similarity", [-0.1, 1.1, float("nan"), [0.5, 2]])
    def test_what_is_no_similarity_is_an_error(self, similarity):
        with pytest.raises(ValueError, match="allowed: 0 to 1"):
            collision_chance(similarity, 14, 8)

    @pytest.mark.parametrize(("bands", "rows"), [(0, 8), (14, 0)])
    def test_no_bands_are_an_error(self, bands, rows):
        with pytest.raises(ValueError, match=f"given {bands} of {rows} rows; allowed: 1 or more"):
            collision_chance(0.5, bands, rows)


class TestSmallest:
    @given(st.floats(0.2, 0.95), st.floats(0.5, 0.99), st.floats(0.1, 0.6), st.floats(0.02, 0.45))
    def test_no_fewer_hashes_do_both(self, threshold, recall, margin, most_below):
        assume(margin < threshold)
        try:
            found = smallest_bands(threshold, recall, margin, most_below, 400)
        except ValueError:
            found = Bands(401, 1)
        for rows in range(1, found.n_hashes):
            bands = np.arange(1, (found.n_hashes - 1) // rows + 1)
            reaches = -np.expm1(bands * np.log1p(-(threshold**rows))) >= recall
            spares = -np.expm1(bands * np.log1p(-((threshold - margin) ** rows))) <= most_below
            assert not (reaches & spares).any()
        if found.n_hashes <= 400:
            assert collision_chance(threshold, *found) >= recall
            assert collision_chance(threshold - margin, *found) <= most_below

    def test_the_usual_bands_are_found_from_what_they_do(self):
        assert smallest_bands(0.8, 0.92, margin=0.3, most_below=0.06) == Bands(14, 8)
        assert smallest_bands(0.8) == Bands(10, 7)

    @pytest.mark.parametrize(
        ("wrong", "name"),
        [
            ({"threshold": 0}, "threshold: given 0; allowed: above 0, below 1"),
            ({"threshold": 1.0}, "threshold"),
            ({"recall": 1}, "recall: given 1; allowed: above 0, below 1"),
            ({"margin": 0.8}, "margin: given 0.8; allowed: above 0, below 0.8"),
            ({"most_below": 0.95}, "most_below: given 0.95; allowed: above 0, below 0.9"),
            ({"margin": float("nan")}, "margin: given nan"),
            ({"most_hashes": 50}, "no bands of 50 hashes or fewer do both; allowed: a wider margin"),
            ({"threshold": 1e-300, "margin": 1e-301}, "no bands of 20000 hashes"),
        ],
    )
    def test_what_is_not_allowed_is_named(self, wrong, name):
        with pytest.raises(ValueError, match=name):
            smallest_bands(**{"threshold": 0.8, **wrong})


class TestLines:
    def test_a_line_for_each_similarity_and_a_column_for_each_curve(self):
        assert curve_lines(PRESETS, [0.3, 0.8, 1]) == [
            "similarity   fineweb 14x8   refinedweb 450x20   dclm 93x15   nemo 20x13",
            "      0.30          0.1 %               0.0 %        0.0 %        0.0 %",
            "      0.80         92.4 %              99.5 %       96.4 %       67.7 %",
            "      1.00        100.0 %             100.0 %      100.0 %      100.0 %",
        ]

    def test_a_short_name_leaves_room_for_its_numbers(self):
        lines = curve_lines({"": Bands(1, 1)})
        assert len(lines) == 16
        assert lines[1].split() == ["0.30", "30.0", "%"]
        assert len({len(line) for line in lines}) == 1
