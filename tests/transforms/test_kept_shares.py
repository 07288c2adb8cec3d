"""Shares of kept documents by one aggregate, held against plain Python."""

import math
import random

import pytest

from schemas.gates import PII, Gates
from transforms.kept_shares import curated_shares, measured_shares, shares

GATES = Gates(
    max_null_ratios={"gopher.x": 1.0, "fetched_at": 1.0},
    ranges={
        "words.n_words": {"min": 10, "max": 20},
        "gopher.x": {"max": 0.5},
        "words.n_bytes": {"min": 5},
    },
    max_pii_ratio=1.0,
)
NAMES = GATES.measures()


@pytest.mark.spark
def test_each_gate_has_one_condition_and_each_column_its_source(spark):
    assert set(curated_shares(GATES)) == {"null_ratio.fetched_at"}
    assert set(measured_shares(GATES)) == {
        "null_ratio.gopher.x", "outside_ratio.words.n_words", "outside_ratio.gopher.x", "outside_ratio.words.n_bytes",
        "pii_ratio",
    }  # fmt: skip
    assert set(NAMES) == {"words.n_words", "gopher.x", "words.n_bytes", *PII}
    assert (measured_shares(Gates()), curated_shares(Gates())) == ({}, {})


def test_nothing_is_asked_of_spark_where_no_gate_asks():
    assert shares(None, {}) == {}


@pytest.mark.spark
@pytest.mark.matrix
def test_shares_are_those_of_plain_python(spark):
    rng = random.Random(1)
    rows = []
    for _ in range(200):
        pii = [rng.choice([0, 0, 0, 0, 0, 0, 0, 1, None]) if rng.random() < 0.3 else 0 for _ in PII]
        rows.append((rng.choice([9, 10, 15, 20, 21, None]), rng.choice([0.5, 0.6, math.nan, None]),
                     rng.choice([4, 5]), *pii))  # fmt: skip
    kinds = ["long", "double", "long", *["long"] * len(PII)]
    frame = spark.createDataFrame(rows, ", ".join(f"`{n}` {kind}" for n, kind in zip(NAMES, kinds, strict=True)))
    wrong = {
        "null_ratio.gopher.x": [row[1] is None for row in rows],
        "outside_ratio.words.n_words": [row[0] not in (10, 15, 20) for row in rows],
        "outside_ratio.gopher.x": [row[1] != 0.5 for row in rows],
        "outside_ratio.words.n_bytes": [row[2] == 4 for row in rows],
        "pii_ratio": [any(n != 0 for n in row[3:]) for row in rows],
    }
    assert shares(frame, measured_shares(GATES)) == {name: sum(each) / len(rows) for name, each in wrong.items()}
    assert set(shares(frame.limit(0), measured_shares(GATES)).values()) == {0.0}
