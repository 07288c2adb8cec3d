"""Near copies: texts are signed once, then candidates are found, compared and joined to clusters."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from pyspark.sql import DataFrame, Row
from pyspark.sql import functions as F

from jobs.common.context import Context
from jobs.common.final_texts import texts_of
from jobs.common.judged import passed
from jobs.common.measured import documented_units
from jobs.common.parallel import each
from jobs.common.scratch import Scratch
from jobs.common.tables import Place, matches
from jobs.common.values import copy_kept, values_of
from schemas.signatures import COMPARED, SIGNATURES
from schemas.steps import AnyStep, DedupStep
from schemas.tables import UNIT_KEY
from transforms.dedup.candidates import Bounds, Compared, compared_pairs, equal_sets, shared_buckets
from transforms.dedup.clusters import components
from transforms.dedup.signing import signatures_of, signing_of
from transforms.dedup.survivors import survivors
from transforms.dedup.verified import agreement, at_least, jaccard, with_similarity
from transforms.lineage import signature_id


@dataclass(frozen=True)
class Search:
    """One search for near copies.

    Attributes:
        context: The command's surroundings.
        step: What is asked.
        before: The recipe's steps before it, with scores in place of shares.
        population: As for ``judged``.
        scratch: Where it writes on its way.
    """

    context: Context
    step: DedupStep
    before: Sequence[AnyStep]
    population: str
    scratch: Scratch

    @property
    def signature_id(self) -> str:
        """The step_id of its signatures."""
        return signature_id(self.context.recipe, self.step, self.population)

    @property
    def bounds(self) -> Bounds:
        """How much is compared in a bucket."""
        return Bounds(self.step.near_rules.small_bucket, self.step.near_rules.max_hubs)

    def at_each_unit(self, units: DataFrame, work: Callable[[Row], None]) -> None:
        """Do ``work`` for every row of ``units`` (crawl, unit, attempt), a few at a time."""
        for _ in each(work, units.orderBy("crawl", "unit").collect()):
            pass

    def texts(self, unit: Row, ids: DataFrame) -> DataFrame:
        """Give the texts that the step reads of those documents of a unit that are in ``ids`` (with crawl, unit, …)."""
        place: Place = {name: unit[name] for name in UNIT_KEY}
        return texts_of(self.context, place, self.before, ids.where(matches(place)).select("doc_id"))


@dataclass(frozen=True)
class Found:
    """What a search found, and what it came by on its way; all of it reads its scratch folder.

    Attributes:
        duplicates: doc_id, survivor_id, cluster_id, similarity (to the survivor; null where nothing is compared): one
            row for each document to be removed, all of this crawl.
        removed: The same rows, of ``survivors``.
        equal: Of ``equal_sets``.
        members: Of ``shared_buckets``.
        compared: Of ``compared_pairs``.
        clusters: Of ``components``.
    """

    duplicates: DataFrame
    removed: DataFrame
    equal: DataFrame
    members: DataFrame
    compared: Compared
    clusters: DataFrame


def sign(search: Search) -> None:
    """Sign the documents that come to the step and have no signature of its kind: a unit at a time, each one commit."""
    search.at_each_unit(documented_units(search.context), partial(_sign_unit, search))


def near_duplicates(search: Search, candidates: DataFrame) -> Found:
    """Find the near copies among signed documents.

    Args:
        search: What is asked.
        candidates: doc_id, crawl, unit, attempt and ``rank``, the order of survivors: documents of this crawl and those
            of earlier ones that stay; an id stands once.
    """
    keep, near = search.scratch.keep, at_least(search.step.near_rules.least)
    crawls = (search.context.recipe.crawl, *search.step.earlier)
    signed = search.context.warehouse.read(SIGNATURES).where(F.col("crawl").isin(*crawls))
    signed = signed.where(F.col("step_id") == search.signature_id)
    asked = candidates.select("doc_id", *UNIT_KEY, "rank.era")
    signed = signed.join(asked, on=["doc_id", *UNIT_KEY], how="inner")
    equal = keep(signed.transform(equal_sets), "equal")
    firsts = equal.where("doc_id = first_id").select("doc_id")
    members = keep(signed.join(firsts, on="doc_id", how="left_semi").transform(shared_buckets), "members")
    compare = _compare(search, members, candidates)
    compared = compared_pairs(members, compare, near, search.bounds, keep)
    copies = equal.where("doc_id <> first_id").select(F.col("first_id").alias("a"), F.col("doc_id").alias("b"))
    clusters = components(compared.pairs.transform(near).select("a", "b").unionByName(copies), keep)
    removed = keep(survivors(clusters, candidates), "removed")
    return Found(_with_similarity(removed, equal, compare), removed, equal, members, compared, clusters)


def _sign_unit(search: Search, unit: Row) -> None:
    warehouse = search.context.warehouse
    place: Place = {name: unit[name] for name in UNIT_KEY}
    there = warehouse.read(SIGNATURES).where(matches({**place, "step_id": search.signature_id}))
    come = passed(search.context, search.before, search.population, place)
    missing = come.join(there, on="doc_id", how="left_anti").select("doc_id")
    texts = texts_of(search.context, place, search.before, missing)
    warehouse.append(texts.transform(partial(_signed, search)), SIGNATURES)


def _signed(search: Search, texts: DataFrame) -> DataFrame:
    signing = signing_of(search.step.near_rules)
    if search.step.near_rules.engine == "kernel":
        return texts.transform(signatures_of(signing, search.signature_id))
    from transforms.dedup.spark_ml import with_ml_signature  # Spark 3.5's Connect has no pyspark.ml of this kind

    signed = texts.transform(with_ml_signature(signing, "text", "signature"))
    return signed.select("doc_id", *UNIT_KEY, F.lit(search.signature_id).alias("step_id"), "signature.*")


def _compare(search: Search, members: DataFrame, candidates: DataFrame) -> Callable[[DataFrame], DataFrame]:
    """Give what appends ``similarity`` to pairs; for that, texts of candidates without kept values are read again."""
    rules, scratch = search.step.near_rules, search.scratch
    if rules.verify == "none":
        return lambda pairs: pairs.withColumn("similarity", F.lit(None).cast("double"))
    asked = scratch.keep(candidates.drop("rank").join(members.select("doc_id"), "doc_id", "left_semi"), "asked")
    asked = copy_kept(search.context, search.step, asked, scratch)

    def read(unit: Row) -> None:
        scratch.put(search.texts(unit, asked).transform(values_of(rules)), f"values/{unit['crawl']}-{unit['unit']}")

    search.at_each_unit(asked.select(*UNIT_KEY).distinct(), read)
    return with_similarity(scratch.read("values", COMPARED), agreement if rules.verify == "estimate" else jaccard)


def _with_similarity(removed: DataFrame, equal: DataFrame, compare: Callable[[DataFrame], DataFrame]) -> DataFrame:
    """Compare each removed document with its survivor; where their sets are equal, nothing needs to be."""
    first, other = equal.toDF("doc_id", "a"), equal.toDF("survivor_id", "b")
    rows = removed.join(first, "doc_id").join(other, "survivor_id")
    told = rows.where("a <> b").select("a", "b").distinct().transform(compare)
    similarity = F.when(F.col("a") == F.col("b"), F.lit(1.0)).otherwise(F.col("similarity"))
    return rows.join(told, on=["a", "b"], how="left").select(*removed.columns, similarity.alias("similarity"))
