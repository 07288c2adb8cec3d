"""What the report shows of dedup steps: their clusters, and of near copies what was searched, found and missed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from pyspark.sql import functions as F

from jobs.common.context import Context
from jobs.common.final_texts import text_starts
from jobs.common.found_pages import places_of
from jobs.common.judged import removed_by
from jobs.common.tables import Place, matches
from schemas.searches import NEAR_PAIRS, NEAR_SEARCHES, SEMANTIC_SEARCHES
from schemas.steps import DedupStep
from schemas.tables import Table
from transforms.dedup.cluster_counts import clusters_of, sampled, size_classes
from transforms.dedup.signing import signing_of
from transforms.lineage import dedup_id
from transforms.text.differences import MOST_CHARS, differences
from transforms.text.lsh_curve import collision_chance, curve_lines
from transforms.text.printable import printable

Row = dict[str, Any]
_TOP = 5  # clusters
_PAIRS = 3  # on either side of the threshold
_REGIONS = 3  # in which two texts differ
_POINTS = 101


def dedup_steps(context: Context, snapshot: Row) -> list[Row]:
    """Give what the report's template needs of each dedup step; a recipe without one asks nothing of Spark.

    Args:
        context: The command's surroundings.
        snapshot: The snapshot's registry row.

    Returns:
        name, method, n_clusters, n_removed, largest (members of the largest cluster), bars (``size_bars``), clusters
        (the largest: n_members, survivor, members), near (what was asked and found of near copies, or None) and
        semantic (the same of documents that mean the same).
    """
    return [_step(context, step, snapshot["population_id"]) for step in context.recipe.dedup_steps()]


def _step(context: Context, step: DedupStep, population: str) -> Row:
    clusters = removed_by(context, step, population).transform(clusters_of).persist()  # asked twice: ids and numbers
    try:
        bars = size_bars([row.asDict() for row in clusters.transform(size_classes).collect()])
        largest = [row.asDict() for row in clusters.orderBy(F.desc("n_members"), "cluster_id").limit(_TOP).collect()]
    finally:
        clusters.unpersist()
    place = {"crawl": context.recipe.crawl, "step_id": dedup_id(context.recipe, step, population)}
    near = _asked(step) | _search(context, NEAR_SEARCHES, place) if step.method == "near" else None
    pairs = list(_pairs(context, place)) if near else []
    pages = _pages(context, step, {*_ids(largest), *(one for pair in pairs for one in (pair["a"], pair["b"]))})
    return {
        "name": step.name,
        "method": step.method,
        "n_clusters": sum(bar["n_clusters"] for bar in bars),
        "n_removed": sum(bar["n_members"] - bar["n_clusters"] for bar in bars),
        "largest": max((row["n_members"] for row in largest), default=0),
        "bars": bars,
        "clusters": [pages.cluster(row) for row in largest],
        "near": near | {"pairs": pages.compared(pairs)} if near else None,
        "semantic": {"rules": step.semantic} | _search(context, SEMANTIC_SEARCHES, place) if step.semantic else None,
    }


def size_bars(classes: Sequence[Row]) -> list[Row]:
    """Give rows of ``size_classes`` without holes, with words for their sizes and heights as shares of the highest."""
    if not classes:
        return []
    by_class = {row["label"]: row for row in classes}
    top = max(row["n_clusters"] for row in classes)
    bars = []
    for label in range(min(by_class), max(by_class) + 1):
        row = by_class.get(label, {"n_clusters": 0, "n_members": 0})
        told = {"n_clusters": row["n_clusters"], "n_members": row["n_members"], "height": row["n_clusters"] / top}
        bars.append({"fewest": f"{2**label:,}", "sizes": f"{2**label:,} to {2 ** (label + 1) - 1:,}", **told})
    return bars


def _asked(step: DedupStep) -> Row:
    """Give what a near step asks for, and the S-curve of its bands."""
    rules, cut = step.near_rules, signing_of(step.near_rules).cut
    similarities = np.linspace(0, 1, _POINTS)
    chances = collision_chance(similarities, *cut)
    return {
        "rules": rules,
        "cut": cut,
        "curve": list(zip(similarities.tolist(), chances.tolist(), strict=True)),
        "limit": None if rules.least is None else (rules.least, float(collision_chance(rules.least, *cut))),
        "table": "\n".join(curve_lines({step.name: cut})),
    }


def _search(context: Context, table: Table, place: Place) -> Row:
    rows = context.warehouse.read(table).where(matches(place)).limit(1).collect()
    return {"search": rows[0].asDict() if rows else None}


def _pairs(context: Context, place: Place) -> Iterator[Row]:
    """Read the compared pairs nearest to the threshold, those above it first."""
    pairs = context.warehouse.read(NEAR_PAIRS).where(matches(place))
    for is_near, order in ((True, F.asc("similarity")), (False, F.desc("similarity"))):
        mine = pairs.where(F.col("is_near") == is_near).orderBy(order, "a", "b").limit(_PAIRS)
        yield from (row.asDict() for row in mine.collect())


def _ids(clusters: Sequence[Row]) -> Iterator[str]:
    for row in clusters:
        yield row["survivor_id"]
        yield from sampled(row)


@dataclass(frozen=True)
class _Pages:
    """The few documents that are shown: where they are, and texts that may differ, as they came to the step."""

    places: Mapping[str, Row]
    texts: Mapping[str, str]

    def cluster(self, row: Row) -> Row:
        """Give n_members, survivor and members: those least like it and most, and one more."""
        stays = row["survivor_id"]
        members = [
            self._page(one) | {"similarity": similarity, "differences": self._differences(stays, one)}
            for one, similarity in sampled(row).items()
        ]
        return {"n_members": row["n_members"], "survivor": self._page(stays), "members": members}

    def compared(self, pairs: Sequence[Row]) -> list[Row]:
        """Give similarity, is_near, both pages and their differences; a pair of which one is gone is left out."""
        told = []
        for pair in pairs:
            found = self._differences(pair["a"], pair["b"])
            if found is not None:
                told.append(pair | {name: self._page(pair[name]) for name in ("a", "b")} | {"differences": found})
        return told

    def _page(self, one: str) -> Row:
        return {"doc_id": one, "url": printable(self.places[one]["url"]) if one in self.places else None}

    def _differences(self, a: str, b: str) -> Row | None:
        """Give the pieces of each region in which two texts differ."""
        if a not in self.texts or b not in self.texts:
            return None
        found = differences(self.texts[a], self.texts[b], _REGIONS)
        return {
            "regions": [
                [piece._replace(left=printable(piece.left), right=printable(piece.right)) for piece in region]
                for region in found.regions
            ],
            "n_more": max(found.n_regions - len(found.regions), 0),
            "is_same": found.n_regions == 0,
        }


def _pages(context: Context, step: DedupStep, ids: set[str]) -> _Pages:
    places = places_of(context, ids)
    if step.method not in ("near", "semantic"):  # the others' copies are equal
        return _Pages(places, {})
    before = context.recipe.steps[: context.recipe.steps.index(step)]
    return _Pages(places, text_starts(context, places.values(), before, MOST_CHARS + 1))
