"""Whose copy a document is, and which copies it survives, as dedup steps wrote it."""

from collections.abc import Sequence

from pyspark.sql import functions as F

from jobs.common.final_texts import text_starts
from jobs.common.found_pages import places_of
from jobs.common.judged import removed_by
from jobs.common.verdicts import Judges, verdicts
from schemas.steps import DedupStep
from transforms.dedup.cluster_counts import clusters_of, sampled
from transforms.fields import Row
from transforms.text.differences import MOST_CHARS, differences

_MOST_REGIONS = 8


def copies(judges: Judges, found: Sequence[Row]) -> dict[str, Row]:
    """Say of documents whose copies they are; one that is nobody's is left out.

    Args:
        judges: Who is asked.
        found: ``PLACE`` of each.

    Returns:
        By doc_id: step, method, similarity (as the step compared; null where it did not), cluster_id, n_members
        (the survivor among them), survivor_id; survivor (``PLACE`` and what ``verdicts`` gives; of another crawl only
        the first; None if it is gone); differences (of the texts as they came to the step; None if one is gone).
    """
    told: dict[str, Row] = {}
    for i, step in enumerate(judges.steps):
        if isinstance(step, DedupStep):
            mine = _removed(judges, step, [row for row in found if row["doc_id"] not in told])
            if not mine:
                continue
            survivors = places_of(judges.context, {row["survivor_id"] for row in mine.values()})
            pages = [row for row in found if row["doc_id"] in mine]
            texts = text_starts(judges.context, [*pages, *survivors.values()], judges.steps[:i], MOST_CHARS + 1)
            here = [row for row in survivors.values() if row["crawl"] == judges.context.recipe.crawl]
            judged = verdicts(judges, here)
            for one, row in mine.items():
                other = row["survivor_id"]
                row["survivor"] = survivors[other] | judged.get(other, {}) if other in survivors else None
                is_there = one in texts and other in texts
                row["differences"] = differences(texts[one], texts[other], _MOST_REGIONS) if is_there else None
            told |= mine
    return told


def _removed(judges: Judges, step: DedupStep, found: Sequence[Row]) -> dict[str, Row]:
    """Read what one step removed of these documents."""
    if not found:
        return {}
    removed = removed_by(judges.context, step, judges.population)
    mine = removed.where(F.col("doc_id").isin([row["doc_id"] for row in found])).collect()
    whole = removed.where(F.col("cluster_id").isin(sorted({row["cluster_id"] for row in mine})))
    sizes = {row["cluster_id"]: row["n_members"] for row in whole.transform(clusters_of).collect()}
    names = ("method", "similarity", "cluster_id", "survivor_id")
    return {
        row["doc_id"]: {"step": step.name, **{name: row[name] for name in names}, "n_members": sizes[row["cluster_id"]]}
        for row in mine
    }


def survived(judges: Judges, ids: Sequence[str]) -> dict[str, list[Row]]:
    """Say of documents which copies of theirs went.

    Returns:
        By doc_id, a row for each dedup step that removed some: step, method, cluster_id, n_members (itself among them)
        and copies, up to three of them: doc_id, url (None if it is gone), similarity; the most alike first.
    """
    told: dict[str, list[Row]] = {}
    for step in judges.steps:
        if isinstance(step, DedupStep):
            removed = removed_by(judges.context, step, judges.population).where(F.col("survivor_id").isin(list(ids)))
            for cluster in (row.asDict() for row in removed.transform(clusters_of).collect()):
                row = {name: cluster[name] for name in ("cluster_id", "n_members")}
                some = [{"doc_id": one, "similarity": similarity} for one, similarity in sampled(cluster).items()]
                mine = {"step": step.name, "method": step.method, **row, "copies": some}
                told.setdefault(cluster["survivor_id"], []).append(mine)
    gone: list[Row] = [copy for rows in told.values() for row in rows for copy in row["copies"]]
    places = places_of(judges.context, {copy["doc_id"] for copy in gone})
    for copy in gone:
        copy["url"] = places[copy["doc_id"]]["url"] if copy["doc_id"] in places else None
    return told
