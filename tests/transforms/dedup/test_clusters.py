"""Connected components: those of a plain union-find, whatever the graph, its order and its partitions."""

import random
import shutil
from itertools import pairwise

import pytest
from pyspark.sql import functions as F

from transforms.dedup import clusters
from transforms.dedup.clusters import components

pytestmark = pytest.mark.spark


class Kept:
    """Keeps frames as Parquet files, and what was asked of it."""

    def __init__(self, spark, root):
        self.spark, self.root, self.names = spark, root, []

    def __call__(self, frame, name):
        path = f"{self.root}/{name}"
        self.names.append(name)
        frame.write.mode("overwrite").parquet(path)
        return self.spark.read.schema(frame.schema).parquet(path)

    def n_rounds(self):
        return sum(name.startswith("edges-") for name in self.names) - 1


@pytest.fixture
def kept(spark, tmp_path):
    return Kept(spark, tmp_path)


def expected(edges):
    """Give node → smallest id of its component, by union-find."""
    above = {}

    def top(node):
        while above.setdefault(node, node) != node:
            node = above[node]
        return node

    for a, b in edges:
        if a != b:
            low, high = sorted((top(a), top(b)))
            above[high] = low
    return {node: top(node) for node in above}


def random_graph(seed):
    """Give up to 60 edges among up to 40 nodes, with repeats, both directions and loops."""
    told = random.Random(seed)
    nodes = [f"{told.getrandbits(64):016x}" for _ in range(told.randint(2, 40))]
    edges = [(told.choice(nodes), told.choice(nodes)) for _ in range(told.randint(0, 60))]
    return edges + [(b, a) for a, b in edges[::3]] + edges[::5]


def chain(nodes):
    return list(pairwise(nodes))


def clique(n):
    return [(f"{a}", f"{b}") for a in range(n) for b in range(n)]


GRAPHS = {
    "sorted chain": chain([f"{i:03}" for i in range(300)]),
    "drawn chain": chain(random.Random(1).sample([f"{i:03}" for i in range(300)], 300)),
    "hub in front": [("0", f"{i}") for i in range(1, 500)],
    "hub behind": [(f"{i}", "x") for i in range(500)],
    "hub between": [(f"{i}", "250") for i in range(500)],
    "bridged stars": [(f"b{i}", "a") for i in range(200)] + [("c", f"d{i}") for i in range(200)] + [("b7", "d9")],
    "clique": clique(12),
    "cliques with one edge between": [*clique(5), *((f"x{a}", f"x{b}") for a, b in clique(5)), ("x4", "4")],
    "loops alone": [("a", "a"), ("b", "b"), ("a", "a")],
    "one edge, both ways, again and again": [("b", "a"), ("a", "b")] * 5,
    "ids of many kinds": [("é", "z"), ("\U0001f600", "\uffee"), ("\uffee", "z"), ("", " "), ("10", "9"), ("A", "a")],
    **{f"drawn {seed}": random_graph(seed) for seed in range(12)},
}


def together(graphs):
    """Give the edges of graphs in one, ids prefixed by their graph's number."""
    return [(f"{n}:{a}", f"{n}:{b}") for n, graph in enumerate(graphs) for a, b in graph]


def found(spark, edges, kept):
    """Give id → component, each id once."""
    frame = edges if hasattr(edges, "columns") else spark.createDataFrame(edges, "a string, b string")
    rows = [tuple(row) for row in components(frame, kept).collect()]
    assert len(rows) == len(dict(rows))
    return dict(rows)


def test_components_are_those_of_a_union_find(spark, kept):
    edges = together(GRAPHS.values())
    assert found(spark, edges, kept) == expected(edges)
    assert any(name.startswith("stars-") for name in kept.names)  # leaves were set aside, too


