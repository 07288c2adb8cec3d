"""The sources of ``sluice train`` → documents in this machine's memory, by way of Parquet files in the warehouse.

The texts do not come through the driver's result channel: Spark bounds that at 1 GB, and a training set may be larger.
"""

import json
import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import StringType

from jobs.common import files
from jobs.common.annotations import with_majority
from jobs.common.tables import Warehouse, matches
from schemas.annotations import ANNOTATIONS
from schemas.errors import RecipeError
from schemas.tables import DOCUMENTS
from schemas.training import Source, Training
from transforms.nested import column_at, strings_at, type_at, value_at

_LOOKED_AT = 100
"""Lines of JSON that are looked at before the file is read by names and types."""


@dataclass(frozen=True)
class _Place:
    """One source, and how errors call it."""

    where: str
    source: Source
    is_positive: bool
    uri: str = ""

    def fault(self, text: str) -> RecipeError:
        return RecipeError(f"{self.where}: {text}")

    def columns(self) -> dict[str, str]:
        """Give our name → the path in the source."""
        named = {"text": self.source.text, "url": self.source.url, "host": self.source.host}
        return {name: path for name, path in named.items() if path}


def check_places(settings: Training, origin: str) -> None:
    """Make sure that local files are there, before Spark starts.

    Raises:
        RecipeError: one is not.
    """
    for place in _places(settings, origin):
        is_name = place.uri and files.is_local(place.uri) and not set("*?[{") & set(place.uri)
        if is_name and not os.path.exists(place.uri):
            raise place.fault(f"no such file {place.source.uri!r}; looked for {place.uri}")


def read_documents(warehouse: Warehouse, settings: Training, origin: str) -> pa.Table:
    """Read all sources: ``text``, ``url``, ``host`` (each may be null), ``is_positive``, ``is_crawl``.

    Raises:
        RecipeError: a source cannot be read, has not the columns, or all together are too many.
    """
    both = reduce(DataFrame.unionByName, [_read(warehouse, settings, each) for each in _places(settings, origin)])
    n = both.count()
    if n > settings.max_documents:
        raise RecipeError(
            f"{origin}: max_documents: the sources have {n:,} documents; allowed: {settings.max_documents:,};"
            " give them a limit, or raise it where there is memory for all texts"
        )
    staging = f"{warehouse.root}/staging/train-{uuid.uuid4().hex}"
    try:
        both.write.parquet(staging)
        fs, path = files.filesystem(staging)
        return pq.read_table(path, filesystem=fs)
    finally:
        files.remove(staging)


def _places(settings: Training, origin: str) -> Iterator[_Place]:
    folder = os.path.dirname(os.path.abspath(origin))
    for name, sources in (("positives", settings.positives), ("negatives", settings.negatives)):
        for i, source in enumerate(sources):
            uri = source.uri or ""
            if uri and files.is_local(uri):
                uri = os.path.normpath(os.path.join(folder, uri.removeprefix("file://")))
            yield _Place(f"{origin}: {name}[{i}]", source, name == "positives", uri)


def _read(warehouse: Warehouse, settings: Training, place: _Place) -> DataFrame:
    """Read one source, or as much of it as is asked for."""
    try:
        frame = _of_files(warehouse.spark, place) if place.source.uri else _of_crawl(warehouse, place)
    except PySparkException as error:
        raise place.fault(f"cannot read {place.source.uri}: {str(error).strip().splitlines()[0]}") from None
    if place.source.limit:
        frame = _drawn(frame, place.source.limit, settings.seed)
    # Thresholds are told for a sample of a crawl, and what was chosen to be judged is none.
    is_sample = place.source.crawl is not None and place.source.annotations is None
    told = {"is_positive": F.lit(place.is_positive), "is_crawl": F.lit(is_sample)}
    return frame.select("text", "url", "host").withColumns(told)


def _of_crawl(warehouse: Warehouse, place: _Place) -> DataFrame:
    source = place.source
    rows = warehouse.live(DOCUMENTS).where(matches({"crawl": source.crawl} if source.crawl else {}))
    if source.annotations:
        ids = with_majority(warehouse.read(ANNOTATIONS), source.annotations)
        rows = rows.join(F.broadcast(ids), on=["crawl", "doc_id"], how="left_semi")
    if rows.isEmpty():
        crawl = f" of {source.crawl!r}" if source.crawl else ""
        if source.annotations:
            raise place.fault(
                f"annotations: {warehouse.root} has no documents{crawl} that most annotators call"
                f" '{source.annotations}'; give labels with `sluice annotate`"
            )
        raise place.fault(f"crawl: {warehouse.root} has no documents{crawl}; ingest it first")
    return rows.select("text", "url", "host", F.col("doc_id").alias("key"))


def _of_files(spark: SparkSession, place: _Place) -> DataFrame:
    if place.source.format == "text":
        rows = spark.read.text(place.uri).withColumnRenamed("value", "text")
        return rows.withColumns(dict.fromkeys(("url", "host"), F.lit(None).cast("string"))).withColumn(
            "key", F.col("text")
        )
    paths = place.columns()
    if place.source.format == "jsonl":
        _look_at_lines(spark, place)
        rows = spark.read.schema(strings_at(paths.values())).json(place.uri)
    else:
        rows = spark.read.format(place.source.format or "").load(place.uri)
        _look_at_schema(rows, place)
    none = F.lit(None).cast("string")
    chosen = {name: column_at(paths[name]) if name in paths else none for name in ("text", "url", "host")}
    return rows.select(*(column.alias(name) for name, column in chosen.items())).withColumn("key", F.col("text"))


def _look_at_schema(rows: DataFrame, place: _Place) -> None:
    for path in place.columns().values():
        found = type_at(rows.schema, path)
        if found is None:
            raise place.fault(f"{place.source.uri} has no column {path!r}; it has: {', '.join(rows.columns)}")
        if not isinstance(found, StringType):
            raise place.fault(f"{place.source.uri}: column {path!r} is {found.simpleString()}; allowed: a string")


def _look_at_lines(spark: SparkSession, place: _Place) -> None:
    """Look at the first lines: to be read by type, numbers would silently become texts, and a wrong name nothing."""
    rows = [_object(row[0]) for row in spark.read.text(place.uri).limit(_LOOKED_AT).collect()]
    for path in place.columns().values():
        kinds = {type(value).__name__ for value in (value_at(row, path) for row in rows) if value is not None}
        if rows and not kinds:
            names = ", ".join(dict.fromkeys(name for row in rows for name in row)) or "no JSON objects"
            raise place.fault(f"{place.source.uri} has no column {path!r} in its first lines; it has: {names}")
        if kinds - {"str"}:
            raise place.fault(f"{place.source.uri}: column {path!r} is {min(kinds - {'str'})}; allowed: a string")


def _object(line: str) -> dict[str, object]:
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _drawn(frame: DataFrame, limit: int, seed: int) -> DataFrame:
    """Give the documents of the smallest seeded hashes; only hashes are sorted, texts stay where they are."""
    drawn = frame.where("key IS NOT NULL").withColumn("draw", F.sha2(F.concat(F.lit(f"{seed}:"), "key"), 256))
    last = drawn.select("draw").distinct().orderBy("draw").limit(limit).agg(F.max("draw")).collect()[0][0]
    return drawn.where(F.col("draw") <= F.lit(last))
