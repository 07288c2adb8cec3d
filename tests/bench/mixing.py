"""How long ``sluice mix`` takes for a million documents of five sources, from ``tokens`` to its manifest."""

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pyspark.sql import Column, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import DataType

from jobs import mix
from jobs.common.snapshots import PUBLISHED, put_row
from jobs.common.tables import Warehouse
from schemas.domains import Domains
from schemas.registry import SNAPSHOTS
from schemas.schedule import Phase, Schedule
from schemas.tables import CURATED
from schemas.tokens import TOKENS
from tests.bench.measure import leg
from transforms.fields import Row

_DOCUMENTS, _UNITS = 1_000_000, 8
_SHARES = {"web": 0.6, "books": 0.15, "code": 0.15, "forum": 0.06, "wiki": 0.04}
_NAME, _TOKENIZER, _BYTES_EACH = "bench-mix", "bench", 4
_ORIGIN = "bench.toml"
_SCHEDULE = Schedule(
    name="bench",
    seed=1,
    tokens=600_000_000,
    domains=Domains(by="hosts", hosts={source: (f"{source}.example",) for source in _SHARES}),
    phases=(
        Phase(name="base", share=0.8, mix=_SHARES),
        Phase(name="end", share=0.2, mix={"web": 0.1, "books": 0.3, "code": 0.3, "forum": 0.1, "wiki": 0.2}),
    ),
)


def mix_leg(spark: SparkSession, work: Path) -> dict:  # type: ignore[type-arg]
    """Make a snapshot of a million documents that say only where they are from and how long they are, and mix it."""
    warehouse = Warehouse(spark, str(work / "mixing"))
    _fill(warehouse)
    started = time.monotonic()
    told = mix.run(warehouse, _NAME, _SCHEDULE, _ORIGIN)
    seconds = time.monotonic() - started
    n_tokens = sum(phase["n_reached"] for phase in told["phases"])
    return leg("mix of a million documents", _DOCUMENTS, n_tokens * _BYTES_EACH, seconds)


def _fill(warehouse: Warehouse) -> None:
    chance = (F.pmod(F.xxhash64("id"), F.lit(1000)) / 1000).alias("chance")
    documents = warehouse.spark.range(0, _DOCUMENTS, 1, 4).select("id", chance)
    told = {
        "doc_id": F.sha2(F.col("id").cast("string"), 256).substr(1, 32),
        "crawl": F.lit("bench"),
        "unit": (F.col("id") % _UNITS).cast("int"),
        "host": F.concat(F.hex("id"), F.lit("."), _source(), F.lit(".example")),
        "n_tokens": 20 + F.pmod(F.xxhash64("id", F.lit(2)), F.lit(1960)),
        "snapshot_id": F.lit(_NAME),
        "tokenizer": F.lit(_TOKENIZER),
    }
    rows = documents.withColumns(told)
    for table, path in ((CURATED, warehouse.curated_path(_NAME)), (TOKENS, None)):
        blank = {
            field.name: F.lit(_value(field.dataType)).cast(field.dataType)
            for field in table.schema
            if field.name not in told
        }
        warehouse.overwrite(rows.withColumns(blank).select(*table.schema.names), table, path)
    row = {field.name: _value(field.dataType) for field in SNAPSHOTS.schema}
    named = {"snapshot_id": _NAME, "name": _NAME, "crawl": "bench", "tokenizer": _TOKENIZER, "status": PUBLISHED}
    put_row(warehouse, row | named | {"is_published": True, "parent_id": None, "supersedes": None})


def _source() -> Column:
    told, upto = F.lit(next(iter(_SHARES))), 1.0
    for source, share in _SHARES.items():
        told = F.when(F.col("chance") < upto, source).otherwise(told)
        upto -= share
    return told


def _value(kind: DataType) -> Any:
    """Give a value of a type that says nothing."""
    empty: Row = {"string": "", "boolean": False, "timestamp": datetime.now(UTC), "map": {}}
    return empty.get(kind.typeName(), 0)
