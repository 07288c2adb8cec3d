"""Which domain of training data a document belongs to: ``[domains]`` of a schedule."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.shapes import Name, Ratio, Several, Shape, TablePath
from schemas.toml_file import TELLS_ALL

_OWN = {"language": ("map",), "crawl": ("map",), "host": ("hosts",), "label": ("labels", "min_score"),
        "table": ("table", "key")}  # fmt: skip
"""Way → keys that say more about it."""
_NEEDED = {"host": "hosts", "label": "labels", "table": "table"}


class Domains(Shape):
    """One rule for all documents; what it does not name is of ``default``."""

    by: Literal["language", "crawl", "host", "label", "table"]
    """``host``: the longest name of ``hosts`` that the host is, or ends in; ``label``: whose model of a classify step
    gave the highest score; ``table``: as the user's table says."""
    default: Name = "other"
    map: dict[str, Name] = Field(default_factory=dict)
    """Language or crawl → domain; empty: each is a domain of its own."""
    hosts: dict[Name, Annotated[Several[str], Field(min_length=1)]] = Field(default_factory=dict)
    """Domain → hosts, each with all below it."""
    labels: dict[Name, str] = Field(default_factory=dict)
    """Domain → model of a classify step of the snapshot's recipe."""
    min_score: Ratio = 0.0
    """Of a label; a document whose scores are all below is of ``default``."""
    table: TablePath | None = None
    """Parquet or Delta, with the columns ``key`` and source; path or URI, from the schedule's folder."""
    key: Literal["doc_id", "host", "domain"] = "doc_id"
    """What the table tells the domain of: documents, hosts, or registered domains."""

    @model_validator(mode="after")
    def _asks_one_thing(self) -> Self:
        for key in sorted(self.model_fields_set - {"by", "default"}):
            if key not in _OWN[self.by]:
                allowed = ", ".join(("default", *_OWN[self.by]))
                raise PydanticCustomError(TELLS_ALL, f"{key}: is not for by = '{self.by}'; allowed: {allowed}")
        needed = _NEEDED.get(self.by)
        if needed and not getattr(self, needed):
            raise PydanticCustomError(TELLS_ALL, f"by: '{self.by}' needs {needed}")
        if repeated := _repeated([host.lower() for hosts in self.hosts.values() for host in hosts]):
            raise PydanticCustomError(TELLS_ALL, f"hosts: {repeated} stands twice; allowed: each host once")
        return self


def _repeated(names: list[str]) -> str | None:
    return next((name for name in names if names.count(name) > 1), None)
