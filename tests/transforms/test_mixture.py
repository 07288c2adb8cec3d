"""Copies of documents in phases: what is asked, but for one document; nothing twice before all once."""

import random
from collections import Counter, defaultdict

import pytest

from schemas.domains import Domains
from schemas.schedule import Phase, Schedule
from transforms.mixture import mixed, placed, reached, unique_tokens
from transforms.phases import parts_of

pytestmark = [pytest.mark.spark, pytest.mark.matrix]
SEED = 7
LENGTHS = {
    f"{source}{i}": (source, random.Random(f"{source}{i}").randrange(0, 60))
    for source, n in (("x", 120), ("y", 40), ("z", 1))
    for i in range(n)
}
UNIQUE = Counter()
for _source, _n in LENGTHS.values():
    UNIQUE[_source] += _n
SCHEDULE = Schedule(
    name="s",
    seed=SEED,
    domains=Domains(by="crawl"),
    phases=(
        Phase(name="a", tokens=2_000, mix={"x": 0.75, "y": 0.25, "z": 0.0}),
        Phase(name="b", tokens=4_000, mix={"x": 0.5, "y": 0.45, "z": 0.05}),
    ),
)


def mixture(spark, n_partitions=2, seed=SEED, lengths=LENGTHS):
    rows = [(doc_id, source, n, "kept") for doc_id, (source, n) in lengths.items()]
    random.Random(n_partitions).shuffle(rows)
    documents = spark.createDataFrame(rows, "doc_id string, source string, n_tokens long, also string")
    documents = documents.repartition(n_partitions)
    return mixed(documents.transform(placed, seed), parts_of(SCHEDULE), unique_tokens(documents), seed)


@pytest.fixture(scope="module")
def rows(spark):
    return mixture(spark).collect()


def test_begins_are_prefix_sums_of_one_order(spark):
    documents = spark.createDataFrame(
        [(doc_id, source, n) for doc_id, (source, n) in LENGTHS.items()], "doc_id string, source string, n_tokens long"
    )
    told = defaultdict(list)
    for row in documents.transform(placed, SEED).collect():
        told[row["source"]].append((row["begins"], row["n_tokens"]))
    for source, places in told.items():
        ends = 0
        for begins, n in sorted(places):
            assert begins == ends
            ends += n
        assert ends == UNIQUE[source]
    assert sum(map(len, told.values())) == sum(n > 0 for _, n in LENGTHS.values())


def test_each_part_gets_what_it_asks_but_for_one_document(rows):
    got = Counter()
    for row in rows:
        got[row["phase_number"], row["source"]] += row["n_tokens"]
    longest = {source: max(n for one, n in LENGTHS.values() if one == source) for source in UNIQUE}
    for part in parts_of(SCHEDULE):
        assert abs(got[part.phase_number, part.source] - part.n_tokens) <= longest[part.source]
    assert (1, "z") in got  # 200 tokens of a source of one document: many copies
    assert (0, "z") not in got


def test_nothing_comes_again_before_all_of_its_source_was_there(rows):
    order = defaultdict(list)
    for row in rows:
        order[row["source"]].append((row["place"], row["doc_id"], row["copy"], row["phase_number"]))
    for source, told in order.items():
        n = sum(one == source and n > 0 for one, n in LENGTHS.values())
        told.sort()
        for copy in range(-(-len(told) // n)):
            there = told[copy * n : (copy + 1) * n]
            assert {row[2] for row in there} == {copy}
            assert len({row[1] for row in there}) == len(there)
        assert [row[3] for row in told] == sorted(row[3] for row in told)
    assert max(row["copy"] for row in rows) > 1


def test_the_same_rows_whatever_the_partitions(spark, rows):
    assert sorted(mixture(spark, 7).collect()) == sorted(rows)
    assert sorted(mixture(spark, 1).collect()) == sorted(rows)


def test_another_seed_is_another_order(spark, rows):
    assert {(row["doc_id"], row["copy"]) for row in mixture(spark, 2, SEED + 1).collect()} != {
        (row["doc_id"], row["copy"]) for row in rows
    }


def test_the_order_of_a_phase_is_of_no_source(rows):
    mine = sorted((row["order_key"], row["source"]) for row in rows if row["phase_number"] == 1)
    half = Counter(source for _, source in mine[: len(mine) // 2])
    whole = Counter(source for _, source in mine)
    assert abs(half["x"] / whole["x"] - 0.5) < 0.2
    assert len({key for key, _ in mine}) == len(mine)


def test_a_new_document_moves_no_other_in_the_order(spark, rows):
    more = mixture(spark, 2, SEED, {**LENGTHS, "x-new": ("x", 5)}).collect()
    first = [row["doc_id"] for row in sorted(rows, key=lambda row: row["place"]) if row["source"] == "x"]
    then = [row["doc_id"] for row in sorted(more, key=lambda row: row["place"]) if row["source"] == "x"]
    assert [one for one in then[:100] if one != "x-new"] == first[: len([one for one in then[:100] if one != "x-new"])]


def test_what_is_reached_is_summed_up(spark, rows):
    told = {(row["phase_number"], row["source"]): row for row in mixture(spark).transform(reached).collect()}
    for (number, source), row in told.items():
        mine = [one for one in rows if (one["phase_number"], one["source"]) == (number, source)]
        assert row["n_reached"] == sum(one["n_tokens"] for one in mine)
        assert (row["n_rows"], row["n_copies"]) == (len(mine), len({one["copy"] for one in mine}))
