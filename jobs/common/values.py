"""What pairs are verified by, kept on request: a later crawl's search then reads no text of this one."""

from functools import partial

from pyspark.sql import DataFrame, Row
from pyspark.sql import functions as F

from jobs.common.context import Context
from jobs.common.earlier import text_population
from jobs.common.final_texts import texts_of
from jobs.common.measured import documented_units
from jobs.common.parallel import each
from jobs.common.scratch import Scratch
from jobs.common.tables import Place, matches
from schemas.dedup import NearRules
from schemas.signatures import COMPARED, KEPT, SIGNATURES
from schemas.steps import DedupStep
from schemas.tables import UNIT_KEY
from transforms.dedup.signing import Transform, minima_of, shingles_of, signing_of
from transforms.lineage import signature_id, values_id
from transforms.local_rows import local_rows

_NUMBER_BYTES = 8
_KEPT = "values/kept"


def values_of(rules: NearRules) -> Transform:
    """Give what makes rows of ``COMPARED`` out of texts, for the step's way of verifying."""
    return (minima_of if rules.verify == "estimate" else shingles_of)(signing_of(rules))


def keep_values(context: Context, step: DedupStep) -> None:
    """Write the values of signed documents that have none yet, if the step asks for it: a unit at a time.

    The operator is told first how large they are: eight bytes a shingle, or a number of the signature.
    """
    if not step.near_rules.keeps_values:
        return
    missing = _missing(context, step, {"crawl": context.recipe.crawl})
    missing = missing.join(documented_units(context), on=list(UNIT_KEY), how="left_semi")
    units = missing.groupBy(*UNIT_KEY).agg(F.count("*").alias("n"), F.sum("n_numbers").alias("n_numbers"))
    todo = units.orderBy("unit").collect()  # a row per unit
    if not todo:
        return
    n, size = sum(unit["n"] for unit in todo), _NUMBER_BYTES * sum(unit["n_numbers"] for unit in todo)
    context.reporter.log(f"steps.{step.name}.keeps_values: writes values of {n:,} documents, {size:,} bytes")
    for _ in each(partial(_keep_unit, context, step), todo):
        pass


def copy_kept(context: Context, step: DedupStep, asked: DataFrame, scratch: Scratch) -> DataFrame:
    """Copy the kept values of documents to ``values/kept``, rows of ``COMPARED``.

    Args:
        context: The command's surroundings.
        step: For which they are asked.
        asked: doc_id, crawl, unit, attempt, of any crawls.
        scratch: Where to.

    Returns:
        Those of ``asked`` that have none.
    """
    if not context.warehouse.has(KEPT):
        scratch.put(local_rows(context.warehouse.spark, [], COMPARED), _KEPT)
        return asked
    mine = context.warehouse.read(KEPT).where(F.col("crawl").isin(context.recipe.crawl, *step.earlier))
    mine = mine.where(F.col("step_id") == values_id(context.recipe, step, text_population(context)))
    kept = mine.join(asked, on=["doc_id", *UNIT_KEY], how="left_semi")
    copied = scratch.keep(kept.select(*COMPARED.names), _KEPT)
    return scratch.keep(asked.join(copied, on="doc_id", how="left_anti"), "unkept")


def _missing(context: Context, step: DedupStep, place: Place) -> DataFrame:
    """Give doc_id, crawl, unit, attempt and n_numbers of signed documents without values."""
    rules, population = step.near_rules, text_population(context)
    asked = {**place, "step_id": signature_id(context.recipe, step, population)}
    signed = context.warehouse.read(SIGNATURES).where(matches(asked)).where("n_shingles > 0")
    kept = context.warehouse.read(KEPT).where(
        matches({**place, "step_id": values_id(context.recipe, step, population)})
    )
    n_hashes = F.lit(signing_of(rules).cut.n_hashes).cast("long")
    n_numbers = n_hashes if rules.verify == "estimate" else F.col("n_shingles")
    lacking = signed.join(kept, on=["doc_id", *UNIT_KEY], how="left_anti")
    return lacking.select("doc_id", *UNIT_KEY, n_numbers.alias("n_numbers"))


def _keep_unit(context: Context, step: DedupStep, unit: Row) -> None:
    """Write a unit's missing values; one append, so that a killed run leaves all of them or none."""
    place: Place = {name: unit[name] for name in UNIT_KEY}
    missing = _missing(context, step, place).select("doc_id")
    before = context.recipe.steps[: context.recipe.steps.index(step)]
    values = texts_of(context, place, before, missing).transform(values_of(step.near_rules))
    told = {**place, "step_id": values_id(context.recipe, step, text_population(context))}
    context.warehouse.append(values.withColumns({name: F.lit(value) for name, value in told.items()}), KEPT)
