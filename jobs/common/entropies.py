"""Entropies of a snapshot's domains, measured once and kept in ``domain_entropies``."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.common.domains import Division, divided
from jobs.common.lists import settled
from jobs.common.loaders import load_vectors
from jobs.common.models import find_model
from jobs.common.parallel import each
from jobs.common.past import context_of
from jobs.common.scratch import Scratch, scratch
from jobs.common.snapshots import named
from jobs.common.tables import Place, Warehouse, matches
from jobs.common.tokenizer_file import load_encoder, try_out
from jobs.common.worker_errors import told_by_workers
from schemas.domains import Domains
from schemas.entropies import DOMAIN_ENTROPIES, EntropySettings
from schemas.tokens import Tokens
from transforms.bigrams import packed_counts, with_frequencies
from transforms.entropies import with_entropies
from transforms.fields import Row
from transforms.lineage import entropies_id
from transforms.local_rows import local_rows
from transforms.sampling import chance, drawn_of_each
from transforms.vector_entropies import with_vectors, with_von_neumann

_WHERE = "entropies"
_ALL_TEXTS = EntropySettings()
_NOTHING = {"n_tokens": 0, "n_counted_tokens": 0, "n_bigrams": 0} | dict.fromkeys(
    ("se", "first_se", "je", "ce", "n_vectors", "vne")
)


def entropies_of(
    warehouse: Warehouse, snapshot_id: str, domains: Domains, tokenizer: Tokens, settings: EntropySettings = _ALL_TEXTS
) -> list[Row]:
    """Give a snapshot's rows of ``domain_entropies``, in order of domains; measured now if they are not there.

    Args:
        warehouse: Where.
        snapshot_id: Its id, or the name of a recipe, whose published one it is.
        domains: How documents are parted. Paths, here and below, are whole or begin at the working folder.
        tokenizer: Whose tokens, and pairs of tokens, are counted.
        settings: Of which documents, and whether by vectors too.

    Raises:
        RecipeError: there is no such snapshot, or a document is of no domain; a table, a tokenizer or a model is not
            usable.
        SourceUnavailableError: another run is writing the warehouse.
    """
    snapshot, tokens = named(warehouse, snapshot_id), settled(tokenizer, _WHERE)
    try_out(tokens, _WHERE)
    division = divided(warehouse, snapshot, settled(domains, "domains"))
    asked_id = entropies_id(division.domains_id, tokens.label, settings)
    place: Place = {"snapshot_id": snapshot["snapshot_id"], "entropies_id": asked_id}
    if warehouse.read(DOMAIN_ENTROPIES).where(matches(place)).isEmpty():
        _measure(division, tokens, settings, place)
    found = warehouse.read(DOMAIN_ENTROPIES).where(matches(place)).orderBy("domain").collect()  # a row a domain
    return [row.asDict() for row in found]


def _measure(division: Division, tokenizer: Tokens, settings: EntropySettings, place: Place) -> None:
    warehouse, asked_id = division.warehouse, str(place["entropies_id"])
    context = context_of(warehouse, division.snapshot)
    with context.job("entropies", 1, asked_id) as stage, told_by_workers(), scratch(context, asked_id) as room:
        work = _Work(division, tokenizer, settings, room)
        of_vectors = work.of_vectors()  # first: a model that is not usable is found soon
        of_tokens, n_counted, n_tokens = work.of_tokens(), work.n_counted(), work.n_tokens()
        asked: Row = {"domains_id": division.domains_id, "tokenizer": tokenizer.label, **place}
        asked |= {"sampled_ratio": settings.share, "seed": settings.seed, "counted_at": datetime.now(UTC)}
        rows = []
        for name, n in division.sizes.items():
            counts = {"domain": name, "n_documents": n, "n_counted_documents": n_counted.get(name, 0)}
            told = of_tokens.get(name, {}) | n_tokens.get(name, {}) | of_vectors.get(name, {})
            rows.append(_NOTHING | told | counts | asked)
        warehouse.replace(local_rows(warehouse.spark, rows, DOMAIN_ENTROPIES.schema), DOMAIN_ENTROPIES, place)
        stage.advance(0, sum(division.sizes.values()))


@dataclass(frozen=True)
class _Work:
    """One measuring of a snapshot's domains; each part is domain → columns."""

    division: Division
    tokenizer: Tokens
    settings: EntropySettings
    room: Scratch

    @property
    def _knows_tokens(self) -> bool:
        """Whether texts outside of the sample need not be tokenised."""
        return bool(self.division.snapshot["tokenizer"] == self.tokenizer.label)

    def of_tokens(self) -> dict[str, Row]:
        """Count tokens and pairs, each text read once, and take their entropies."""
        names = list(self.division.sizes)
        return _by_domain(self._packed(names).transform(with_frequencies(names)).transform(with_entropies))

    def _packed(self, names: Sequence[str]) -> DataFrame:
        """Count all texts; those of documents that are looked up unit by unit, whose domains are broadcast to them."""
        if self.division.looked_up is None:
            return self._counted(self.division.texts(), names)
        unit = ("crawl", "unit")
        documents = self.division.documents().repartition(*unit).sortWithinPartitions(*unit)
        placed = self.room.keep(documents, "domains")  # a unit's lie together: reading them reads no others

        def put(place: Place) -> None:
            texts = self.division.texts_of(placed.where(matches(place)).select("doc_id", "domain"), place)
            self.room.put(self._counted(texts, names), f"packed/{place['crawl']}-{place['unit']}")

        for _ in each(put, self.division.units()):
            pass
        return self.room.read("packed", self._counted(self.division.texts_of(placed, {}), names).schema)

    def _counted(self, texts: DataFrame, names: Sequence[str]) -> DataFrame:
        file = self.tokenizer.tokenizer
        asked = texts.withColumn("is_counted", self._is_sampled)
        asked = asked.where("is_counted") if self._knows_tokens else asked
        return asked.transform(packed_counts(partial(load_encoder, file.path, file.sha256), names))

    @property
    def _is_sampled(self) -> Column:
        return chance(self.settings.seed) < self.settings.share

    def n_counted(self) -> dict[str, int]:
        """Count the sampled documents."""
        if self.settings.share == 1:
            return dict(self.division.sizes)
        rows = self.division.documents().where(self._is_sampled).groupBy("domain").agg(F.count("*").alias("n"))
        return {row["domain"]: row["n"] for row in rows.collect()}

    def n_tokens(self) -> dict[str, Row]:
        """Give all documents' tokens where the texts outside of the sample were not tokenised."""
        if not self._knows_tokens:
            return {}
        return {name: {"n_tokens": n} for name, n in self.division.tokens(self.tokenizer).items()}

    def of_vectors(self) -> dict[str, Row]:
        """Give a sample of each domain vectors, and take their entropy; nothing without a model."""
        model = self.settings.vectors
        if model is None:
            return {}
        path = find_model(model.path, _WHERE, "vectors.path")
        warehouse, sizes = self.division.warehouse, list(self.division.sizes.items())
        frame = local_rows(warehouse.spark, sizes, "domain string, n_documents long")
        drawn = self.division.documents().transform(drawn_of_each(model.sample, self.settings.seed, frame))
        vectors = self.division.texts_of(drawn, {}).transform(with_vectors(partial(load_vectors, path, model.sha256)))
        return _by_domain(with_von_neumann(vectors))


def _by_domain(rows: DataFrame) -> dict[str, Row]:
    return {row["domain"]: row.asDict() for row in rows.collect()}  # a row a domain
