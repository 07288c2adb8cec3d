"""Examples for a classifier: one text once, no host and no copy on both sides, the same whatever the order."""

import random

import pyarrow as pa
import pytest

from transforms.examples import Cut, cut, digests, examples, without_both

CUT = Cut("7", 0.3, 0.8, 7)


def documents(rows):
    names = ("text", "url", "host", "is_positive", "is_crawl")
    types = (pa.string(), pa.string(), pa.string(), pa.bool_(), pa.bool_())
    columns = list(zip(*rows, strict=True)) or [[]] * 5
    return pa.table({name: pa.array(column, kind) for name, column, kind in zip(names, columns, types, strict=True)})


def page(text, host, is_positive=True):
    return (text, f"https://{host}/{abs(hash(text))}", None, is_positive, False)


def words(rng, n=60):
    return " ".join(f"w{rng.randrange(5000)}" for _ in range(n))


@pytest.fixture
def pages():
    rng = random.Random(3)
    return [page(words(rng), f"{i % 40}.example", i % 2 == 0) for i in range(400)]


def test_texts_become_one_line_and_hosts_are_found():
    rows = [
        ("  a\nb\r\n", "https://User@WWW.Example.org:80/x", None, True, False),
        ("c", None, "Named.Example", True, True),
        ("d", "no address", None, False, False),
        (" \n ", "https://a.example/", None, False, False),
        (None, None, None, False, False),
    ]
    table, counts = examples(documents(rows), 1)
    told = {row["text"]: row for row in table.to_pylist()}
    assert set(told) == {"a b", "c", "d"}
    assert told["a b"]["host"] == "www.example.org"
    assert told["c"]["host"] == "named.example"
    assert told["c"]["is_crawl"]
    assert told["d"]["host"] == told["d"]["sha256"]
    assert counts["read"] == {"positives": 2, "negatives": 3}
    assert counts["without_text"] == {"positives": 0, "negatives": 2}


def test_a_text_in_both_classes_is_removed_from_both():
    rows = [page("one two", "a", True), page("one\ntwo", "b", False), page("one two", "c", False), page("three", "a")]
    table, counts = without_both(examples(documents(rows), 1)[0])
    assert table.column("text").to_pylist() == ["three"]
    assert counts == {"in_both_classes": {"positives": 1, "negatives": 2}}


def test_hosts_are_on_one_side_only(pages):
    sides, _ = cut(examples(documents(pages), 1)[0], CUT)
    hosts = [set(side.column("host").to_pylist()) for side in sides]
    assert not hosts[0] & hosts[1]
    assert 5 < len(hosts[1]) < 20
    assert sum(map(len, sides)) == len(pages)


def test_copies_across_the_sides_are_removed_from_training_and_counted(pages):
    sides, _ = cut(examples(documents(pages), 1)[0], CUT)
    inside, outside = (side.column("host")[0].as_py() for side in sides)
    text = sides.held_out.column("text")[0].as_py()
    is_positive = sides.held_out.column("is_positive")[0].as_py()
    near = f"{text} other"
    planted = [page(text, inside, is_positive), page(near, inside, is_positive), page(text, outside, is_positive)]
    again, counts = cut(examples(documents(pages + planted), 1)[0], CUT)
    name = "positives" if is_positive else "negatives"
    assert counts["like_held_out"][name] == 2
    assert counts["copies_in_one_side"][name] == 1
    assert digests(again) == digests(sides)


def test_short_copies_are_found_too():
    rows = [page(f"t{i % 20}", f"{i}.example", i % 2 == 0) for i in range(200)]
    sides, _ = cut(examples(documents(rows), 1)[0], CUT)
    texts = [set(side.column("text").to_pylist()) for side in sides]
    assert not texts[0] & texts[1]
    assert all(len(set(side.column("text").to_pylist())) == len(side) for side in sides)


def test_the_order_of_the_documents_does_not_matter(pages):
    rows = [*pages, *pages[:20], page(pages[0][0], "5.example")]
    told = []
    for _ in range(3):
        random.Random(len(told)).shuffle(rows)
        sides, counts = cut(without_both(examples(documents(rows), 1)[0])[0], CUT)
        told.append(([side.to_pylist() for side in sides], counts))
    assert told[0] == told[1] == told[2]


def test_another_seed_is_another_order_and_another_cut(pages):
    one, other = (examples(documents(pages), seed)[0] for seed in (1, 2))
    assert one.column("sha256").to_pylist() != other.column("sha256").to_pylist()
    assert digests(cut(one, CUT)[0]) != digests(cut(one, CUT._replace(seed="8"))[0])
