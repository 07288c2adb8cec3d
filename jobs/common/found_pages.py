"""Single documents of a warehouse: by URL or id, with where they lie."""

from collections.abc import Collection

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.common.context import Context
from schemas.errors import RecipeError
from schemas.tables import DOCUMENTS, REJECTS, UNIT_KEY
from transforms.fields import Row
from transforms.text.printable import printable
from transforms.text.urls import host_of

PLACE = ("url", "doc_id", *UNIT_KEY, "source_file", "record_offset", "record_length", "fetched_at", "http_status")
"""What is told of a document: its unit is where tables hold it, file and offset where its bytes are; the time is in ISO
8601, with the session's offset."""

_N_HINTS = 3


def pages(context: Context, asked: str, most: int) -> list[Row]:
    """Give the live documents of the recipe's crawl that have this URL or id, ``PLACE`` of each, oldest first.

    Raises:
        RecipeError: there is none; says whether a record of this URL was rejected, or what URLs are like it.
    """
    documents = context.live(DOCUMENTS)
    mine = documents.where((F.col("url") == asked) | (F.col("doc_id") == asked))
    found = [row.asDict() for row in mine.orderBy("fetched_at", "doc_id").limit(most).transform(_placed).collect()]
    if not found:
        fault = f"no document of crawl '{context.recipe.crawl}' has the URL or id '{printable(asked)}'"
        raise RecipeError(fault + (_rejected(context, asked) or _alike(documents, asked)))
    return found


def places_of(context: Context, ids: Collection[str]) -> dict[str, Row]:
    """Give ``PLACE`` of a few live documents of any crawl, by doc_id; of one that is gone, nothing."""
    if not ids:
        return {}
    documents = context.warehouse.live(DOCUMENTS).where(F.col("doc_id").isin(sorted(ids)))
    return {row["doc_id"]: row.asDict() for row in documents.transform(_placed).collect()}


def _placed(documents: DataFrame) -> DataFrame:
    at = F.date_format("fetched_at", "yyyy-MM-dd'T'HH:mm:ssXXX")
    return documents.withColumn("fetched_at", at).select(*PLACE)


def _rejected(context: Context, asked: str) -> str:
    rejects = context.live(REJECTS).where(F.col("url") == asked).orderBy("source_file", "record_offset").limit(1)
    for row in rejects.collect():
        return f"; its record was rejected: {row['reason']} ({row['source_file']}, at byte {row['record_offset']})"
    return ""


def _alike(documents: DataFrame, asked: str) -> str:
    """Name the URLs of the same host that take the fewest changes."""
    host = host_of(asked if "//" in asked else f"//{asked}")
    if not host:
        return ""
    changes = F.levenshtein("url", F.lit(asked))
    near = documents.where(F.col("url").contains(host)).select("url").distinct().orderBy(changes, "url")
    urls = [printable(row["url"]) for row in near.limit(_N_HINTS).collect()]
    return f"; did you mean {' or '.join(urls)}?" if urls else ""
