"""Documents that mean the same: embeddings that the user has made are put into clusters, and compared within these."""

from math import ceil
from typing import NamedTuple, cast

from pyspark.errors import PySparkException
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType, NumericType, StringType

from jobs.common.context import Context
from jobs.common.scratch import Scratch
from schemas.dedup import SemanticRules
from schemas.errors import RecipeError
from schemas.steps import DedupStep
from transforms.dedup.clusters import components
from transforms.dedup.sampled import drawn
from transforms.dedup.semantic import cosine, near_earlier, placed, unit_vectors
from transforms.dedup.survivors import survivors
from transforms.dedup.verified import with_similarity
from transforms.fields import Row

_OF_A_CLUSTER, _MOST_CLUSTERS = 1000, 1000


class Found(NamedTuple):
    """What a search found; it reads its scratch folder."""

    duplicates: DataFrame
    """doc_id, survivor_id, cluster_id, similarity (cosine to the survivor): one row for each document that goes."""
    counts: Row
    """The numbers of ``semantic_searches``."""


def semantic_duplicates(context: Context, step: DedupStep, candidates: DataFrame, scratch: Scratch) -> Found:
    """Find the documents that mean what one before them means.

    Args:
        context: The command's surroundings.
        step: Its method is ``semantic``.
        candidates: doc_id and rank of this crawl's documents and of those of earlier ones that stay; an id stands once.
        scratch: Where it writes on its way.

    Raises:
        RecipeError: the embeddings cannot be read, an id stands twice, vectors differ in length, or nobody has one.
    """
    rules = cast("SemanticRules", step.semantic)
    n_documents = candidates.count()
    given = _given(context, step, rules).join(candidates.select("doc_id"), on="doc_id", how="left_semi")
    mine = scratch.keep(given, "given")
    n_given = _check(mine, step, n_documents)
    vectors = scratch.keep(mine.transform(unit_vectors), "vectors")
    n_vectors = vectors.count()
    told = {"n_documents": n_documents, "n_without": n_documents - n_given, "n_unusable": n_given - n_vectors}
    context.reporter.log(
        f"{step.name}: {n_vectors:,} vectors of {n_documents:,} documents; {told['n_without']:,} have none,"
        f" {told['n_unusable']:,} have one without a direction; none of these is compared"
    )
    lined_up = scratch.keep(placed(_clustered(vectors, n_vectors, rules, scratch), candidates), "lined_up")
    edges = scratch.keep(lined_up.transform(near_earlier(vectors, rules.min_similarity)), "edges")
    removed = scratch.keep(survivors(components(edges, scratch.keep), candidates), "removed")
    pairs = removed.select(F.col("survivor_id").alias("a"), F.col("doc_id").alias("b"))
    compared = pairs.transform(with_similarity(vectors, cosine)).withColumnRenamed("b", "doc_id").drop("a")
    sizes = lined_up.agg(F.countDistinct("cluster"), F.coalesce(F.max("n_members"), F.lit(0))).collect()[0]
    told |= {"n_clusters": sizes[0], "largest_cluster": sizes[1], "n_removed": removed.count()}
    return Found(removed.join(compared, on="doc_id", how="inner"), told)


def _given(context: Context, step: DedupStep, rules: SemanticRules) -> DataFrame:
    """Read the user's table: doc_id, values."""
    path, name = rules.embeddings.path, rules.column
    try:
        rows = context.warehouse.spark.read.format(rules.format).load(path)
        types = {field.name: field.dataType for field in rows.schema}
    except PySparkException as error:
        raise _fault(step, f"cannot read {path}: {str(error).strip().splitlines()[0]}") from None
    for column in ("doc_id", name):
        if column not in types:
            raise _fault(step, f"{path} has no column {column!r}; it has: {', '.join(types)}")
    if not isinstance(types["doc_id"], StringType):
        raise _fault(step, f"{path}: column 'doc_id' is {types['doc_id'].simpleString()}; allowed: a string")
    kind = types[name]
    if not isinstance(kind, ArrayType) or not isinstance(kind.elementType, NumericType):
        raise _fault(step, f"{path}: column {name!r} is {kind.simpleString()}; allowed: an array of numbers")
    return rows.select("doc_id", rows[name].cast("array<double>").alias("values"))


def _check(given: DataFrame, step: DedupStep, n_documents: int) -> int:
    """Count the rows of documents that come, which must be one for each and as long as each other."""
    size = F.when(F.col("values").isNotNull(), F.size("values"))
    n, shortest, longest = given.agg(F.count("*"), F.min(size), F.max(size)).collect()[0]
    if n_documents and not n:
        told = f"has none of the {n_documents:,} documents that come to the step; are its doc_ids those of this crawl?"
        raise _fault(step, told)
    if shortest != longest:
        raise _fault(step, f"its vectors have {shortest:,} to {longest:,} numbers; allowed: all have as many")
    twice = given.groupBy("doc_id").count().where("count > 1").orderBy("doc_id").limit(1).collect()
    if twice:
        raise _fault(step, f"doc_id {twice[0]['doc_id']!r:.80} stands there {twice[0]['count']:,} times; allowed: once")
    return int(n)


def _clustered(vectors: DataFrame, n: int, rules: SemanticRules, scratch: Scratch) -> DataFrame:
    from transforms.dedup.centres import clustered  # Spark 3.5's Connect has no pyspark.ml of this kind

    n_clusters = rules.clusters or min(_MOST_CLUSTERS, max(1, ceil(n / _OF_A_CLUSTER)))
    sample = scratch.keep(vectors.transform(drawn(rules.sample, rules.seed, "doc_id")), "sample")
    return vectors.transform(clustered(sample, min(n_clusters, max(n, 1)), rules.seed))


def _fault(step: DedupStep, text: str) -> RecipeError:
    return RecipeError(f"steps.{step.name}.semantic.embeddings: {text}")
