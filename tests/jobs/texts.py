"""Texts as if an ingest had given them: rows of ``documents`` and the ``crawl_files`` row that makes them live."""

from datetime import UTC, datetime

from schemas.tables import CRAWL_FILES, DOCUMENTS

_EMPTY = ("source_file", "content_id", "charset", "charset_source", "extractor", "host", "domain")
_NUMBERS = ("record_offset", "record_length", "n_replaced", "html_bytes")


def document_rows(texts, place):
    """Make rows of ``documents`` out of texts (id, URL, text)."""
    rows = []
    for number, (doc_id, url, text) in enumerate(texts):
        row = {field.name: None for field in DOCUMENTS.schema} | dict.fromkeys(_EMPTY, "") | place | {"licences": []}
        rows.append(row | dict.fromkeys(_NUMBERS, number) | {"doc_id": doc_id, "url": url, "text": text})
    return rows


def file_row(place, n_documents):
    """Make the ``crawl_files`` row of a unit of one file."""
    numbers = {field.name: 0 for field in CRAWL_FILES.schema if field.dataType.typeName() in ("long", "integer")}
    row = {field.name: "" for field in CRAWL_FILES.schema} | numbers | place | {"uri": f"u{place['unit']}"}
    row |= {"status": "done", "n_documents": n_documents, "n_records": n_documents, "records_by_type": {}}
    return row | {"seconds": 0.0, "error": None, "read_at": datetime.now(UTC)}


def write(context, texts, unit=0):
    """Put texts (id, URL, text) into a warehouse, as one unit."""
    spark, warehouse = context.warehouse.spark, context.warehouse
    place = {"crawl": context.recipe.crawl, "unit": unit, "attempt": 0}
    warehouse.append(spark.createDataFrame(document_rows(texts, place), DOCUMENTS.schema), DOCUMENTS)
    warehouse.append(spark.createDataFrame([file_row(place, len(texts))], CRAWL_FILES.schema), CRAWL_FILES)
