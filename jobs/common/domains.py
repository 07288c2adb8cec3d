"""A snapshot's documents, each in its domain: what a schedule's rule says, looked up where it says so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pyspark.errors import PySparkException
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import StringType

from jobs.common.past import context_of
from jobs.common.snapshots import decided
from jobs.common.tables import Place, Warehouse, matches
from jobs.common.tokens import tokens_of
from schemas.domains import Domains, DomainTable, ScoreDomain
from schemas.errors import RecipeError
from schemas.scores import SCORES
from schemas.tables import CURATED, UNIT_KEY
from schemas.tokens import Tokens
from transforms.digests import digest
from transforms.domains import Label, by_best_score, in_domains, told_by
from transforms.fields import Row
from transforms.lineage import domains_id, score_id
from transforms.text.printable import printable

MOST = 10_000
"""Domains of a snapshot, at most."""
_MOST_SHOWN = 5


@dataclass(frozen=True)
class Division:
    """A snapshot's documents in domains; made by ``divided``.

    Attributes:
        warehouse: Where.
        snapshot: Its row.
        domains: The rule.
        looked_up: Rows of ``transforms.domains.LOOKED_UP``, of a rule that looks documents up.
        domains_id: Of the rule and of what it looks up in.
        sizes: Each domain with its documents' number, in order of names.
    """

    warehouse: Warehouse
    snapshot: Row
    domains: Domains
    looked_up: DataFrame | None
    domains_id: str
    sizes: Mapping[str, int]

    def documents(self) -> DataFrame:
        """Give doc_id, crawl, unit and domain of all kept documents; no text is read."""
        return self._named().select("doc_id", "crawl", "unit", "domain")

    def lacking(self) -> DataFrame:
        """Give how many documents are of no domain by what they have in place of it: value, n, the most first."""
        rows = self._named().where("domain IS NULL").groupBy("value").agg(F.count("*").alias("n"))
        return rows.orderBy(F.desc("n"), "value")

    def tokens(self, tokenizer: Tokens) -> dict[str, int]:
        """Give the tokens of each domain's documents, each once: as they were counted with the snapshot, else anew."""
        counted = tokens_of(self.warehouse, self.snapshot, tokenizer)
        joined = self.documents().join(counted, on="doc_id", how="inner")
        rows = joined.groupBy("domain").agg(F.sum("n_tokens").alias("n")).collect()  # a row a domain
        return dict.fromkeys(self.sizes, 0) | {row["domain"]: row["n"] for row in rows}

    def texts(self) -> DataFrame:
        """Give doc_id, domain and text of all documents.

        Raises:
            ValueError: the rule looks documents up: texts would be shuffled.
        """
        if self.looked_up is not None:
            raise ValueError("documents are looked up: ask for a unit's texts, with their domains")
        return self._named().select("doc_id", "domain", "text")

    def texts_of(self, some: DataFrame, place: Place) -> DataFrame:
        """Give doc_id, domain and text of documents (doc_id, domain) of a place; they are broadcast to their texts."""
        return self._curated(place).select("doc_id", "text").join(F.broadcast(some), on="doc_id", how="inner")

    def units(self) -> list[Place]:
        """Give crawl and unit of each unit that has a document."""
        units = self._curated({}).select("crawl", "unit").distinct().orderBy("crawl", "unit").collect()
        return [row.asDict() for row in units]

    def _named(self) -> DataFrame:
        rows = self._curated({}).withColumn("value", F.col(told_by(self.domains)))
        return rows.transform(in_domains(self.domains, self.looked_up))

    def _curated(self, place: Place) -> DataFrame:
        path = self.warehouse.curated_path(self.snapshot["snapshot_id"])
        return self.warehouse.read(CURATED, path).where(matches(place))


def divided(warehouse: Warehouse, snapshot: Row, rule: Domains, where: str = "domains") -> Division:
    """Part a snapshot's documents into domains.

    Args:
        warehouse: Where.
        snapshot: Its row, as ``snapshots.named`` gives it.
        rule: As ``lists.settled`` gives it, or with a table's path from the working folder.
        where: What errors call it.

    Raises:
        RecipeError: there is no document, one is of no domain, or there are too many domains; the rule's table or
            scores are not usable.
    """
    looked_up, content = None, ""
    if rule.table:
        looked_up = _table(warehouse, rule.table, f"{where}.table")
        content = digest(looked_up)
    elif rule.scores:
        labels = _labels(warehouse, snapshot, rule.scores, where)
        looked_up = _scores(warehouse, snapshot, labels).transform(by_best_score(labels))
        content = str([label.step_id for label in labels])
    division = Division(warehouse, snapshot, rule, looked_up, domains_id(rule, content), {})
    return replace(division, sizes=_sizes(division, where))


