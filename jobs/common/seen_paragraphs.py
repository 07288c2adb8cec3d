"""Paragraphs that were seen before: n-grams are cut a unit at a time, and judged a shard at a time."""

from functools import partial
from math import ceil

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.common.tables import Place
from jobs.common.thinning import Thinning
from schemas.errors import RecipeError
from schemas.searches import PARAGRAPH_SHARDS
from schemas.text_dedup import ParagraphRules
from transforms.dedup.paragraphs import CUT, cut, judged, shard_of
from transforms.text.bloom import bytes_for
from transforms.text.paragraph_dedup import ParagraphDedup
from transforms.text.paragraph_rules import DedupRules
from transforms.text.seen import make_filter, make_set, slots_for

_WHILE_GROWING = 12  # bytes a slot of a set, which for a while is there twice: once half as large


def seen_paragraphs(work: Thinning, rules: ParagraphRules) -> DataFrame:
    """Judge the paragraphs of every document that comes to the step, and write ``paragraph_shards``.

    Returns:
        doc_id, crawl, unit, attempt, parts, removed: a row for each of these documents.

    Raises:
        RecipeError: a shard takes more memory than the recipe allows; no filter was made then.
    """
    asked = DedupRules(rules.removes, rules.threshold, rules.min_ngram, rules.max_ngram)

    def cut_unit(place: Place) -> None:
        work.scratch.put(work.coming(place).transform(cut(asked)), f"cut/{place['unit']}")

    work.at_each_unit(cut_unit)
    texts = work.scratch.read("cut", CUT)
    n_grams = _largest_shard(texts, rules.shards)
    _ask_for_memory(work, rules, n_grams)
    told = work.scratch.keep(texts.transform(judged(partial(_begin, rules, asked, n_grams), rules.shards)), "judged")
    place: Place = {"crawl": work.context.recipe.crawl, "step_id": work.step_id}
    shards = told.where("shard IS NOT NULL").select("shard.*")
    named = shards.withColumns({name: F.lit(value) for name, value in place.items()})
    work.context.warehouse.replace(named, PARAGRAPH_SHARDS, place)
    return told.where("document IS NOT NULL").select("document.*")


def _ask_for_memory(work: Thinning, rules: ParagraphRules, n_grams: int) -> None:
    """Say what the largest shard will take, or refuse it."""
    n_bytes = _memory(rules, n_grams)
    if n_bytes > rules.max_shard_bytes:
        enough = ceil(1.1 * rules.shards * n_bytes / rules.max_shard_bytes)
        raise RecipeError(
            f"steps.{work.step.name}.paragraphs: the largest of {rules.shards} shards has {n_grams:,} n-grams, which"
            f" take {n_bytes:,} bytes; max_shard_bytes is {rules.max_shard_bytes:,}; allowed: shards = {enough},"
            " or more bytes"
        )
    shards = f"{rules.shards} shard{'s' * (rules.shards > 1)}"
    work.context.reporter.log(
        f"{work.step.name}: {shards} of up to {n_grams:,} n-grams, {n_bytes / 1e6:,.1f} MB of memory each"
    )


def _largest_shard(texts: DataFrame, n_shards: int) -> int:
    sizes = texts.groupBy(shard_of(n_shards).alias("shard")).agg(F.sum(F.size("grams")).alias("n"))
    return int(sizes.agg(F.max("n")).collect()[0][0] or 0) or 1


def _memory(rules: ParagraphRules, n_grams: int) -> int:
    """Give the bytes that a shard takes at most."""
    if rules.engine == "bloom":
        return bytes_for(n_grams, rules.max_false_positives)
    return _WHILE_GROWING * slots_for(n_grams)


def _begin(rules: ParagraphRules, asked: DedupRules, n_grams: int) -> ParagraphDedup:
    if rules.engine == "bloom":
        return ParagraphDedup(asked, make_filter(n_grams, rules.max_false_positives, rules.max_shard_bytes))
    return ParagraphDedup(asked, make_set(n_grams))
