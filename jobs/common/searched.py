"""What a search for near copies did and missed → ``near_searches`` and ``near_pairs``."""

from typing import Any, NamedTuple

import numpy as np
from pyspark.sql import DataFrame, Row
from pyspark.sql import functions as F

from jobs.common.final_texts import chosen_texts
from jobs.common.near import Found, Search
from jobs.common.tables import Place
from schemas.searches import NEAR_PAIRS, NEAR_SEARCHES, TRUE_PAIRS
from schemas.tables import UNIT_KEY
from transforms.dedup.sampled import SampledSets, drawn, found_counts, pairs_around, true_pairs
from transforms.dedup.search_counts import bucket_counts, cluster_counts, pair_counts, set_counts, together
from transforms.dedup.signing import shingles_of, signing_of
from transforms.local_rows import local_rows
from transforms.text.recall import Recall, sampled_recall

_SHOWN = 200  # pairs on each side of the least similarity
_AROUND = 0.1


class Truth(NamedTuple):
    """What holding a sample against all documents told."""

    n_sampled: int = 0
    n_true_pairs: int = 0
    n_found_pairs: int = 0
    recall: Recall | None = None


def write_search(search: Search, found: Found, candidates: DataFrame, place: Place) -> None:
    """Write a search's row, and pairs around its least similarity.

    Args:
        search: What was asked.
        found: What came of it.
        candidates: The documents that it looked at, as it was told them.
        place: crawl and step_id.
    """
    rules, warehouse = search.step.near_rules, search.context.warehouse
    [counts] = together(
        set_counts(found.equal),
        bucket_counts(found.members, search.bounds),
        pair_counts(found.compared, rules.least),
        cluster_counts(found.removed, rules.giant_cluster),
    ).collect()
    truth = sampled_truth(search, found, candidates)
    row = {**place, **counts.asDict(), **_asked(search), **_told(truth)}
    warehouse.replace(local_rows(warehouse.spark, [row], NEAR_SEARCHES.schema), NEAR_SEARCHES, place)
    pairs = found.compared.pairs.transform(pairs_around(rules.min_similarity, _AROUND, _SHOWN, rules.seed))
    told = {name: F.lit(value) for name, value in place.items()}
    warehouse.replace(pairs.withColumns(told), NEAR_PAIRS, place)


def sampled_truth(search: Search, found: Found, candidates: DataFrame) -> Truth:
    """Hold a sample of this crawl's documents against all others of it, by the exact similarity of their shingles.

    The population is the different sets, each by its first document, and not all documents: those of equal sets are
    together whatever the bands are, so a page with a million copies would only hide what is missed among others. A
    pair is found where one cluster holds both, by way of others too. All texts of the population are read once more,
    where they are; those of earlier crawls are not, which the same bands look through with the same chance.

    Args:
        search: What was asked.
        found: What came of it.
        candidates: As for ``write_search``.
    """
    rules, scratch = search.step.near_rules, search.scratch
    if rules.least is None or rules.recall_sample == 0:
        return Truth()
    firsts = found.equal.where("doc_id = first_id").select("doc_id")
    mine = candidates.where("rank.era = 0").drop("rank").join(firsts, "doc_id", "left_semi")
    population = scratch.keep(mine, "population")
    n_sets = population.count()
    n_sampled = min(rules.recall_sample, n_sets)
    if n_sampled == 0:
        return Truth()
    chosen = scratch.keep(population.transform(drawn(n_sampled, rules.seed, "doc_id")), "sample")
    signing = signing_of(rules)
    sets = chosen_texts(search.context, chosen, search.before).transform(shingles_of(signing)).collect()
    hold = true_pairs(signing, SampledSets.of(sets), rules.least)

    def read(unit: Row) -> None:
        scratch.put(search.texts(unit, population).transform(hold), f"true/{unit['unit']}")

    search.at_each_unit(population.select(*UNIT_KEY).distinct(), read)
    counts = scratch.read("true", TRUE_PAIRS).transform(found_counts(found.clusters)).collect()
    n_true, n_found = (np.array([row[name] for row in counts], np.int64) for name in ("n_true", "n_found"))
    recall = sampled_recall(n_true, n_found, n_sampled, n_sets)
    return Truth(n_sampled, int(n_true.sum()), int(n_found.sum()), recall)


def _asked(search: Search) -> dict[str, Any]:
    cut = signing_of(search.step.near_rules).cut
    return {"n_bands": cut.bands, "n_rows": cut.rows, "min_similarity": search.step.near_rules.least}


def _told(truth: Truth) -> dict[str, Any]:
    share, low, high = truth.recall or (None, None, None)
    numbers = {"n_sampled": truth.n_sampled, "n_true_pairs": truth.n_true_pairs, "n_found_pairs": truth.n_found_pairs}
    return numbers | {"recall": share, "recall_low": low, "recall_high": high}
