"""What was added, removed and changed: on small snapshots by brute force, in any order of rows."""

import hashlib
import random
from collections import Counter

import pytest

from schemas.tables import DECISIONS
from transforms.compare import (
    both_sides,
    by_document,
    by_url,
    example_pairs,
    fate_counts,
    host_counts,
    label_counts,
    label_divergence,
    largest,
    least_of_bin,
    most_moved,
    paired,
)
from transforms.shifts import js_divergence

pytestmark = [pytest.mark.spark, pytest.mark.matrix]
REASONS = ("a:one", "a:two", "b:three")


def snapshot(seed, n=120):
    """Decisions of documents d0 to d199, some of them not there; texts, hosts and reasons by chance."""
    rng = random.Random(seed)
    rows = []
    for at in sorted(rng.sample(range(200), n)):
        reasons = [] if rng.random() < 0.6 else rng.sample(REASONS, rng.randint(1, 3))
        # Few URLs and few texts: some URLs have several documents, and texts that differ or do not.
        text = hashlib.sha256(f"{at % 40} {rng.random() < 0.2}".encode()).hexdigest()
        told = {"doc_id": f"d{at}", "url": f"http://h{at % 7}.example/{at % 70}", "host": f"h{at % 7}.example"}
        told |= {"snapshot_id": f"s{seed}", "crawl": "c", "unit": 0, "attempt": 1, "n_bytes": 1}
        told |= {"language": rng.choice(["en", "de", None]), "n_words": rng.choice([0, 1, 50, 64, 65, 66, 1000])}
        rows.append(told | {"text_sha256": text, "is_kept": not reasons, "reasons": reasons})
    return rows


@pytest.fixture(scope="module")
def sides(spark):
    rows = snapshot(1), snapshot(2)
    return rows, tuple(spark.createDataFrame(one, DECISIONS.schema) for one in rows)


def grouped(rows, key):
    """Give key → is_kept, texts, reasons of the first document."""
    told = {}
    for row in sorted(rows, key=lambda row: row["doc_id"]):
        one = told.setdefault(row[key], {"is_kept": False, "texts": set(), "reasons": row["reasons"]})
        one["is_kept"] |= row["is_kept"]
        one["texts"] |= {row["text_sha256"]} if row["is_kept"] else set()
    return told


def truth(a, b, key):
    """Give key → fate and reasons, by looking at each key of both."""
    a, b = grouped(a, key), grouped(b, key)
    told = {}
    for name in {*a, *b}:
        kept = [name in side and side[name]["is_kept"] for side in (a, b)]
        if all(kept):
            told[name] = ("same" if a[name]["texts"] == b[name]["texts"] else "changed", [])
        elif kept[0]:
            told[name] = ("removed", b[name]["reasons"] if name in b else ["not in B's input"])
        elif kept[1]:
            told[name] = ("added", a[name]["reasons"] if name in a else ["not in A's input"])
    return told


@pytest.mark.parametrize(("key", "by"), [("doc_id", by_document), ("url", by_url)])
def test_every_document_has_the_fate_and_the_reasons_that_looking_gives(sides, key, by):
    (a, b), frames = sides
    pairs = paired(*(frame.transform(by) for frame in frames))
    found = {row["key"]: (row["fate"], row["reasons"]) for row in pairs.collect()}
    expected = truth(a, b, key)
    assert found == expected
    assert {fate for fate, _ in expected.values()} == {"same", "changed", "removed", "added"}

    counts = {(row["fate"], row["reason"]): (row["n_first"], row["n_any"]) for row in fate_counts(pairs).collect()}
    first = Counter((fate, reasons[0] if reasons else None) for fate, reasons in expected.values())
    every = Counter((fate, reason) for fate, reasons in expected.values() for reason in reasons or [None])
    assert counts == {of: (first[of], every[of]) for of in every}

    examples = pairs.transform(example_pairs(2)).collect()
    for of in first:
        if of[0] != "same":
            mine = [key for key, (fate, r) in expected.items() if (fate, r[0] if r else None) == of]
            mine.sort(key=lambda one: hashlib.sha256(one.encode()).hexdigest())
            assert [row["key"] for row in examples if (row["fate"], row["reason"]) == of] == mine[:2]


def test_a_snapshot_beside_itself_is_the_same(sides):
    _, frames = sides
    for by in (by_document, by_url):
        pairs = paired(*(frames[0].transform(by) for _ in "ab"))
        assert {row["fate"] for row in fate_counts(pairs).collect()} == {"same"}


def test_labels_are_counted_on_their_side(sides):
    rows, frames = sides
    both = both_sides(*frames)
    found = {(row["kind"], row["label"]): (row["n_a"], row["n_b"]) for row in label_counts(both).collect()}
    told = [Counter() for _ in rows]
    for counter, side in zip(told, rows, strict=True):
        for row in side:
            counter["language", row["language"] or "unknown"] += 1
            counter["words", str(row["n_words"] if row["n_words"] < 64 else row["n_words"] // 16 * 16)] += 1
    # 64, 65 and 66 words: six binary digits put the first two together.
    a, b = (counter["words", "64"] for counter in told)
    assert sum(found["words", low][0] for low in ("64", "66")) == a
    assert sum(found["words", low][1] for low in ("64", "66")) == b
    assert found["words", "992"] == tuple(counter["words", "992"] for counter in told)
    for of in (("language", "unknown"), ("language", "en"), ("words", "0"), ("words", "1"), ("words", "50")):
        assert found[of] == tuple(counter[of] for counter in told)


def test_a_bin_is_as_wide_as_a_32nd_of_its_lengths(spark):
    numbers = [0, 1, 2, 63, 64, 65, 127, 128, 131, 132, 1000, 2**31 - 1, 2**31, 10**12, 2**62]
    frame = spark.createDataFrame([(n,) for n in numbers], "n long").select("n", least_of_bin("n").alias("low"))
    for n, low in frame.collect():
        zeros = max(0, n.bit_length() - 6)
        assert low == n >> zeros << zeros
        assert n - low <= low / 32


def test_hosts_are_measured_over_all_of_them(sides):
    rows, frames = sides
    counts = both_sides(*frames).transform(host_counts)
    expected = [Counter(row["host"] for row in side) for side in rows]
    hosts = sorted({*expected[0], *expected[1]})
    a, b = ([side[host] for host in hosts] for side in expected)
    whole = counts.transform(label_divergence((sum(a), sum(b)))).collect()[0]
    assert whole["n_labels"] == len(hosts)
    assert whole["js_divergence"] == pytest.approx(js_divergence(a, b), abs=1e-9)
    top = [row["label"] for row in counts.transform(largest(3)).collect()]
    assert top == sorted(hosts, key=lambda host: (-expected[0][host] - expected[1][host], host))[:3]
    moved = [row["label"] for row in counts.transform(most_moved(1, (sum(a), sum(b)))).collect()]
    change = {host: abs(y / sum(b) - x / sum(a)) for host, x, y in zip(hosts, a, b, strict=True)}
    assert change[moved[0]] == pytest.approx(max(change.values()))
