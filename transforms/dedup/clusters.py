"""Connected components of a graph: who is near to whom, also by way of others.

By alternating large-star and small-star (Kiveris et al. 2014, "Connected components in MapReduce and beyond",
section 3). An edge points from its larger id to its smaller one, and a star operation makes one edge of each edge, its
ends moved to smaller neighbours: edges never become more, and what was connected stays so. In the end each component
is one star around its smallest id. Leaves, whose one edge goes to a smaller id, connect nobody: where they are most of
the edges, they are set aside until the others are stars.

A node with a million edges is never an array: its smallest neighbour is found by an aggregation to which each
partition sends one row, and is joined back to its edges. In that join the million rows come to one task, which streams
them past the one row of the other side (where they are many megabytes, AQE's skew join gives them to several tasks).
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

Keep = Callable[[DataFrame, str], DataFrame]

MAX_ROUNDS = 50  # sorted chains of 300, 2,000 and 200,000 nodes take 9, 11 and 18


class Look(NamedTuple):
    """What a look at a graph tells."""

    n_nodes: int
    n_leaves: int
    """Nodes with one edge, to a smaller one."""
    n_open: int
    """Nodes with an edge to a smaller one, and another edge."""
    n_edges: int


def components(edges: DataFrame, keep: Keep) -> DataFrame:
    """Find the connected components of a graph.

    Args:
        edges: ``a`` and ``b``, strings: an edge in either direction, as often as it likes. One from a node to itself,
            or with a null, is none. Read once. Edges that are stars around smallest ids cost one look.
        keep: Writes a frame under a name and gives it back as it is read from there, so that nothing is computed
            twice and no plan grows. A name may come again when nobody reads what was kept under it any more.

    Returns:
        ``id`` and ``component``, strings: one row for each node of an edge; the component is its smallest id, by the
        order of its UTF-8 bytes. It reads what was kept last.

    Raises:
        RuntimeError: no end was found, or nodes were lost, which is to say that ``keep`` gave back something else.
    """
    kept = keep(edges.transform(_downwards), "edges-0")
    first = _look(kept)
    stars = _stars(kept, first, keep) if first.n_open else kept
    return stars.transform(_labelled)


def _stars(edges: DataFrame, first: Look, keep: Keep) -> DataFrame:
    """Do rounds until no node is open, then bring back what was set aside."""
    last = first
    aside: list[DataFrame] = []
    for done in range(1, MAX_ROUNDS + 1):
        # Less than a sixteenth of all edges is not worth two more jobs.
        if 2 * last.n_leaves > last.n_edges and 16 * last.n_leaves > first.n_edges:
            parted = keep(edges.transform(_parted), f"parted-{len(aside)}")
            aside.append(parted.where("is_leaf").drop("is_leaf"))
            edges = parted.where("NOT is_leaf").drop("is_leaf")
        edges = keep(edges.transform(_large_star).transform(_small_star), f"edges-{done % 2}")
        last = _look(edges)
        if last.n_open == 0:
            break
    else:
        raise RuntimeError(f"components: after {MAX_ROUNDS} rounds {last.n_open:,} nodes are in no star yet")
    stars = _whole(edges, aside, keep)
    last = _look(stars) if aside else last
    if last.n_open or last.n_nodes != first.n_nodes:
        told = f"of {first.n_nodes:,} nodes {last.n_nodes:,} came out, {last.n_open:,} in no star"
        raise RuntimeError(f"components: {told}")
    return stars


def _whole(stars: DataFrame, aside: Sequence[DataFrame], keep: Keep) -> DataFrame:
    for level, leaves in reversed(list(enumerate(aside))):
        stars = keep(stars.unionByName(_moved(leaves, stars.toDF("large", "smallest"))), f"stars-{level}")
    return stars


def _downwards(edges: DataFrame) -> DataFrame:
    ends = [F.greatest("a", "b").alias("large"), F.least("a", "b").alias("small")]
    return edges.where("a <> b").select(*ends).distinct()


def _parted(edges: DataFrame) -> DataFrame:
    degrees = _nodes(edges).select(F.col("id").alias("large"), (F.col("n") == 1).alias("is_leaf"))
    return edges.join(degrees, on="large", how="inner")


def _large_star(edges: DataFrame) -> DataFrame:
    """Move the lower end of each edge to that end's smallest neighbour, if that is smaller still."""
    return _moved(edges, _smallest(edges))


def _moved(edges: DataFrame, smallest: DataFrame) -> DataFrame:
    moved = edges.join(smallest.withColumnRenamed("large", "small"), on="small", how="left")
    return moved.select("large", F.coalesce("smallest", "small").alias("small"))


def _small_star(edges: DataFrame) -> DataFrame:
    """Join a node and its smaller neighbours to the smallest of them.

    The edge to the smallest stays, and every other one becomes an edge from its lower end.
    """
    moved = edges.join(_smallest(edges), on="large", how="inner")
    upper = F.when(F.col("small") == F.col("smallest"), F.col("large")).otherwise(F.col("small"))
    return moved.select(upper.alias("large"), F.col("smallest").alias("small")).distinct()


def _smallest(edges: DataFrame) -> DataFrame:
    return edges.groupBy("large").agg(F.min("small").alias("smallest"))


def _nodes(edges: DataFrame) -> DataFrame:
    """Count each node's edges, and those to smaller ones; one row for each node and partition is shuffled."""
    ends = edges.selectExpr("stack(2, large, 1, small, 0) AS (id, n_smaller)")
    return ends.groupBy("id").agg(F.count("*").alias("n"), F.sum("n_smaller").alias("n_smaller"))


def _look(edges: DataFrame) -> Look:
    """Count what keeps edges from being stars.

    Where no node is open, every edge is the only one of its larger end: components are stars around smallest ids, and
    neither star operation changes an edge. No sum or hash is compared, which could be equal by chance.
    """
    is_lower = F.col("n_smaller") > 0
    told = _nodes(edges).agg(
        F.count("*").alias("n_nodes"),
        F.count(F.when(is_lower & (F.col("n") == 1), True)).alias("n_leaves"),
        F.count(F.when(is_lower & (F.col("n") > 1), True)).alias("n_open"),
        F.coalesce(F.sum("n_smaller"), F.lit(0)).alias("n_edges"),
    )
    return Look(**told.collect()[0].asDict())


def _labelled(stars: DataFrame) -> DataFrame:
    leaves = stars.select(F.col("large").alias("id"), F.col("small").alias("component"))
    centres = stars.select(F.col("small").alias("id"), F.col("small").alias("component")).distinct()
    return leaves.unionByName(centres)
