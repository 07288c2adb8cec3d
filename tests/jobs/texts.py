"""Texts as if an ingest had given them: rows of ``documents`` and the ``crawl_files`` row that makes them live."""

import hashlib
from datetime import UTC, datetime

from schemas.tables import CRAWL_FILES, DOCUMENTS

_EMPTY = ("source_file", "content_id", "charset", "charset_source", "extractor", "host", "domain")
_NUMBERS = ("record_offset", "record_length", "n_replaced", "html_bytes")


def document_rows(texts, place, fetched_at=None):
    """Make rows of ``documents`` out of texts (id, URL, text)."""
    rows = []
    for number, (doc_id, url, text) in enumerate(texts):
        row = {field.name: None for field in DOCUMENTS.schema} | dict.fromkeys(_EMPTY, "") | place | {"licences": []}
        row |= dict.fromkeys(_NUMBERS, number) | {"fetched_at": fetched_at}
        rows.append(row | {"doc_id": doc_id, "url": url, "text": text})
    return rows


def file_row(place, n_documents, content_id=""):
    """Make the ``crawl_files`` row of a unit of one file."""
    numbers = {field.name: 0 for field in CRAWL_FILES.schema if field.dataType.typeName() in ("long", "integer")}
    row = {field.name: "" for field in CRAWL_FILES.schema} | numbers | place | {"uri": f"u{place['unit']}"}
    row |= {
        "content_id": content_id,
        "status": "done",
        "n_documents": n_documents,
        "n_records": n_documents,
        "records_by_type": {},
    }
    return row | {"seconds": 0.0, "error": None, "read_at": datetime.now(UTC)}


def write(context, texts, unit=0, fetched_at=None):
    """Put texts (id, URL, text) into a warehouse, as one unit of the recipe's crawl, all fetched at one time."""
    spark, warehouse = context.warehouse.spark, context.warehouse
    place = {"crawl": context.recipe.crawl, "unit": unit, "attempt": 0}
    content_id = hashlib.sha256(repr(texts).encode()).hexdigest()
    warehouse.append(spark.createDataFrame(document_rows(texts, place, fetched_at), DOCUMENTS.schema), DOCUMENTS)
    files = [file_row(place, len(texts), content_id)]
    warehouse.append(spark.createDataFrame(files, CRAWL_FILES.schema), CRAWL_FILES)
