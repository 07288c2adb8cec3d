"""Which domain of training data a document is of: the ``[domains]`` of a schedule of mixtures."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from schemas.shapes import Name, Several, Shape, TablePath
from schemas.toml_file import TELLS_ALL

Host = Annotated[str, StringConstraints(to_lower=True, pattern=r"^[^\s/:@.]+(\.[^\s/:@.]+)*$")]

_OWN_SECTION = ("hosts", "table", "scores")
_BY_VALUE = ("language", "crawl")


class ScoreDomain(Shape):
    """A label of a classifier, as a domain: ``[[domains.scores]]``."""

    domain: Name
    model: Annotated[str, Field(pattern=r"^[^.]+\..+$")]
    """``step.model`` of the snapshot's recipe."""
    min_score: float
    """Least score of a document that may be of this domain."""


class DomainTable(Shape):
    """A table of the user's: ``[domains.table]``."""

    path: TablePath
    """From the schedule's folder. Each key stands there once."""
    format: Literal["parquet", "delta"] = "parquet"
    key: Literal["doc_id", "host", "registered_domain"] = "doc_id"
    """What documents are looked up by, and the name of its column there."""
    column: str = "domain"
    """The one that names domains; null or empty: none."""

    @model_validator(mode="after")
    def _has_two_columns(self) -> Self:
        if self.column == self.key:
            _refuse(f"column: given {self.column!r:.80}, which is the key")
        return self


class Domains(Shape):
    """How a snapshot's documents are parted into domains, each of one."""

    by: Literal["language", "crawl", "hosts", "table", "scores"]
    """What says it: the document's language or crawl; lists of hosts; a table; the scores of classify steps, of which
    the greatest that reaches its least one counts, and of equal ones the first."""
    map: dict[str, Name] = Field(default_factory=dict)
    """By language or crawl: label → domain. Without, each label is a domain of its own name."""
    default: Name | None = None
    """Of documents that nothing else says a domain of; without one they are an error."""
    hosts: dict[Name, Several[Host]] = Field(default_factory=dict)
    """Domain → hosts, each with all below it. Of several that a host is below, the longest counts."""
    table: DomainTable | None = None
    scores: Several[ScoreDomain] = ()

    @model_validator(mode="after")
    def _says_what_it_is_by(self) -> Self:
        for name in _OWN_SECTION:
            if self.by == name and not getattr(self, name):
                _refuse(f"by: given '{name}'; it needs [domains.{name}]")
            if self.by != name and getattr(self, name):
                _refuse(f"{name}: given with by = '{self.by}'; allowed: with '{name}'")
        if self.map and self.by not in _BY_VALUE:
            _refuse(f"map: given with by = '{self.by}'; allowed: with 'language', 'crawl'")
        return self

    @model_validator(mode="after")
    def _names_each_host_once(self) -> Self:
        named: set[str] = set()
        for domain, hosts in self.hosts.items():
            if not hosts:
                _refuse(f"hosts.{domain}: given none; allowed: at least one")
            if twice := next((host for i, host in enumerate(hosts) if host in named or host in hosts[:i]), None):
                _refuse(f"hosts: given '{twice}' twice; allowed: once")
            named.update(hosts)
        return self


def _refuse(text: str) -> None:
    raise PydanticCustomError(TELLS_ALL, "{text}", {"text": text})
