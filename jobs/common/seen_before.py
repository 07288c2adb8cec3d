"""What paragraph dedup knew in the end: kept on request, and where the next crawl goes on from."""

from typing import NamedTuple

from pyspark.sql import DataFrame

from jobs.common.context import Context
from jobs.common.earlier import done_as, populations
from jobs.common.tables import Place, matches
from jobs.common.thinning import Thinning
from schemas.errors import RecipeError
from schemas.searches import PARAGRAPH_SHARDS, SEEN_NGRAMS
from schemas.steps import AnyStep
from schemas.text_dedup import TextDedupStep
from transforms.dedup.shards import PIECE


class Known(NamedTuple):
    """What an earlier crawl kept."""

    pieces: DataFrame
    """Rows of ``shards.PIECE``."""
    shards: DataFrame
    """shard, n_known: different n-grams."""


def lacks_seen(context: Context, step: AnyStep, step_id: str) -> bool:
    """Say whether a step that is done has not kept what it is asked to keep: then it must be done again."""
    is_asked = isinstance(step, TextDedupStep) and step.keeps_seen
    return is_asked and _lacks(context, {"crawl": context.recipe.crawl, "step_id": step_id})


def known_before(work: Thinning) -> Known | None:
    """Read what the last of the step's earlier crawls kept, which holds what those before it knew; None: there is none.

    Raises:
        RecipeError: it kept nothing; names it, and says what to do.
    """
    if not work.step.earlier:
        return None
    last, context = work.step.earlier[-1], work.context
    place: Place = {"crawl": last, "step_id": done_as(context, last, work.step, populations(context))}
    if _lacks(context, place):
        raise RecipeError(
            f"steps.{work.step.name}.earlier: crawl '{last}' kept nothing to go on from; run `sluice dedup` with"
            f' crawl = "{last}" and keeps_seen = true in [steps.paragraphs] first'
        )
    pieces = context.warehouse.read(SEEN_NGRAMS).where(matches(place)).select(*PIECE.names)
    shards = context.warehouse.read(PARAGRAPH_SHARDS).where(matches(place))
    return Known(pieces, shards.selectExpr("shard", "n_new_grams AS n_known"))


def _lacks(context: Context, place: Place) -> bool:
    """Say whether shards of a step were judged, and nothing of them was kept."""
    judged, kept = (context.warehouse.read(table).where(matches(place)) for table in (PARAGRAPH_SHARDS, SEEN_NGRAMS))
    return kept.isEmpty() and not judged.isEmpty()
