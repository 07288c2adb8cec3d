"""Near copies: texts are signed once, then candidates are found, compared and joined to clusters."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from pyspark.sql import DataFrame, Row
from pyspark.sql import functions as F

from jobs.common.context import Context
from jobs.common.final_texts import final_texts
from jobs.common.judged import passed
from jobs.common.measured import documented_units
from jobs.common.parallel import each
from jobs.common.scratch import Scratch
from jobs.common.tables import Place, matches
from schemas.signatures import COMPARED, SIGNATURES
from schemas.steps import AnyStep, DedupStep
from schemas.tables import UNIT_KEY
from transforms.dedup.candidates import Bounds, equal_sets, near_pairs, shared_buckets
from transforms.dedup.clusters import components
from transforms.dedup.signing import minima_of, shingles_of, signatures_of, signing_of
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
        return signature_id(self.context.recipe, self.step)


def sign(search: Search) -> None:
    """Sign the documents that come to the step and have no signature of its kind: a unit at a time, each one commit."""
    _at_each_unit(search, partial(_sign_unit, search))


def near_duplicates(search: Search, candidates: DataFrame) -> DataFrame:
    """Find the near copies among signed documents.

    Args:
        search: What is asked.
        candidates: doc_id, crawl, unit, attempt and ``rank``, the order of survivors.

    Returns:
        doc_id, survivor_id, cluster_id, similarity (to the survivor; null where nothing is compared): one row for each
        document to be removed.
    """
    keep, rules = search.scratch.keep, search.step.near_rules
    signed = search.context.live(SIGNATURES).where(F.col("step_id") == search.signature_id)
    signed = signed.join(candidates.select("doc_id"), on="doc_id", how="left_semi")
    equal = keep(signed.transform(equal_sets), "equal")
    firsts = equal.where("doc_id = first_id").select("doc_id")
    members = keep(signed.join(firsts, on="doc_id", how="left_semi").transform(shared_buckets), "members")
    compare = _compare(search, members, candidates)
    bounds = Bounds(rules.small_bucket, rules.max_hubs)
    pairs, _ = near_pairs(
        members, lambda asked: asked.transform(compare).transform(at_least(rules.least)), bounds, keep
    )
    copies = equal.where("doc_id <> first_id").select(F.col("first_id").alias("a"), F.col("doc_id").alias("b"))
    clusters = components(pairs.select("a", "b").unionByName(copies), keep)
    found = keep(survivors(clusters, candidates), "found")
    return _with_similarity(found, equal, compare)


def _at_each_unit(search: Search, work: Callable[[Row], None]) -> None:
    for _ in each(work, documented_units(search.context).orderBy("unit").collect()):
        pass


def _sign_unit(search: Search, unit: Row) -> None:
    warehouse = search.context.warehouse
    place: Place = {name: unit[name] for name in UNIT_KEY}
    there = warehouse.read(SIGNATURES).where(matches({**place, "step_id": search.signature_id}))
    come = passed(search.context, search.before, search.population, place)
    texts = _texts(search, place, come.join(there, on="doc_id", how="left_anti"))
    warehouse.append(texts.transform(partial(_signed, search)), SIGNATURES)


def _signed(search: Search, texts: DataFrame) -> DataFrame:
    signing = signing_of(search.step.near_rules)
    if search.step.near_rules.engine == "kernel":
        return texts.transform(signatures_of(signing, search.signature_id))
    from transforms.dedup.spark_ml import with_ml_signature  # Spark 3.5's Connect has no pyspark.ml of this kind

    signed = texts.transform(with_ml_signature(signing, "text", "signature"))
    return signed.select("doc_id", *UNIT_KEY, F.lit(search.signature_id).alias("step_id"), "signature.*")


def _texts(search: Search, place: Place, ids: DataFrame) -> DataFrame:
    # Ids are broadcast to where the texts are: texts never take part in a shuffle.
    texts = final_texts(search.context, place, search.before)
    texts = texts.withColumn("attempt", F.lit(place["attempt"]).cast("int"))
    return texts.join(F.broadcast(ids.select("doc_id")), on="doc_id", how="inner")


def _compare(search: Search, members: DataFrame, candidates: DataFrame) -> Callable[[DataFrame], DataFrame]:
    """Give what appends ``similarity`` to pairs; for that, the texts of all candidates are read once more."""
    rules, scratch = search.step.near_rules, search.scratch
    if rules.verify == "none":
        return lambda pairs: pairs.withColumn("similarity", F.lit(None).cast("double"))
    is_estimate = rules.verify == "estimate"
    values_of = (minima_of if is_estimate else shingles_of)(signing_of(rules))
    asked = scratch.keep(candidates.drop("rank").join(members.select("doc_id"), "doc_id", "left_semi"), "asked")
    scratch.put(search.context.warehouse.spark.createDataFrame([], COMPARED), "values/none")

    def read(unit: Row) -> None:
        place: Place = {name: unit[name] for name in UNIT_KEY}
        texts = _texts(search, place, asked.where(matches(place)))
        scratch.put(texts.transform(values_of), f"values/{place['unit']}")

    _at_each_unit(search, read)
    return with_similarity(scratch.read("values", COMPARED), agreement if is_estimate else jaccard)


def _with_similarity(found: DataFrame, equal: DataFrame, compare: Callable[[DataFrame], DataFrame]) -> DataFrame:
    """Compare each removed document with its survivor; where their sets are equal, nothing needs to be."""
    first, other = equal.toDF("doc_id", "a"), equal.toDF("survivor_id", "b")
    rows = found.join(first, "doc_id").join(other, "survivor_id")
    told = rows.where("a <> b").select("a", "b").distinct().transform(compare)
    similarity = F.when(F.col("a") == F.col("b"), F.lit(1.0)).otherwise(F.col("similarity"))
    return rows.join(told, on=["a", "b"], how="left").select(*found.columns, similarity.alias("similarity"))
