"""Steps that take from texts what others have too: found over the whole crawl, written a unit at a time."""

from functools import partial

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.common.repeated_lines import repeated_lines
from jobs.common.repeated_runs import repeated_runs
from jobs.common.seen_paragraphs import seen_paragraphs
from jobs.common.tables import Place, matches
from jobs.common.thinning import Thinning
from schemas.tables import EDITS, MEASURES
from schemas.text_dedup import SubstringRules
from transforms.dedup.thinned import edits_of, measures_of


def thin(work: Thinning) -> int:
    """Do the step; gives how many documents have nothing left.

    Raises:
        RecipeError: it takes more memory than the recipe allows.
    """
    found = _found(work)
    work.at_each_unit(partial(_write, work, found))
    return found.where("parts.is_emptied").count()


def _found(work: Thinning) -> DataFrame:
    if work.step.paragraphs:
        return seen_paragraphs(work, work.step.paragraphs)
    if work.step.lines:
        return repeated_lines(work, work.step.lines)
    return repeated_runs(work, work.step.substrings or SubstringRules())


def _write(work: Thinning, found: DataFrame, place: Place) -> None:
    """Write a unit's rows; those of a run that was killed go first."""
    warehouse, of_step = work.context.warehouse, {**place, "step_id": work.step_id}
    mine = found.where(matches(place))
    changed = mine.where(F.size("removed") > 0).select("doc_id", "removed")
    for table in (EDITS, MEASURES):
        warehouse.remove(table, of_step)
    warehouse.append(work.chosen(place, changed).transform(edits_of(work.step_id)), EDITS)
    warehouse.append(mine.drop("removed").transform(measures_of(work.step_id)), MEASURES)
