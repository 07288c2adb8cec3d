"""Entropies of a snapshot's domains: how they are taken, and the table that holds them."""

from typing import Annotated

from pydantic import Field
from pyspark.sql.types import StructType

from schemas.shapes import Positive, Sha256, Shape
from schemas.tables import Table, columns
from schemas.tokens import Tokens


class VectorModel(Shape):
    """A fastText model that gives documents vectors, for the von Neumann entropy."""

    path: str
    """Path or URI of a ``.bin`` file; a bare file name is also looked for in the models folder."""
    sha256: Sha256
    """Of the file; nothing else is loaded."""
    sample: Positive = 5000
    """Documents of each domain that are given vectors, at most."""


class EntropySettings(Shape):
    """What entropies are taken of."""

    share: Annotated[float, Field(gt=0, le=1)] = 1.0
    """Of the documents whose tokens and pairs are counted; all without."""
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 1
    """Of both samples: a document is in them by a hash of its id."""
    vectors: VectorModel | None = None
    """Without, there is no von Neumann entropy."""


class Entropies(EntropySettings):
    """How a snapshot's domains are measured: ``[entropies]`` of a schedule."""

    tokens: Tokens | None = None
    """Whose tokens are counted; without, those that the snapshot was counted in."""

    @property
    def settings(self) -> EntropySettings:
        """What entropies are taken of, whatever the tokenizer."""
        return EntropySettings(share=self.share, seed=self.seed, vectors=self.vectors)


DOMAIN_ENTROPIES = Table(
    name="domain_entropies",
    grain="one domain of one snapshot, measured in one way: its documents, tokens and entropies",
    key=("snapshot_id", "entropies_id", "domain"),
    schema=StructType(
        columns(
            # Entropies in nats, as `transforms.entropies` names them; null: nothing was counted, or asked.
            "snapshot_id string, entropies_id string, domains_id string, tokenizer string, domain string,"
            "n_documents long, n_tokens long, n_counted_documents long, n_counted_tokens long, n_bigrams long,"
            "se double?, first_se double?, je double?, ce double?, n_vectors long?, vne double?,"
            "sampled_ratio double, seed long, counted_at time"
        )
    ),
    partitions=("snapshot_id", "entropies_id"),
    indexed=("domains_id", "n_documents", "n_tokens"),
)
