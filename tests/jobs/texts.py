"""Texts as if an ingest had given them: rows of ``documents`` and the ``crawl_files`` row that makes them live."""

from schemas.tables import CRAWL_FILES, DOCUMENTS

_EMPTY = ("source_file", "content_id", "charset", "charset_source", "extractor", "host", "domain")
_NUMBERS = ("record_offset", "record_length", "n_replaced", "html_bytes")


def write(context, texts, unit=0):
    """Put texts (id, URL, text) into a warehouse, as one unit."""
    spark, warehouse, crawl = context.warehouse.spark, context.warehouse, context.recipe.crawl
    place = {"crawl": crawl, "unit": unit, "attempt": 0}
    rows = []
    for number, (doc_id, url, text) in enumerate(texts):
        row = {field.name: None for field in DOCUMENTS.schema} | dict.fromkeys(_EMPTY, "") | place
        rows.append(row | dict.fromkeys(_NUMBERS, number) | {"doc_id": doc_id, "url": url, "text": text})
    warehouse.append(spark.createDataFrame(rows, DOCUMENTS.schema), DOCUMENTS)
    numbers = {field.name: 0 for field in CRAWL_FILES.schema if field.dataType.typeName() in ("long", "integer")}
    file = {field.name: "" for field in CRAWL_FILES.schema} | numbers | place
    file |= {"uri": f"u{unit}", "status": "done", "n_documents": len(rows), "records_by_type": {}, "seconds": 0.0}
    file |= {"n_records": len(rows), "error": None, "read_at": spark.sql("SELECT now() AS t").collect()[0]["t"]}
    warehouse.append(spark.createDataFrame([file], CRAWL_FILES.schema), CRAWL_FILES)
