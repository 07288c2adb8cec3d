"""Documents → the domain that each is of, by the rule of a schedule: conditions on columns, or a look-up."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from schemas.domains import Domains
from transforms.limits import at_least

Transform = Callable[[DataFrame], DataFrame]

LOOKED_UP = "key string, found string"
"""What documents are looked up in: each key once, and the domain it says."""

_BY_COLUMN = {"language": "language", "crawl": "crawl", "hosts": "host"}
_OF_KEY = {"doc_id": "doc_id", "host": "host", "registered_domain": "domain"}


class Label(NamedTuple):
    """One model of the scores that part documents."""

    domain: str
    step_id: str
    min_score: float


def key_of(domains: Domains) -> str | None:
    """Give the column of ``curated`` that documents are looked up by; None: their own columns say their domain."""
    if domains.by == "scores":
        return "doc_id"
    return _OF_KEY[domains.table.key] if domains.table else None


def told_by(domains: Domains) -> str:
    """Give the column of ``curated`` whose values say, one way or another, which domain a document is of."""
    return key_of(domains) or _BY_COLUMN[domains.by]


def in_domains(domains: Domains, looked_up: DataFrame | None = None) -> Transform:
    """Name each document's domain in the column ``domain``; null where nothing says one.

    Args:
        domains: The rule.
        looked_up: Rows of ``LOOKED_UP``, of a rule with a ``key_of``.

    Returns:
        All other columns as they come, of frames with the columns of ``curated`` that the rule needs; its own
        ``domain``, the registered one of the host, is not among them any more.
    """
    key = key_of(domains)

    def step(documents: DataFrame) -> DataFrame:
        if key and looked_up is not None:
            rows = documents.join(looked_up.select(F.col("key").alias(key), "found"), on=key, how="left")
            told = F.nullif("found", F.lit(""))
        else:
            rows, told = documents, _by_column(domains)
        named = told if domains.default is None else F.coalesce(told, F.lit(domains.default))
        return rows.select(*(name for name in documents.columns if name != "domain"), named.alias("domain"))

    return step


def by_best_score(labels: Sequence[Label]) -> Transform:
    """Give rows of ``LOOKED_UP``: each document's domain by the greatest score that reaches its least one.

    Args:
        labels: Of equal scores the first one's counts.

    Returns:
        A frame for rows of ``scores``, one for each document and ``step_id``; a document without such a score is not
        in it.
    """

    def step(scores: DataFrame) -> DataFrame:
        found = F.array(*(_of_label(label, place) for place, label in enumerate(labels)))
        best = F.array_max(F.filter(found, lambda one: one.isNotNull()))
        rows = scores.select(F.col("doc_id").alias("key"), best.alias("best")).where("best IS NOT NULL")
        return rows.groupBy("key").agg(F.max("best").alias("best")).select("key", "best.found")

    return step


def _of_label(label: Label, place: int) -> Column:
    is_its = (F.col("step_id") == label.step_id) & at_least(F.col("score"), label.min_score)
    rank = F.struct(F.col("score").alias("score"), F.lit(-place).alias("place"), F.lit(label.domain).alias("found"))
    return F.when(is_its, rank)


def _by_column(domains: Domains) -> Column:
    value = F.col(_BY_COLUMN[domains.by])
    if domains.by != "hosts":
        named = [F.when(value == label, F.lit(name)) for label, name in domains.map.items()]
        return F.coalesce(*named) if named else value
    return _of_hosts(value, domains.hosts)


def _of_hosts(host: Column, hosts: Mapping[str, Sequence[str]]) -> Column:
    """Name the domain of the longest listed host that a host is, or is below."""
    labels = F.split(host, r"\.")
    # The host itself, then what is left of it after each dot: the first that is listed is the longest.
    ends = F.transform(
        F.sequence(F.lit(1), F.size(labels)), lambda i: F.concat_ws(".", F.slice(labels, i, F.size(labels)))
    )
    # `isin` asks a hash set, however many hosts there are.
    told = F.transform(ends, lambda end: F.coalesce(*(F.when(end.isin(*some), name) for name, some in hosts.items())))
    return F.try_element_at(F.filter(told, F.isnotnull), F.lit(1))
