"""Kept documents → the domain of training data that each is of."""

from collections.abc import Mapping, Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F


def by_value(documents: DataFrame, column: str, names: Mapping[str, str], default: str) -> DataFrame:
    """Take a column's value for the domain, under the name that ``names`` gives it.

    Args:
        documents: doc_id and the column.
        column: Such as language or crawl; null and empty are of the default.
        names: Value → domain, what it leaves out is of the default; empty: each value is its own.
        default: Of all others.

    Returns:
        doc_id, domain.
    """
    value = F.when(F.col(column) != "", F.col(column))
    named = F.element_at(_map(names), value) if names else value
    return documents.select("doc_id", F.coalesce(named, F.lit(default)).alias("domain"))


def by_host(documents: DataFrame, hosts: Mapping[str, Sequence[str]], default: str) -> DataFrame:
    """Take the domain of the longest listed name that a host is, or ends in after a dot.

    Args:
        documents: doc_id, host.
        hosts: Domain → host names; each stands once.
        default: Of all others.

    Returns:
        doc_id, domain.
    """
    named = _map({host.lower(): domain for domain, listed in hosts.items() for host in listed})
    parts = F.split(F.lower("host"), r"\.")
    # The host itself, then what is left of it after each dot: the first that is listed is the longest.
    starts = F.sequence(F.lit(1), F.size(parts))
    ends = F.transform(starts, lambda i: F.concat_ws(".", F.slice(parts, i, F.size(parts))))
    told = F.filter(F.transform(ends, lambda end: F.element_at(named, end)), F.isnotnull)
    found = F.try_element_at(told, F.lit(1))
    return documents.select("doc_id", F.coalesce(found, F.lit(default)).alias("domain"))


def by_score(documents: DataFrame, scores: DataFrame, min_score: float, default: str) -> DataFrame:
    """Take the domain whose model scores a document highest; of equal scores the first name.

    Args:
        documents: doc_id.
        scores: doc_id, domain, score; a row a document and model, a null score is none.
        min_score: Below it no score counts.
        default: Of documents without one.

    Returns:
        doc_id, domain.
    """
    counted = scores.where(F.col("score") >= min_score).groupBy("doc_id")
    # max_by says nothing of ties: the least of (-score, name) does.
    best = counted.agg(F.min(F.struct((-F.col("score")).alias("s"), "domain"))["domain"].alias("named"))
    return _joined(documents, best, "doc_id", default)


def by_table(documents: DataFrame, table: DataFrame, key: str, default: str) -> DataFrame:
    """Take what a table says of a document's id, host or registered domain.

    Args:
        documents: doc_id and the key.
        table: key and named; each key once.
        key: Name of the column that both have.
        default: Of what it leaves out.

    Returns:
        doc_id, domain.
    """
    return _joined(documents, table, key, default)


def _joined(documents: DataFrame, named: DataFrame, key: str, default: str) -> DataFrame:
    both = documents.select(*dict.fromkeys(("doc_id", key))).join(named, key, "left")
    return both.select("doc_id", F.coalesce("named", F.lit(default)).alias("domain"))


def _map(told: Mapping[str, str]) -> Column:
    return F.create_map(*(F.lit(word) for pair in told.items() for word in pair))