@pytest.mark.parametrize("partitions", [1, 7])
def test_partitions_order_and_direction_change_nothing(spark, kept, partitions):
    edges = together(GRAPHS[name] for name in GRAPHS if "chain" not in name)
    shuffled = [edge[::-1] for edge in random.Random(partitions).sample(edges, len(edges))]
    frame = spark.createDataFrame(shuffled, "a string, b string").repartition(partitions)
    before = spark.conf.get("spark.sql.shuffle.partitions")
    spark.conf.set("spark.sql.shuffle.partitions", partitions)
    try:
        assert found(spark, frame, kept) == expected(edges)
    finally:
        spark.conf.set("spark.sql.shuffle.partitions", before)


def test_no_edges_have_no_components(spark, kept):
    assert found(spark, [], kept) == {}
    assert found(spark, [("a", "a"), ("b", None), (None, None)], kept) == {}


def test_stars_take_one_look(spark, kept):
    edges = spark.range(20_000).select(
        F.concat(F.lit("n"), "id").alias("a"), (F.col("id") % 3).cast("string").alias("b")
    )
    told = components(edges, kept)
    assert kept.names == ["edges-0"]
    counts = {row["component"]: row["count"] for row in told.groupBy("component").count().collect()}
    assert counts == {"0": 6668, "1": 6668, "2": 6667}


def test_most_rounds_see_no_leaves(spark, kept):
    """Stars of 2,000 leaves beside a chain: they are set aside at the first look."""
    stars = [(f"s{i}", f"{i % 4}") for i in range(2000)]
    edges = stars + chain([f"c{i:02}" for i in range(20)])
    assert found(spark, edges, kept) == expected(edges)
    assert kept.names[:2] == ["edges-0", "parted-0"]
    assert spark.read.parquet(f"{kept.root}/edges-1").count() < 20


def plan_lines(frame, capsys):
    capsys.readouterr()
    frame.explain()
    return len(capsys.readouterr().out.splitlines())


def test_plans_do_not_grow(spark, kept, capsys):
    lines = {}

    def keep(frame, name):
        lines[len(lines)] = plan_lines(frame, capsys)
        return kept(frame, name)

    told = components(spark.createDataFrame(chain([f"{i:02}" for i in range(60)]), "a string, b string"), keep)
    assert kept.n_rounds() > 5
    assert max(lines.values()) < 1.5 * lines[1]
    assert plan_lines(told, capsys) < lines[1]


def test_too_many_rounds_are_an_error(spark, kept, monkeypatch):
    monkeypatch.setattr(clusters, "MAX_ROUNDS", 2)
    with pytest.raises(RuntimeError, match=r"after 2 rounds \d+ nodes are in no star yet"):
        found(spark, GRAPHS["sorted chain"][:50], kept)


class TestWhatGraphFramesGotWrong:
    """Its issues 159 (results differ from run to run, nodes are lost, rounds end early), 428 and 453 (AQE)."""

    def test_edges_are_read_once(self, spark, kept, tmp_path):
        edges = GRAPHS["drawn 3"] + GRAPHS["bridged stars"]
        spark.createDataFrame(edges, "a string, b string").write.parquet(f"{tmp_path}/given")

        def keep(frame, name):
            told = kept(frame, name)
            shutil.rmtree(tmp_path / "given", ignore_errors=True)
            return told

        frame = spark.read.schema("a string, b string").parquet(f"{tmp_path}/given")
        assert found(spark, frame, keep) == expected(edges)

    @pytest.mark.parametrize("name", ["edges-1", "parted-0", "stars-0"])
    def test_rows_that_a_checkpoint_loses_are_an_error(self, spark, kept, name):
        def keep(frame, given):
            told = kept(frame, given)
            return told.where("large NOT IN ('b7', 'd9')") if given == name else told

        with pytest.raises(RuntimeError, match="components: of 404 nodes 402 came out"):
            found(spark, GRAPHS["bridged stars"] + [("y", "z")], keep)

    def test_adaptive_execution_changes_nothing(self, spark, kept):
        edges = together(GRAPHS[name] for name in ("drawn 1", "hub between", "bridged stars"))
        spark.conf.set("spark.sql.adaptive.enabled", "true")
        try:
            assert found(spark, edges, kept) == expected(edges)
        finally:
            spark.conf.set("spark.sql.adaptive.enabled", "false")
