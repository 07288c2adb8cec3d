"""Long runs of words that repeat within a unit: found by a suffix array, a unit at a time."""

from pyspark.sql import DataFrame

from jobs.common.tables import Place
from jobs.common.thinning import Thinning
from jobs.common.worker_errors import told_by_workers
from schemas.errors import RecipeError
from schemas.text_dedup import SubstringRules
from transforms.dedup.runs import without_runs_of
from transforms.dedup.thinned import FOUND
from transforms.text import substrings


def repeated_runs(work: Thinning, rules: SubstringRules) -> DataFrame:
    """Find what goes of every document that comes to the step.

    Returns:
        doc_id, crawl, unit, attempt, parts, removed: a row for each of these documents.

    Raises:
        RecipeError: a unit takes more memory than the recipe allows, or the extra ``substrings`` is not installed.
    """
    _require_library(work.step.name)
    asked = substrings.SubstringRules(rules.min_tokens, rules.keep_first)

    def cut_unit(place: Place) -> None:
        told = work.coming(place).transform(without_runs_of(asked, rules.max_unit_bytes))
        work.scratch.put(told, f"cut/{place['unit']}")

    with told_by_workers():
        work.at_each_unit(cut_unit)
    return work.scratch.read("cut", FOUND)


def _require_library(name: str) -> None:
    try:
        import pydivsufsort  # noqa: F401 an extra, imported by the workers
    except ImportError:
        raise RecipeError(
            f"steps.{name}.substrings: needs a library; pip install 'crawlsluice[substrings]', also where workers run"
        ) from None
