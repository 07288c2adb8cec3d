"""What was taken down: remembered by keyed hashes, so that it stays out and nobody can read what it was."""

from typing import Literal, get_args

from pyspark.sql.types import StructType

from schemas.tables import Table, columns

Kind = Literal["url", "prefix", "host", "domain", "doc_id"]
KINDS: tuple[str, ...] = get_args(Kind)
"""What can be named: one address, all that begin alike, one host, a domain with all below it, one document."""

TAKEDOWNS = Table(
    name="takedowns",
    grain="one thing that was taken down: a keyed hash of it, never what it was",
    key=("kind", "keyed_hash"),
    schema=StructType(
        columns(
            # `key_id` says which key, `n_chars` how long a prefix is; not done: the takedown was cut short.
            "takedown_id string, kind string, keyed_hash string, n_chars long?, key_id string, reason string,"
            "asked_at time, is_done bool"
        )
    ),
)
