"""Whether doc_id is a key: planted repeats are counted, within units all of them, across units those of a range."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.uniqueness import equal_hashes, id_range, repeated_ids


def some_id(n):
    return hashlib.sha256(str(n).encode()).hexdigest()[:32]


@given(st.integers(0, 10**6), st.text())
def test_a_small_snapshot_is_looked_at_whole(n, seed):
    assert id_range(n, 10**6, seed) is None


@given(st.integers(2, 10**10), st.integers(1, 10**6), st.text())
def test_a_range_holds_its_share_of_all_ids(n, most, seed):
    if n > most:
        first, behind = id_range(n, most, seed)
        assert "00000000" <= first <= "ffffffff"
        assert first < behind
        width = (int(behind, 16) if behind != "g" else 16**8) - int(first, 16)
        assert width == max(1, 16**8 * most // n)


def test_a_range_depends_on_its_seed_only():
    assert id_range(10**9, 10**6, "s") == id_range(10**9, 10**6, "s") != id_range(10**9, 10**6, "t")


def test_ids_are_sampled_in_the_share_that_was_asked():
    first, behind = id_range(20_000, 2_000, "tiny-1")
    assert 1_800 < sum(first <= some_id(n) < behind for n in range(20_000)) < 2_200


@pytest.mark.spark
@pytest.mark.matrix
def test_planted_repeats_are_counted(spark):
    rows = [("c", 0, 0, "00aa"), ("c", 0, 0, "00aa"), ("c", 0, 0, "00aa"), ("c", 0, 0, "7fbb")]  # two too many
    rows += [("c", 1, 0, "7fbb"), ("c", 1, 0, "80cc"), ("c", 2, 0, "80cc"), ("c", 2, 0, "80cc")]  # one too many
    frame = spark.createDataFrame(rows, "crawl string, unit int, attempt int, doc_id string")
    told = [tuple(repeated_ids(frame, bounds).collect()[0]) for bounds in (None, ("80", "g"), ("00", "70"))]
    assert told == [(3, 2), (3, 1), (3, 0)]
    assert [equal_hashes(frame, bounds).collect()[0]["n"] for bounds in (None, ("80", "g"))] == [4, 3]
    assert equal_hashes(frame.where("unit = 1"), None).collect()[0]["n"] == 0
    assert tuple(repeated_ids(frame.limit(0), None).collect()[0]) == (0, 0)