def _sizes(division: Division, where: str) -> dict[str, int]:
    """Count each domain's documents, if every document has one."""
    counts = division.documents().groupBy("domain").agg(F.count("*").alias("n")).limit(MOST + 1).collect()
    if not counts:
        raise RecipeError(f"snapshot {division.snapshot['snapshot_id']}: has no kept document; there is nothing to mix")
    if len(counts) > MOST:
        raise RecipeError(f"{where}: given more than {MOST:,} of them by '{division.domains.by}'; allowed: {MOST:,}")
    sizes: dict[str | None, int] = {row["domain"]: row["n"] for row in counts}
    if None in sizes:
        raise RecipeError(f"{where}: {_lacking(division, sizes[None])}")
    return {name: sizes[name] for name in sorted(filter(None, sizes))}


def _lacking(division: Division, n: int) -> str:
    """Say which documents have no domain."""
    most = division.lacking().limit(_MOST_SHOWN + 1).collect()
    told = [f"{printable(row['value'] or 'none')} ({row['n']:,})" for row in most[:_MOST_SHOWN]]
    more = ", …" if len(most) > _MOST_SHOWN else ""
    said = f"{n:,} documents are of no domain: {told_by(division.domains)} {', '.join(told)}{more}"
    return f"given by = '{division.domains.by}'; {said}; name one for them, or set default"


def _table(warehouse: Warehouse, table: DomainTable, where: str) -> DataFrame:
    try:
        rows = warehouse.spark.read.format(table.format).load(table.path.path)
        types = {field.name: field.dataType for field in rows.schema}
    except PySparkException as error:
        why = str(error).strip().splitlines()[0]
        raise RecipeError(f"{where}: cannot read {table.path.path}: {why}") from None
    for name in (table.key, table.column):
        if not isinstance(types.get(name), StringType):
            found = types[name].simpleString() if name in types else f"missing; there are: {', '.join(types)}"
            raise RecipeError(f"{where}: {table.path.path}: column {name!r} is {found}; allowed: a string")
    told = rows.select(F.col(table.key).alias("key"), F.col(table.column).alias("found")).where("key IS NOT NULL")
    twice = told.groupBy("key").count().where("count > 1").orderBy("key").limit(1).collect()
    if twice:
        what = f"{table.key} {printable(twice[0]['key'])!r:.80} stands there {twice[0]['count']:,} times"
        raise RecipeError(f"{where}: {table.path.path}: {what}; allowed: once")
    return told


def _labels(warehouse: Warehouse, snapshot: Row, scores: Sequence[ScoreDomain], where: str) -> list[Label]:
    """Find the scores that a rule names, by the recipe that the snapshot was made by."""
    recipe = context_of(warehouse, snapshot).recipe
    known = {f"{step.name}.{name}": (step, name) for step in recipe.classify_steps() for name in step.models}
    labels = []
    for number, one in enumerate(scores):
        step, name = known.get(one.model, (None, ""))
        told = f"{where}.scores[{number}].model: given {one.model!r:.80}"
        if step is None:
            raise RecipeError(f"{told}; allowed: {', '.join(known) or 'none: its recipe has no classify step'}")
        if step.models[name].is_lowest_best:
            raise RecipeError(f"{told}, whose scores are perplexities; allowed: a model whose higher ones are better")
        step_id = score_id(recipe, step, name, snapshot["population_id"])
        labels.append(Label(one.domain, step_id, one.min_score))
    return labels


def _scores(warehouse: Warehouse, snapshot: Row, labels: Sequence[Label]) -> DataFrame:
    """Give the scores of the attempts that the snapshot was decided by."""
    units = decided(warehouse, snapshot["snapshot_id"]).select(*UNIT_KEY).distinct()
    asked = warehouse.read(SCORES).where(F.col("step_id").isin([label.step_id for label in labels]))
    return asked.join(F.broadcast(units), on=list(UNIT_KEY), how="left_semi")
