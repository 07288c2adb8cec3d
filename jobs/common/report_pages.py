"""The pages that a report shows: some of every fate, each dropped one with the numbers that were held against it."""

from collections.abc import Mapping, Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.common.context import Context
from jobs.common.thresholds import settled_steps
from jobs.common.verdicts import Judges, told_against
from schemas.tables import DOCUMENTS, UNIT_KEY
from transforms.fields import Row
from transforms.funnel import samples

PER_FATE = 20
EXCERPT_CHARS = 400


def sampled_pages(context: Context, snapshot: Row, decisions: DataFrame) -> list[Row]:
    """Choose pages by a hash of their ids, up to 20 of each first reason and 20 that are kept.

    Returns:
        A row for each fate: reason (empty: kept), and pages: url, doc_id, language, n_words, excerpt, rules (those
        against it, as ``verdicts`` gives them).
    """
    chosen = decisions.transform(samples, PER_FATE)
    texts = context.warehouse.read(DOCUMENTS).select(
        "doc_id", *UNIT_KEY, "http_status", F.substring("text", 1, EXCERPT_CHARS).alias("excerpt")
    )
    # The ids are broadcast to where the texts are: no text is shuffled.
    joined = texts.join(F.broadcast(chosen), on=["doc_id", *UNIT_KEY], how="inner")
    rows = [row.asDict() for row in joined.collect()]
    population = snapshot["population_id"]
    judges = Judges(context, population, settled_steps(context, context.recipe.steps, population))
    against = told_against(judges, rows)
    return _by_fate([row | {"rules": against[row["doc_id"]]} for row in rows])


def _by_fate(pages: Sequence[Row]) -> list[Row]:
    """Put pages together by their first reason, in a fixed order."""
    fates: dict[str, list[Row]] = {}
    for page in sorted(pages, key=lambda page: (page["reasons"][:1], page["doc_id"])):
        fates.setdefault(page["reasons"][0] if page["reasons"] else "", []).append(page)
    return [{"reason": reason, "pages": mine} for reason, mine in fates.items()]


def in_order(fates: Sequence[Row], funnel: Sequence[Row]) -> list[Row]:
    """Put fates in the order of a funnel's rows, kept pages first."""
    places: Mapping[str, int] = {row["reason"]: row["position"] for row in funnel}
    return sorted(fates, key=lambda fate: (bool(fate["reason"]), places.get(fate["reason"], len(places))))
