"""Paragraphs that were seen before: n-grams are cut a unit at a time, and judged a shard at a time."""

from functools import partial
from math import ceil

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.common.seen_before import Known, known_before
from jobs.common.tables import Place
from jobs.common.thinning import Thinning
from schemas.errors import RecipeError
from schemas.searches import PARAGRAPH_SHARDS, SEEN_NGRAMS
from schemas.text_dedup import ParagraphRules
from transforms.dedup.paragraphs import CUT, cut, shard_of
from transforms.dedup.shards import judged
from transforms.text.bloom import bytes_for
from transforms.text.paragraph_dedup import ParagraphDedup
from transforms.text.paragraph_rules import DedupRules
from transforms.text.seen import make_filter, make_set, slots_for
from transforms.text.seen_file import read_dedup

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
    known = known_before(work)
    n_grams = _largest_shard(texts, rules.shards, known)
    _ask_for_memory(work, rules, n_grams, known is not None)
    begin = partial(_begin, rules, asked, rules.room_for_ngrams or n_grams)
    judge = judged(begin, rules.shards, known.pieces if known else None, rules.keeps_seen)
    told = work.scratch.keep(texts.transform(judge), "judged")
    place: Place = {"crawl": work.context.recipe.crawl, "step_id": work.step_id}
    for table, name in ((PARAGRAPH_SHARDS, "shard"), (SEEN_NGRAMS, "piece")):
        mine = told.where(f"{name} IS NOT NULL").select(f"{name}.*")
        named = mine.withColumns({column: F.lit(value) for column, value in place.items()})
        work.context.warehouse.replace(named, table, place)
    return told.where("document IS NOT NULL").select("document.*")


def _ask_for_memory(work: Thinning, rules: ParagraphRules, n_grams: int, goes_on: bool) -> None:
    """Say what the largest shard will take, or refuse it."""
    where, n_bytes = f"steps.{work.step.name}.paragraphs", _memory(rules, rules.room_for_ngrams or n_grams, goes_on)
    shards = f"{rules.shards} shard{'s' * (rules.shards > 1)}"
    if n_grams > (rules.room_for_ngrams or n_grams):
        raise RecipeError(
            f"{where}: the largest of {shards} comes to {n_grams:,} n-grams; room_for_ngrams is"
            f" {rules.room_for_ngrams:,}; allowed: more room, or more shards, from the first crawl on"
        )
    if n_bytes > rules.max_shard_bytes:
        enough = ceil(1.1 * rules.shards * n_bytes / rules.max_shard_bytes)
        raise RecipeError(
            f"{where}: the largest of {shards} has {n_grams:,} n-grams, which take {n_bytes:,} bytes; max_shard_bytes"
            f" is {rules.max_shard_bytes:,}; allowed: shards = {enough}, or more bytes"
        )
    log = work.context.reporter.log
    log(f"{work.step.name}: {shards} of up to {n_grams:,} n-grams, {n_bytes / 1e6:,.1f} MB of memory each")
    if rules.keeps_seen:
        size = rules.shards * _memory(rules, rules.room_for_ngrams or n_grams, False)
        log(f"{where}.keeps_seen: writes up to {size:,} bytes")


def _largest_shard(texts: DataFrame, n_shards: int, known: Known | None) -> int:
    """Give the most n-grams that a shard may come to: those of this crawl, and what it knows before."""
    sizes = texts.select(shard_of(n_shards).alias("shard"), F.size("grams").cast("long").alias("n"))
    if known is not None:
        sizes = sizes.unionByName(known.shards.withColumnRenamed("n_known", "n"))
    largest = sizes.groupBy("shard").agg(F.sum("n").alias("n")).agg(F.max("n"))
    return int(largest.collect()[0][0] or 0) or 1


def _memory(rules: ParagraphRules, n_grams: int, goes_on: bool) -> int:
    """Give the bytes that a shard takes at most; what was kept is there twice while it is read."""
    is_filter = rules.engine == "bloom"
    own = bytes_for(n_grams, rules.max_false_positives) if is_filter else _WHILE_GROWING * slots_for(n_grams)
    return own * (1 + goes_on)


def _begin(rules: ParagraphRules, asked: DedupRules, n_grams: int, kept: bytearray) -> ParagraphDedup:
    """Begin a shard; called in the worker."""
    if kept:
        dedup = read_dedup(kept)
        if rules.engine == "exact":
            dedup.seen = dedup.seen._replace(capacity=n_grams)
        return dedup
    if rules.engine == "bloom":
        return ParagraphDedup(asked, make_filter(n_grams, rules.max_false_positives, rules.max_shard_bytes))
    return ParagraphDedup(asked, make_set(n_grams))
